using HttpQuery.HeaderSyntax;

namespace HttpQuery.Ranges;

/// <summary>Walks the byte ranges of a Range field from left to right without allocating (RFC 9110 §14.1.2).</summary>
/// <remarks>Reads <c>"bytes=" 1#( int-range / suffix-range )</c>, nothing around it but whitespace.</remarks>
internal ref struct ByteRangeReader
{
    private const string Unit = "bytes=";

    private readonly long _length;
    private ReadOnlySpan<char> _rest;

    /// <summary>Reads the unit.</summary>
    /// <param name="text">A Range field value; spaces and tabs around it are ignored.</param>
    /// <param name="length">The length of the representation in octets.</param>
    public ByteRangeReader(ReadOnlySpan<char> text, long length)
    {
        text = text.Trim(HttpSyntax.Whitespace);
        _length = length;
        IsMalformed = text.Length < Unit.Length || !HttpSyntax.EqualsIgnoreCase(text[..Unit.Length], Unit);
        if (IsMalformed) return;

        // Whitespace stands around commas alone.
        _rest = text[Unit.Length..];
        IsMalformed = _rest is [' ' or '\t', ..] && _rest.TrimStart(HttpSyntax.Whitespace) is not [',', ..];
    }

    /// <summary>Whether what was read so far breaks the grammar; a set without a range does so too, but is not told of here.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The range last read, cut to the length of the representation; <see langword="null"/> where none of it is there.</summary>
    public ByteRange? Range { get; private set; }

    /// <summary>Goes to the next range.</summary>
    /// <returns><see langword="false"/> at the end of the text, or where it is malformed.</returns>
    public bool Read()
    {
        if (IsMalformed) return false;
        _rest = _rest.TrimStart(" \t,");
        if (_rest.IsEmpty) return false;

        IsMalformed = !ReadRange() || _rest.TrimStart(HttpSyntax.Whitespace) is not ([] or [',', ..]);
        return !IsMalformed;
    }

    private bool ReadRange()
    {
        var hasFirst = ReadNumber(out var first);
        if (_rest is not ['-', ..]) return false;
        _rest = _rest[1..];
        var hasLast = ReadNumber(out var last);
        if (!hasFirst)
        {
            // suffix-range: so many octets from the end.
            Range = Cut(Math.Max(0, _length - last), _length - 1);
            return hasLast;
        }

        if (!hasLast) last = long.MaxValue;
        Range = Cut(first, Math.Min(last, _length - 1));
        return first <= last;
    }

    private static ByteRange? Cut(long first, long last) => first <= last ? new(first, last) : null;

    // Stops at the largest number there is: no representation is that long.
    private bool ReadNumber(out long number)
    {
        number = 0;
        var count = 0;
        for (; count < _rest.Length && char.IsAsciiDigit(_rest[count]); count++)
        {
            var digit = _rest[count] - '0';
            number = number > (long.MaxValue - digit) / 10 ? long.MaxValue : (number * 10) + digit;
        }

        _rest = _rest[count..];
        return count > 0;
    }
}
