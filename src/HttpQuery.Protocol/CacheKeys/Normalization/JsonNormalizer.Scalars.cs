namespace HttpQuery.CacheKeys.Normalization;

// Numbers (RFC 8259 §6) and literals, which may be split at any byte.
internal sealed partial class JsonNormalizer
{
    private ScalarState _scalar;

    // The missing part of a literal, as positions in Literals.
    private int _lacking;
    private int _literalEnd;

    // The states of a number, in the order of Steps, and a literal.
    private enum ScalarState : byte
    {
        None,
        Start,
        Minus,
        Zero,
        Integer,
        Point,
        Fraction,
        E,
        Sign,
        Exponent,
        Literal,
    }

    private static ReadOnlySpan<byte> Literals => "truefalsenull"u8;

    // The next state for each state and kind of byte: 0, 1 to 9, minus, plus, point, e, others.
    private static ReadOnlySpan<byte> Steps =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, // None
        3, 4, 2, 0, 0, 0, 0, 0, // Start
        3, 4, 0, 0, 0, 0, 0, 0, // Minus
        0, 0, 0, 0, 5, 7, 0, 0, // Zero
        4, 4, 0, 0, 5, 7, 0, 0, // Integer
        6, 6, 0, 0, 0, 0, 0, 0, // Point
        6, 6, 0, 0, 0, 7, 0, 0, // Fraction
        9, 9, 8, 8, 0, 0, 0, 0, // E
        9, 9, 0, 0, 0, 0, 0, 0, // Sign
        9, 9, 0, 0, 0, 0, 0, 0, // Exponent
    ];

    // The kinds of + , - . / 0 to 9. Kind() handles e and E.
    private static ReadOnlySpan<byte> Kinds => [3, 6, 2, 4, 6, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1];

    private bool IsScalarWhole => _scalar switch
    {
        ScalarState.Zero or ScalarState.Integer or ScalarState.Fraction or ScalarState.Exponent => true,
        ScalarState.Literal => _lacking == _literalEnd,
        _ => false,
    };

    private void StartScalar() => _scalar = ScalarState.Start;

    // Reads the next bytes of a scalar. False when they cannot continue it.
    private bool ReadScalar(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return true;
        if (_scalar is ScalarState.Start && bytes[0] is (byte)'t' or (byte)'f' or (byte)'n')
        {
            (_lacking, _literalEnd) = bytes[0] switch { (byte)'t' => (0, 4), (byte)'f' => (4, 9), _ => (9, 13) };
            _scalar = ScalarState.Literal;
        }

        if (_scalar is ScalarState.Literal)
        {
            if (!Literals[_lacking.._literalEnd].StartsWith(bytes)) return false;
            _lacking += bytes.Length;
            return true;
        }

        var state = (int)_scalar;
        foreach (var b in bytes) state = Steps[(state * 8) + Kind(b)];
        _scalar = (ScalarState)state;
        return _scalar is not ScalarState.None;
    }

    // The same for an unsplit scalar, but faster.
    private static bool IsScalar(ReadOnlySpan<byte> bytes) => bytes[0] switch
    {
        (byte)'t' => bytes.SequenceEqual("true"u8),
        (byte)'f' => bytes.SequenceEqual("false"u8),
        (byte)'n' => bytes.SequenceEqual("null"u8),
        _ => IsNumber(bytes),
    };

    private static bool IsNumber(ReadOnlySpan<byte> bytes)
    {
        var position = bytes[0] == '-' ? 1 : 0;
        var end = DigitsEnd(bytes, position);
        if (end == position || (bytes[position] == '0' && end > position + 1)) return false;
        if (end < bytes.Length && bytes[end] == '.')
        {
            position = end + 1;
            end = DigitsEnd(bytes, position);
            if (end == position) return false;
        }

        if (end < bytes.Length && (bytes[end] | 0x20) == 'e')
        {
            position = end + 1;
            if (position < bytes.Length && bytes[position] is (byte)'+' or (byte)'-') position++;
            end = DigitsEnd(bytes, position);
            if (end == position) return false;
        }

        return end == bytes.Length;
    }

    private static int DigitsEnd(ReadOnlySpan<byte> bytes, int position)
    {
        while (position < bytes.Length && char.IsAsciiDigit((char)bytes[position])) position++;
        return position;
    }

    private static int Kind(byte b)
    {
        var index = b - '+';
        if ((uint)index < (uint)Kinds.Length) return Kinds[index];
        return (b | 0x20) == 'e' ? 5 : 6;
    }
}
