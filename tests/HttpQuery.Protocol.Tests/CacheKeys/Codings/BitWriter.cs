namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>Writes deflate streams by hand (RFC 1951): also such that no encoder writes.</summary>
internal sealed class BitWriter
{
    private static readonly int[] CodeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    // 13 codes of 4 bits and 6 of 5 make a complete code.
    private static readonly int[] AnyCodeLength = [.. Enumerable.Repeat(4, 13), .. Enumerable.Repeat(5, 6)];

    private readonly List<byte> _octets = [];
    private int _bitCount;

    /// <summary>What was written; the bits up to the next octet are zero.</summary>
    public byte[] Octets => [.. _octets];

    /// <summary>A number, least significant bit first (§3.1.1).</summary>
    public BitWriter Bits(int value, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (_bitCount++ % 8 == 0) _octets.Add(0);
            if (((value >> i) & 1) != 0) _octets[^1] |= (byte)(1 << ((_bitCount - 1) % 8));
        }

        return this;
    }

    /// <summary>A code, most significant bit first (§3.1.1).</summary>
    public BitWriter Code(int value, int count)
    {
        for (var i = count - 1; i >= 0; i--) Bits(value >> i, 1);
        return this;
    }

    /// <summary>The header of a block: 0 stored, 1 fixed, 2 dynamic (§3.2.3).</summary>
    public BitWriter Block(int type, bool last = true) => Bits(last ? 1 : 0, 1).Bits(type, 2);

    /// <summary>A literal, length or end of block in the fixed code (§3.2.6).</summary>
    public BitWriter Fixed(int symbol) => symbol switch
    {
        < 144 => Code(0x30 + symbol, 8),
        < 256 => Code(0x190 + symbol - 144, 9),
        < 280 => Code(symbol - 256, 7),
        _ => Code(0xC0 + symbol - 280, 8),
    };

    /// <summary>A stored block (§3.2.4).</summary>
    public BitWriter Stored(ReadOnlySpan<byte> octets, bool last = true)
    {
        Block(0, last);
        _bitCount = _octets.Count * 8;
        Bits(octets.Length, 16).Bits(~octets.Length, 16);
        foreach (var octet in octets) Bits(octet, 8);
        return this;
    }

    /// <summary>A dynamic block up to its first symbol: every length of a code is written as it is, without repetitions (§3.2.7).</summary>
    public BitWriter Dynamic(ReadOnlySpan<int> literals, ReadOnlySpan<int> distances)
    {
        CodeCounts(literals.Length, distances.Length, AnyCodeLength);
        foreach (var length in literals) Symbol(AnyCodeLength, length);
        foreach (var length in distances) Symbol(AnyCodeLength, length);
        return this;
    }

    /// <summary>The same up to the lengths of the two codes.</summary>
    public BitWriter CodeCounts(int literals, int distances, ReadOnlySpan<int> codeLengthCode)
    {
        Block(2).Bits(literals - 257, 5).Bits(distances - 1, 5).Bits(19 - 4, 4);
        foreach (var symbol in CodeLengthOrder) Bits(symbol < codeLengthCode.Length ? codeLengthCode[symbol] : 0, 3);
        return this;
    }

    /// <summary>A symbol of the code for code lengths that <see cref="Dynamic"/> uses.</summary>
    public BitWriter CodeLength(int symbol) => Symbol(AnyCodeLength, symbol);

    /// <summary>A symbol of the code that has these lengths (§3.2.2).</summary>
    public BitWriter Symbol(ReadOnlySpan<int> lengths, int symbol)
    {
        var code = 0;
        for (var length = 1; length <= lengths[symbol]; length++)
        {
            code <<= 1;
            for (var other = 0; other < lengths.Length; other++)
                if (lengths[other] == length && (length < lengths[symbol] || other < symbol)) code++;
        }

        return Code(code, lengths[symbol]);
    }
}
