using System.Buffers.Binary;
using System.Text.Unicode;

namespace HttpQuery.CacheKeys.Normalization;

/// <summary>Validates UTF-8 in pieces of at least four bytes each.</summary>
internal struct Utf8Validator
{
    // The start of a sequence that continues in the next piece, its first byte lowest.
    private uint _open;
    private int _openLength;

    /// <summary>Whether the last piece ended within a sequence.</summary>
    internal readonly bool IsOpen => _openLength > 0;

    /// <summary>Validates the next piece.</summary>
    /// <returns><see langword="false"/> when the bytes are not UTF-8.</returns>
    internal bool Append(ReadOnlySpan<byte> bytes)
    {
        if (_openLength > 0)
        {
            Span<byte> sequence = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(sequence, _open);
            var missing = SequenceLength(sequence[0]) - _openLength;
            bytes[..missing].CopyTo(sequence[_openLength..]);
            if (!Utf8.IsValid(sequence[..(_openLength + missing)])) return false;
            bytes = bytes[missing..];
        }

        (_open, _openLength) = (0, OpenEnd(bytes));
        for (var i = 0; i < _openLength; i++) _open |= (uint)bytes[bytes.Length - _openLength + i] << (8 * i);
        return Utf8.IsValid(bytes[..^_openLength]);
    }

    // The number of bytes at the end that may start a longer sequence.
    private static int OpenEnd(ReadOnlySpan<byte> bytes)
    {
        for (var length = 1; length <= Math.Min(3, bytes.Length); length++)
        {
            var b = bytes[^length];
            if (b < 0x80) return 0;
            if (b >= 0xC0) return SequenceLength(b) > length ? length : 0;
        }

        return 0;
    }

    // As the first byte states. Utf8.IsValid checks that byte with the whole sequence.
    private static int SequenceLength(byte first) => first switch
    {
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };
}
