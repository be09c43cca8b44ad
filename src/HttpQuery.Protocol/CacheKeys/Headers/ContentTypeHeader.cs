namespace HttpQuery.CacheKeys.Headers;

/// <summary>What the one Content-Type line of a request says of its content (docs/cache-key.md §6). The key has the line as it was sent.</summary>
internal sealed class ContentTypeHeader
{
    private char[] _text = new char[128];
    private int _length;

    /// <summary>Whether there is one line, it is a media type, and it names no charset twice.</summary>
    public bool IsWellFormed { get; private set; }

    /// <summary>Whether it is <c>application/json</c> or <c>+json</c>, in UTF-8.</summary>
    public bool IsJson { get; private set; }

    /// <summary>The text of a well-formed line.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>Reads the line; the rest of this object then speaks of it.</summary>
    public void Read(KeyHeaders fields)
    {
        (_length, IsWellFormed, IsJson) = (0, false, false);
        if (fields.Count(KeyHeaderKind.ContentType) != 1) return;

        // One char for each octet.
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
                || (reader.Type.Equals("application", StringComparison.OrdinalIgnoreCase) && reader.Subtype.Equals("json", StringComparison.OrdinalIgnoreCase)));
    }

    // With escapes in its quotes, readers disagree about what the value is.
    private static bool IsUtf8(ReadOnlySpan<char> rawValue)
    {
        if (rawValue is ['"', .., '"']) rawValue = rawValue[1..^1];
        return rawValue.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
    }
}
