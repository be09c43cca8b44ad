using System.Buffers.Binary;

namespace HttpQuery.CacheKeys.Codings;

/// <summary>The CRC-32 of gzip (RFC 1952 §8): polynomial 0xEDB88320, the least significant bit first.</summary>
/// <remarks>The base library has none: System.IO.Hashing is a package, and processors compute another polynomial.</remarks>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Slices = 8;
    private const int SliceLength = 256;

    // Slice k holds the contribution of a byte with k bytes after it, so that eight bytes are looked up at once.
    private static readonly uint[] Table = CreateTable();

    /// <summary>Continues a CRC with more bytes. The CRC of no bytes is 0.</summary>
    internal static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> table = Table;
        crc = ~crc;
        while (bytes.Length >= Slices)
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = table[(7 * SliceLength) + (int)(low & 0xFF)] ^ table[(6 * SliceLength) + (int)((low >> 8) & 0xFF)]
                ^ table[(5 * SliceLength) + (int)((low >> 16) & 0xFF)] ^ table[(4 * SliceLength) + (int)(low >> 24)]
                ^ table[(3 * SliceLength) + (int)(high & 0xFF)] ^ table[(2 * SliceLength) + (int)((high >> 8) & 0xFF)]
                ^ table[SliceLength + (int)((high >> 16) & 0xFF)] ^ table[(int)(high >> 24)];
            bytes = bytes[Slices..];
        }

        foreach (var b in bytes) crc = (crc >> 8) ^ table[(int)((crc ^ b) & 0xFF)];
        return ~crc;
    }

    private static uint[] CreateTable()
    {
        var table = new uint[Slices * SliceLength];
        for (var i = 0; i < SliceLength; i++)
        {
            var crc = (uint)i;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (Polynomial & (0 - (crc & 1)));
            table[i] = crc;
        }

        for (var i = SliceLength; i < table.Length; i++)
        {
            var previous = table[i - SliceLength];
            table[i] = (previous >> 8) ^ table[(int)(previous & 0xFF)];
        }

        return table;
    }
}
