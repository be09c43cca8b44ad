using System.Buffers.Binary;

namespace HttpQuery.CacheKeys.Codings;

/// <summary>One prefix code of a deflate block (RFC 1951 §3.2.2), as a table that is built anew for each block.</summary>
/// <remarks>
/// Codes of up to <c>indexBits</c> bits are found by one look-up; the few that are longer, by counting through the lengths. An entry says
/// what a code stands for:
/// <code>
/// bit 0-3    length of the code, 1 to 15; 0 in the table: the code is longer, or there is none
/// bit 4-7    number of extra bits that follow the code
/// bit 8      ends the block, or stands for nothing
/// bit 16-30  the octet, the least length or distance, or the symbol
/// bit 31     a literal octet
/// </code>
/// </remarks>
internal sealed class HuffmanTable(int indexBits, int maximumSymbols)
{
    internal const uint Literal = 0x8000_0000;
    internal const uint Special = 0x100;
    internal const int ExtraBitsShift = 4;
    internal const int ValueShift = 16;
    internal const int LongestCode = 15;

    /// <summary>What bits stand for that are no code.</summary>
    internal const uint Nothing = Special;

    /// <summary>What ends a block.</summary>
    internal const uint EndOfBlock = Special | (1u << ValueShift);

    private const uint LengthMask = 15;

    private readonly uint[] _table = new uint[1 << indexBits];
    private readonly uint[] _symbols = new uint[maximumSymbols];
    private readonly int[] _counts = new int[LongestCode + 1];
    private int _indexMask;

    /// <summary>The length of the code that an entry was found by.</summary>
    internal static int CodeLength(uint entry) => (int)(entry & LengthMask);

    /// <summary>The number of extra bits after the code.</summary>
    internal static int ExtraBits(uint entry) => (int)(entry >> ExtraBitsShift) & 15;

    /// <summary>The octet, length, distance or symbol.</summary>
    internal static int Value(uint entry) => (int)(entry >> ValueShift) & 0x7FFF;

    /// <summary>Builds the code that these lengths make.</summary>
    /// <param name="lengths">The length of the code of each symbol, 0 to 15; 0 where it has none.</param>
    /// <param name="meanings">The entry of each symbol, without a length.</param>
    /// <param name="mayBeIncomplete">Whether no code at all, or a single one of one bit, will do (RFC 1951 §3.2.7).</param>
    /// <returns><see langword="false"/> where codes are missing, or there are more than fit.</returns>
    internal bool TryBuild(ReadOnlySpan<byte> lengths, ReadOnlySpan<uint> meanings, bool mayBeIncomplete)
    {
        Array.Clear(_counts);
        var used = lengths.Length - lengths.Count((byte)0);
        var longest = 0;
        for (var left = used; left > 0; left -= _counts[longest])
        {
            longest++;
            _counts[longest] = lengths.Count((byte)longest);
        }

        var unused = 1;
        Span<int> offsets = stackalloc int[LongestCode + 2];
        for (var length = 1; length <= LongestCode; length++)
        {
            unused = (unused * 2) - _counts[length];
            if (unused < 0) return false;
            offsets[length + 1] = offsets[length] + _counts[length];
        }

        if (unused > 0 && !(mayBeIncomplete && (used == 0 || (used == 1 && _counts[1] == 1)))) return false;

        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            // Most symbols of a small code have no length.
            while (lengths.Length - symbol >= sizeof(ulong) && BinaryPrimitives.ReadUInt64LittleEndian(lengths[symbol..]) == 0) symbol += sizeof(ulong);
            if (symbol == lengths.Length) break;
            if (lengths[symbol] != 0) _symbols[offsets[lengths[symbol]]++] = meanings[symbol] | lengths[symbol];
        }

        FillTable(longest);
        return true;
    }

    /// <summary>The entry of the code that <paramref name="bits"/> begin with, the first bit the least significant.</summary>
    internal uint Find(ulong bits)
    {
        var table = _table;
        var entry = table[(int)bits & _indexMask];
        return (entry & LengthMask) != 0 ? entry : FindLong(bits);
    }

    // Codes of one length follow one another in the order of their symbols, and each length goes on where the one before ended.
    private uint FindLong(ulong bits)
    {
        var (code, first, index) = (0, 0, 0);
        for (var length = 1; length <= LongestCode; length++)
        {
            code |= (int)bits & 1;
            bits >>= 1;
            var count = _counts[length];
            if (code - first < count) return _symbols[index + code - first];
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }

        return Nothing;
    }

    // Codes come most significant bit first, the index has them the other way round: a code counts up from its most significant bit. A
    // table of n bits is one of n - 1 bits twice, plus the codes of n bits. It has no more bits than the longest code: content with thousands
    // of small codes would make the server fill a large table for each.
    private void FillTable(int longest)
    {
        var table = _table;
        var (size, code, index) = (1, 0, 0);
        table[0] = 0;
        for (var length = 1; length <= longest && size < table.Length; length++)
        {
            table.AsSpan(0, size).CopyTo(table.AsSpan(size));
            size *= 2;
            for (var left = _counts[length]; left > 0; left--)
            {
                table[code] = _symbols[index++];
                var bit = size >> 1;
                while ((code & bit) != 0) bit >>= 1;
                code = (code & (bit - 1)) | bit;
            }
        }

        _indexMask = size - 1;
    }
}
