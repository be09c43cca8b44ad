using HttpQuery.HeaderSyntax;

namespace HttpQuery;

/// <summary>Reads a media type from left to right without allocating: type, subtype, then one parameter at a time.</summary>
/// <remarks>
/// Reads <c>type "/" subtype *( OWS ";" OWS [ name "=" ( token / quoted-string ) ] )</c> (RFC 9110 §8.3.1, §5.6.6), with
/// optional whitespace around it. <see cref="IsMalformed"/> is final once <see cref="ReadParameter"/> has returned
/// <see langword="false"/>.
/// </remarks>
public ref struct MediaTypeReader
{
    private readonly ReadOnlySpan<char> _text;
    private int _position;

    /// <summary>Reads the type and the subtype.</summary>
    /// <param name="text">A Content-Type header value; spaces and tabs around it are ignored.</param>
    public MediaTypeReader(ReadOnlySpan<char> text)
    {
        _text = text.Trim(HttpSyntax.Whitespace);
        var slash = HttpSyntax.TokenLength(_text);
        var subtypeLength = slash > 0 && slash < _text.Length && _text[slash] == '/' ? HttpSyntax.TokenLength(_text[(slash + 1)..]) : 0;
        IsMalformed = subtypeLength == 0;
        if (IsMalformed) return;

        Type = _text[..slash];
        Subtype = _text.Slice(slash + 1, subtypeLength);
        _position = slash + 1 + subtypeLength;
    }

    /// <summary>Whether the text read so far breaks the grammar. Final once <see cref="ReadParameter"/> has returned
    /// <see langword="false"/>.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The type as written, in any case. Empty when the text does not start with a type and a subtype.</summary>
    public ReadOnlySpan<char> Type { get; }

    /// <summary>The subtype as written, in any case, including its suffix. Empty when <see cref="Type"/> is empty.</summary>
    public ReadOnlySpan<char> Subtype { get; }

    /// <summary>The structured syntax suffix as written, without its <c>+</c>: <c>json</c> of <c>problem+json</c>. Empty when
    /// absent (RFC 6838 §4.2.8).</summary>
    public readonly ReadOnlySpan<char> Suffix => Subtype[(Subtype.LastIndexOf('+') is var plus and >= 0 ? plus + 1 : Subtype.Length)..];

    /// <summary>The name of the parameter last read, as written, in any case. Empty before the first and after the last.</summary>
    public ReadOnlySpan<char> ParameterName { get; private set; }

    /// <summary>The value of the parameter last read, as written: a token, or a quoted-string with its quotes and escapes.</summary>
    public ReadOnlySpan<char> ParameterRawValue { get; private set; }

    /// <summary>The text after the part last read.</summary>
    internal readonly ReadOnlySpan<char> Rest => _text[_position..];

    /// <summary>Returns whether all of <paramref name="text"/> is one media type.</summary>
    /// <param name="text">A Content-Type header value; spaces and tabs around it are ignored.</param>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        var reader = new MediaTypeReader(text);
        while (reader.ReadParameter())
        {
        }

        return !reader.IsMalformed;
    }

    /// <summary>Reads the next parameter. A name can occur twice; each occurrence is reported.</summary>
    /// <returns><see langword="false"/> at the end of the text, or when it is malformed.</returns>
    public bool ReadParameter()
    {
        while (!IsMalformed && _position < _text.Length)
        {
            SkipWhitespace();
            if (!Consume(';')) break;
            SkipWhitespace();

            // [ parameter ]: a semicolon may be followed by no parameter.
            if (_position == _text.Length || _text[_position] == ';') continue;
            if (ReadNameAndValue()) return true;
            break;
        }

        IsMalformed |= _position < _text.Length;
        ParameterName = ParameterRawValue = default;
        return false;
    }

    /// <summary>Compares the name of the parameter last read, without case (RFC 9110 §5.6.6).</summary>
    public readonly bool ParameterNameEquals(ReadOnlySpan<char> name) => HttpSyntax.EqualsIgnoreCase(ParameterName, name);

    /// <summary>Compares the value of the parameter last read, without quotes and escapes. Case counts, except for
    /// <c>charset</c> (RFC 9110 §8.3.2).</summary>
    public readonly bool ParameterValueEquals(ReadOnlySpan<char> value)
    {
        var ignoreCase = ParameterNameEquals("charset");
        var length = 0;
        foreach (var c in new QuotedStringEnumerator(ParameterRawValue))
        {
            if (length == value.Length) return false;
            var other = value[length++];
            if (c != other && !(ignoreCase && HttpSyntax.ToLower(c) == HttpSyntax.ToLower(other))) return false;
        }

        return length == value.Length;
    }

    /// <summary>Copies the value of the parameter last read, without quotes and escapes.</summary>
    /// <param name="destination">The length of <see cref="ParameterRawValue"/> is always enough.</param>
    /// <param name="charsWritten">The length of the value. 0 on failure.</param>
    /// <returns><see langword="false"/> when <paramref name="destination"/> is too short.</returns>
    public readonly bool TryCopyParameterValue(Span<char> destination, out int charsWritten)
    {
        charsWritten = 0;
        var length = 0;
        foreach (var c in new QuotedStringEnumerator(ParameterRawValue))
        {
            if (length == destination.Length) return false;
            destination[length++] = c;
        }

        charsWritten = length;
        return true;
    }

    /// <summary>The value of the parameter last read as a new string, without quotes and escapes.</summary>
    public readonly string GetParameterValue()
    {
        var raw = ParameterRawValue;
        if (raw is not ['"', ..]) return raw.ToString();
        if (!raw.Contains('\\')) return raw[1..^1].ToString();

        var length = 0;
        foreach (var _ in new QuotedStringEnumerator(raw)) length++;
        return string.Create(length, raw, static (value, raw) =>
        {
            var i = 0;
            foreach (var c in new QuotedStringEnumerator(raw)) value[i++] = c;
        });
    }

    private bool ReadNameAndValue()
    {
        var rest = _text[_position..];
        var nameLength = HttpSyntax.TokenLength(rest);
        if (nameLength == 0 || nameLength == rest.Length || rest[nameLength] != '=') return false;

        // RFC 9110 §5.6.6 allows no whitespace around "=".
        var value = rest[(nameLength + 1)..];
        var valueLength = value is ['"', ..] ? HttpSyntax.QuotedStringLength(value) : HttpSyntax.TokenLength(value);
        if (valueLength == 0) return false;

        ParameterName = rest[..nameLength];
        ParameterRawValue = value[..valueLength];
        _position += nameLength + 1 + valueLength;
        return true;
    }

    private void SkipWhitespace()
    {
        while (_position < _text.Length && _text[_position] is ' ' or '\t') _position++;
    }

    private bool Consume(char expected)
    {
        if (_position == _text.Length || _text[_position] != expected) return false;
        _position++;
        return true;
    }
}
