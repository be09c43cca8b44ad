namespace HttpQuery.CacheKeys.Headers;

/// <summary>The parsed Content-Type header of a request (docs/cache-key.md §6). The key contains the line as sent.</summary>
internal sealed class ContentTypeHeader
{
    private char[] _text = new char[128];
    private int _length;

    /// <summary>Whether the header has one line, which is a media type with at most one charset.</summary>
    public bool IsWellFormed { get; private set; }

    /// <summary>Whether the media type is <c>application/json</c> or ends in <c>+json</c>, in UTF-8.</summary>
    public bool IsJson { get; private set; }

    /// <summary>The text of a well-formed line.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>Reads the header. The properties then describe it.</summary>
    public void Read(KeyHeaders fields)
    {
        (_length, IsWellFormed, IsJson) = (0, false, false);
        if (fields.Count(KeyHeaderKind.ContentType) != 1) return;

        // One char for each byte.
        var line = fields.First(KeyHeaderKind.ContentType);
        if (_text.Length < line.Length) _text = new char[2 * line.Length];
        for (var i = 0; i < line.Length; i++) _text[i] = (char)line[i];
        _length = line.Length;
        ReadParameters();
    }

    private void ReadParameters()
    {
        var reader = new MediaTypeReader(Text);
        var (charsets, isUtf8) = (0, true);
        while (reader.ReadParameter())
        {
            if (!reader.ParameterNameEquals("charset")) continue;
            charsets++;
            isUtf8 = IsUtf8(reader.ParameterRawValue);
        }

        IsWellFormed = !reader.IsMalformed && charsets < 2;
        IsJson = IsWellFormed && isUtf8
            && (reader.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)
                || (reader.Type.Equals("application", StringComparison.OrdinalIgnoreCase)
                    && reader.Subtype.Equals("json", StringComparison.OrdinalIgnoreCase)));
    }

    // Readers disagree about the value of a quoted-string with escapes.
    private static bool IsUtf8(ReadOnlySpan<char> rawValue)
    {
        if (rawValue is ['"', .., '"']) rawValue = rawValue[1..^1];
        return rawValue.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
    }
}
