namespace HttpQuery.CacheKeys.Codings;

/// <content>The codes of a block (RFC 1951 §3.2.5 to §3.2.7).</content>
internal sealed partial class Inflater
{
    private const int LiteralSymbols = 288;
    private const int DistanceSymbols = 32;
    private const int CodeLengthSymbols = 19;
    private const int EndOfBlockSymbol = 256;

    // zlib accepts no more, although the fields have room for 288 and 32: the symbols above have no meaning.
    private const int MostLiteralCodes = 286;
    private const int MostDistanceCodes = 30;

    private const int LiteralIndexBits = 10;
    private const int DistanceIndexBits = 8;
    private const int CodeLengthIndexBits = 7;

    private static readonly uint[] LiteralMeanings = CreateLiteralMeanings();
    private static readonly uint[] DistanceMeanings = CreateDistanceMeanings();
    private static readonly uint[] CodeLengthMeanings =
        [.. Enumerable.Range(0, CodeLengthSymbols).Select(symbol => (uint)symbol << HuffmanTable.ValueShift)];

    private static readonly HuffmanTable FixedLiterals = CreateFixedLiterals();
    private static readonly HuffmanTable FixedDistances = CreateFixedDistances();

    private readonly HuffmanTable _ownLiterals = new(LiteralIndexBits, LiteralSymbols);
    private readonly HuffmanTable _ownDistances = new(DistanceIndexBits, DistanceSymbols);
    private readonly HuffmanTable _codeLengthCode = new(CodeLengthIndexBits, CodeLengthSymbols);
    private readonly byte[] _lengths = new byte[MostLiteralCodes + MostDistanceCodes];
    private HuffmanTable _literals = FixedLiterals;
    private HuffmanTable _distances = FixedDistances;

    private int _literalCodes;
    private int _distanceCodes;
    private int _codeLengthCodes;
    private int _lengthsRead;

    // The order of the lengths of the code length code. Lengths that are often 0 come last, so that they can be omitted.
    private static ReadOnlySpan<byte> CodeLengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    // HLIT, HDIST, HCLEN.
    private bool ReadCodeCounts(ref ReadOnlySpan<byte> coded)
    {
        if (!HasBits(ref coded, 14)) return false;
        _literalCodes = TakeBits(5) + 257;
        _distanceCodes = TakeBits(5) + 1;
        _codeLengthCodes = TakeBits(4) + 4;
        if (_literalCodes > MostLiteralCodes || _distanceCodes > MostDistanceCodes) return Fail();

        _lengths.AsSpan(0, CodeLengthSymbols).Clear();
        _lengthsRead = 0;
        return GoTo(Step.CodeLengthLengths);
    }

    private bool ReadCodeLengthLengths(ref ReadOnlySpan<byte> coded)
    {
        for (; _lengthsRead < _codeLengthCodes; _lengthsRead++)
        {
            if (!HasBits(ref coded, 3)) return false;
            _lengths[CodeLengthOrder[_lengthsRead]] = (byte)TakeBits(3);
        }

        if (!_codeLengthCode.TryBuild(_lengths.AsSpan(0, CodeLengthSymbols), CodeLengthMeanings, mayBeIncomplete: false)) return Fail();
        _lengthsRead = 0;
        return GoTo(Step.CodeLengths);
    }

    // The lengths of both codes are one sequence: a repetition may cross from one to the other.
    private bool ReadCodeLengths(ref ReadOnlySpan<byte> coded)
    {
        var count = _literalCodes + _distanceCodes;
        while (_lengthsRead < count)
        {
            if (!TryReadCodeLengthSymbol(ref coded, out var symbol, out var extra)) return false;
            if (symbol < 16)
            {
                _lengths[_lengthsRead++] = (byte)symbol;
                continue;
            }

            var repetitions = symbol is 18 ? 11 + extra : 3 + extra;
            if (repetitions > count - _lengthsRead || (symbol is 16 && _lengthsRead == 0)) return Fail();
            var length = symbol is 16 ? _lengths[_lengthsRead - 1] : (byte)0;
            _lengths.AsSpan(_lengthsRead, repetitions).Fill(length);
            _lengthsRead += repetitions;
        }

        (_literals, _distances) = (_ownLiterals, _ownDistances);
        return _lengths[EndOfBlockSymbol] != 0
            && _ownLiterals.TryBuild(_lengths.AsSpan(0, _literalCodes), LiteralMeanings, mayBeIncomplete: true)
            && _ownDistances.TryBuild(_lengths.AsSpan(_literalCodes, _distanceCodes), DistanceMeanings, mayBeIncomplete: true)
            ? GoTo(Step.Symbols)
            : Fail();
    }

    // Takes a code and its extra bits, or nothing if some of them are missing.
    private bool TryReadCodeLengthSymbol(ref ReadOnlySpan<byte> coded, out int symbol, out int extra)
    {
        while (true)
        {
            var entry = _codeLengthCode.Find(_bits);
            symbol = HuffmanTable.Value(entry);
            var codeLength = HuffmanTable.CodeLength(entry);
            var extraBits = symbol switch { 16 => 2, 17 => 3, 18 => 7, _ => 0 };
            if (codeLength + extraBits <= _bitCount)
            {
                TakeBits(codeLength);
                extra = TakeBits(extraBits);
                return true;
            }

            extra = 0;
            if (!HasBits(ref coded, _bitCount + 1)) return false;
        }
    }

    private static uint[] CreateLiteralMeanings()
    {
        var meanings = new uint[LiteralSymbols];
        Array.Fill(meanings, HuffmanTable.Nothing);
        for (var b = 0; b < EndOfBlockSymbol; b++)
            meanings[b] = HuffmanTable.Literal | ((uint)b << HuffmanTable.ValueShift);
        meanings[EndOfBlockSymbol] = HuffmanTable.EndOfBlock;

        // Lengths: 3 to 10 without extra bits, then four codes for each number of them; 258 has a code of its own.
        var length = 3u;
        for (var i = 0; i < 28; i++)
        {
            var extraBits = i < 8 ? 0 : (i / 4) - 1;
            meanings[EndOfBlockSymbol + 1 + i] = (length << HuffmanTable.ValueShift) | ((uint)extraBits << HuffmanTable.ExtraBitsShift);
            length += 1u << extraBits;
        }

        meanings[EndOfBlockSymbol + 29] = LongestMatch << HuffmanTable.ValueShift;
        return meanings;
    }

    private static uint[] CreateDistanceMeanings()
    {
        var meanings = new uint[DistanceSymbols];
        Array.Fill(meanings, HuffmanTable.Nothing);

        // Distances: 1 to 4 without extra bits, then two codes for each number of them.
        var distance = 1u;
        for (var i = 0; i < MostDistanceCodes; i++)
        {
            var extraBits = i < 4 ? 0 : (i / 2) - 1;
            meanings[i] = (distance << HuffmanTable.ValueShift) | ((uint)extraBits << HuffmanTable.ExtraBitsShift);
            distance += 1u << extraBits;
        }

        return meanings;
    }

    private static HuffmanTable CreateFixedLiterals()
    {
        var lengths = new byte[LiteralSymbols];
        lengths.AsSpan(0, 144).Fill(8);
        lengths.AsSpan(144, 112).Fill(9);
        lengths.AsSpan(256, 24).Fill(7);
        lengths.AsSpan(280, 8).Fill(8);
        var table = new HuffmanTable(LiteralIndexBits, LiteralSymbols);
        table.TryBuild(lengths, LiteralMeanings, mayBeIncomplete: false);
        return table;
    }

    private static HuffmanTable CreateFixedDistances()
    {
        var lengths = new byte[DistanceSymbols];
        Array.Fill(lengths, (byte)5);
        var table = new HuffmanTable(DistanceIndexBits, DistanceSymbols);
        table.TryBuild(lengths, DistanceMeanings, mayBeIncomplete: false);
        return table;
    }
}
