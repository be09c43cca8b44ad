using HttpQuery.HeaderSyntax;

namespace HttpQuery.Ranges;

/// <summary>Reads the byte ranges of a Range header from left to right without allocating (RFC 9110 §14.1.2).</summary>
/// <remarks>Reads <c>"bytes=" 1#( int-range / suffix-range )</c>, with optional whitespace around it.</remarks>
internal ref struct ByteRangeReader
{
    private const string Unit = "bytes=";

    private readonly long _length;
    private ReadOnlySpan<char> _rest;

    /// <summary>Reads the unit.</summary>
    /// <param name="text">A Range header value; spaces and tabs around it are ignored.</param>
    /// <param name="length">The length of the representation in bytes.</param>
    public ByteRangeReader(ReadOnlySpan<char> text, long length)
    {
        text = text.Trim(HttpSyntax.Whitespace);
        _length = length;
        IsMalformed = text.Length < Unit.Length || !HttpSyntax.EqualsIgnoreCase(text[..Unit.Length], Unit);
        if (IsMalformed) return;

        // Whitespace is allowed only around commas.
        _rest = text[Unit.Length..];
        IsMalformed = _rest is [' ' or '\t', ..] && _rest.TrimStart(HttpSyntax.Whitespace) is not [',', ..];
    }

    /// <summary>Whether the text read so far breaks the grammar. A set without a range breaks it too, but is not reported here.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The range last read, cut to the length of the representation, or <see langword="null"/> when it lies outside.</summary>
    public ByteRange? Range { get; private set; }

    /// <summary>Reads the next range.</summary>
    /// <returns><see langword="false"/> at the end of the text, or when it is malformed.</returns>
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
            // suffix-range: the number of bytes to take from the end.
            Range = Cut(Math.Max(0, _length - last), _length - 1);
            return hasLast;
        }

        if (!hasLast) last = long.MaxValue;
        Range = Cut(first, Math.Min(last, _length - 1));
        return first <= last;
    }

    private static ByteRange? Cut(long first, long last) => first <= last ? new(first, last) : null;

    // Saturates at long.MaxValue: no representation is that long.
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
