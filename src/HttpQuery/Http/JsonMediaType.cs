using System.Text;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Http;

/// <summary>Reads the media type and the charset of JSON content.</summary>
internal static class JsonMediaType
{
    /// <summary>Whether <paramref name="mediaType"/> is JSON or of the <c>+json</c> suffix.</summary>
    public static bool IsJson(string? mediaType)
    {
        var reader = new MediaTypeReader(mediaType);
        return reader.Subtype.Equals("json", StringComparison.OrdinalIgnoreCase)
            || reader.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether content of <paramref name="mediaType"/> is read as UTF-8: by its charset, or because it has none.</summary>
    public static bool IsUtf8(string? mediaType)
    {
        var reader = new MediaTypeReader(mediaType);
        while (reader.ReadParameter())
        {
            if (reader.ParameterNameEquals("charset")) return reader.ParameterValueEquals("utf-8");
        }
        return true;
    }

    /// <summary>Removes the quotes around a charset: the meaning is the same (RFC 9110 §5.6.6), but the
    /// framework's JSON reader fails on them.</summary>
    public static void UnquoteCharset(HttpRequest request)
    {
        if (request.ContentType is { } text && text.Contains('"') && MediaType.TryParse(text, out var type))
            request.ContentType = type.ToString();
    }

    /// <summary>Returns the encoding for JSON of a well-formed <paramref name="mediaType"/>; <see langword="null"/> if the charset is
    /// unknown, because the framework would fail on it as a server error.</summary>
    public static Encoding? GetEncoding(string? mediaType)
    {
        if (IsUtf8(mediaType)) return Encoding.UTF8;
        try
        {
            return MediaType.Parse(mediaType).TryGetParameter("charset", out var name) ? Encoding.GetEncoding(name) : Encoding.UTF8;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
