namespace HttpQuery.Benchmarks;

/// <summary>Writes deflate streams that no encoder writes (RFC 1951).</summary>
internal sealed class DeflateWriter
{
    private readonly List<byte> _octets = [];
    private int _bitCount;

    public int Length => _octets.Count;

    public byte[] ToArray() => [.. _octets];

    /// <summary>A stored block; it ends on an octet.</summary>
    public DeflateWriter Stored(ReadOnlySpan<byte> content)
    {
        Bits(0, 3);
        _bitCount = 0;
        Bits(content.Length, 16).Bits(~content.Length & 0xFFFF, 16);
        foreach (var octet in content) Bits(octet, 8);
        return this;
    }

    /// <summary>A block in the fixed code, with nothing in it: 10 bits.</summary>
    public void EmptyFixed() => Bits(2, 3).Bits(0, 7);

    /// <summary>A block with the shortest codes of its own, with nothing in it: 90 bits.</summary>
    public void ShortestCodes()
    {
        // Lengths of code lengths: 18 has one bit, 1 has one bit. 256 zeros, one bit for the end of block, one for a distance.
        Codes(257, 1, [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        Bits(1, 1).Bits(138 - 11, 7).Bits(1, 1).Bits(118 - 11, 7).Bits(0, 1).Bits(0, 1);
        Bits(0, 1);
    }

    /// <summary>A block with codes for 257 symbols, with nothing in it: 188 bits.</summary>
    public void AllCodes()
    {
        // 16 has one bit (0), 8 has two (10), 0 and 9 have three (110, 111): 255 lengths of 8, two of 9, no distance.
        Codes(257, 1, [1, 0, 0, 3, 2, 0, 3]);
        Bits(0b01, 2);
        for (var i = 0; i < 42; i++) Bits(0, 1).Bits(3, 2);
        Bits(0b01, 2).Bits(0b01, 2).Bits(0b111, 3).Bits(0b111, 3).Bits(0b011, 3);
        Bits(0x1FF, 9);
    }

    /// <summary>A last block: so many literals and a copy of 258 octets, again and again, up to a length.</summary>
    public byte[] Symbols(int length, int literals)
    {
        // 18 has one bit (0), 1 has two (10), 0 and 2 have three (110, 111): a literal has one bit (0), end of block (10) and 285 (11) have two.
        Bits(1, 1).Bits(2, 2).Bits(286 - 257, 5).Bits(0, 5).Bits(14, 4);
        foreach (var codeLength in (int[])[0, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 2]) Bits(codeLength, 3);
        Zeros(120).Bits(0b01, 2).Zeros(135).Bits(0b111, 3).Zeros(28).Bits(0b111, 3).Bits(0b01, 2);
        Bits(0, 1);
        while (Length < length - 12) Bits(0b11, 2).Bits(0, 1).Bits(0, literals);
        Bits(0b01, 2);
        return ToArray();
    }

    private DeflateWriter Zeros(int count) => Bits(0, 1).Bits(count - 11, 7);

    private void Codes(int literals, int distances, int[] codeLengths)
    {
        Bits(4, 3).Bits(literals - 257, 5).Bits(distances - 1, 5).Bits(codeLengths.Length - 4, 4);
        foreach (var codeLength in codeLengths) Bits(codeLength, 3);
    }

    private DeflateWriter Bits(int value, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (_bitCount++ % 8 == 0) _octets.Add(0);
            if (((value >> i) & 1) != 0) _octets[^1] |= (byte)(1 << ((_bitCount - 1) % 8));
        }

        return this;
    }
}
