using System.Buffers.Binary;

namespace HttpQuery.CacheKeys.Codings;

/// <summary>One prefix code of a deflate block (RFC 1951 §3.2.2), as a table that is rebuilt for each block.</summary>
/// <remarks>
/// One look-up finds codes of up to <c>indexBits</c> bits. The few longer codes are found by counting through the lengths. An entry gives
/// the meaning of a code:
/// <code>
/// bit 0-3    length of the code, 1 to 15; 0 in the table: the code is longer, or does not exist
/// bit 4-7    number of extra bits that follow the code
/// bit 8      ends the block, or has no meaning
/// bit 16-30  the byte, the least length or distance, or the symbol
/// bit 31     a literal byte
/// </code>
/// </remarks>
internal sealed class HuffmanTable(int indexBits, int maximumSymbols)
{
    internal const uint Literal = 0x8000_0000;
    internal const uint Special = 0x100;
    internal const int ExtraBitsShift = 4;
    internal const int ValueShift = 16;
    internal const int LongestCode = 15;

    /// <summary>The entry for bits that are not a code.</summary>
    internal const uint Nothing = Special;

    /// <summary>The entry that ends a block.</summary>
    internal const uint EndOfBlock = Special | (1u << ValueShift);

    private const uint LengthMask = 15;

    private readonly uint[] _table = new uint[1 << indexBits];
    private readonly uint[] _symbols = new uint[maximumSymbols];
    private readonly int[] _counts = new int[LongestCode + 1];
    private int _indexMask;

    /// <summary>Returns the length of the code of an entry.</summary>
    internal static int CodeLength(uint entry) => (int)(entry & LengthMask);

    /// <summary>Returns the number of extra bits after the code.</summary>
    internal static int ExtraBits(uint entry) => (int)(entry >> ExtraBitsShift) & 15;

    /// <summary>Returns the byte, length, distance or symbol.</summary>
    internal static int Value(uint entry) => (int)(entry >> ValueShift) & 0x7FFF;

    /// <summary>Builds the table for these code lengths.</summary>
    /// <param name="lengths">The length of the code of each symbol, 0 to 15. 0 for a symbol without a code.</param>
    /// <param name="meanings">The entry of each symbol, without a length.</param>
    /// <param name="mayBeIncomplete">Whether no code, or one code of one bit, is allowed (RFC 1951 §3.2.7).</param>
    /// <returns><see langword="false"/> when codes are missing, or more codes are given than fit.</returns>
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
            while (lengths.Length - symbol >= sizeof(ulong) && BinaryPrimitives.ReadUInt64LittleEndian(lengths[symbol..]) == 0)
                symbol += sizeof(ulong);

            if (symbol == lengths.Length) break;
            if (lengths[symbol] != 0) _symbols[offsets[lengths[symbol]]++] = meanings[symbol] | lengths[symbol];
        }

        FillTable(longest);
        return true;
    }

    /// <summary>Returns the entry of the code at the start of <paramref name="bits"/>, the first bit the least significant.</summary>
    internal uint Find(ulong bits)
    {
        var table = _table;
        var entry = table[(int)bits & _indexMask];
        return (entry & LengthMask) != 0 ? entry : FindLong(bits);
    }

    // Codes of one length are consecutive, in the order of their symbols. Each length continues after the one before.
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

    // Codes have their most significant bit first, and the index has it last: so a code counts up from its most significant bit. A table
    // of n bits is a table of n - 1 bits twice, plus the codes of n bits. It has no more bits than the longest code: otherwise content with
    // thousands of small codes would make the server fill a large table for each.
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
