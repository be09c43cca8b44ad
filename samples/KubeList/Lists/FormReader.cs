using System.Text;
using System.Text.Unicode;
using KubeList.Errors;

namespace KubeList.Lists;

/// <summary>Reads <c>name=value</c> pairs joined by <c>&amp;</c>: the URI query, and content of type
/// <c>application/x-www-form-urlencoded</c>. One reader for both, so that they cannot differ.</summary>
internal static class FormReader
{
    /// <summary>Adds the options in the request's URI.</summary>
    /// <exception cref="StatusException">An escape is malformed: 400 with the position after the question mark.</exception>
    public static void ReadUri(HttpRequest request, OptionSet options)
    {
        var query = request.QueryString.Value;
        if (!string.IsNullOrEmpty(query)) Read(Encoding.UTF8.GetBytes(query[1..]), inContent: false, options);
    }

    /// <summary>Adds the options among the pairs to <paramref name="options"/>; other names are ignored.</summary>
    /// <exception cref="StatusException">An escape is malformed, or what it stands for is no UTF-8: 400 with the position.</exception>
    public static void Read(ReadOnlySpan<byte> octets, bool inContent, OptionSet options)
    {
        for (var start = 0; start < octets.Length;)
        {
            var length = octets[start..].IndexOf((byte)'&');
            var end = length < 0 ? octets.Length : start + length;
            var sign = octets[start..end].IndexOf((byte)'=');
            var nameEnd = sign < 0 ? end : start + sign;

            var name = Unescape(octets[start..nameEnd], start, inContent);
            var value = sign < 0 ? "" : Unescape(octets[(nameEnd + 1)..end], nameEnd + 1, inContent);
            if (ListOptionNames.Contains(name)) options.Add(name, new(value, inContent));
            start = end + 1;
        }
    }

    private static string Unescape(ReadOnlySpan<byte> escaped, int offset, bool inContent)
    {
        if (escaped.IndexOfAny((byte)'%', (byte)'+') < 0) return Decode(escaped, offset, inContent);

        var octets = new byte[escaped.Length];
        var length = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '%')
            {
                octets[length++] = escaped[i] == '+' ? (byte)' ' : escaped[i];
                continue;
            }

            if (i + 2 >= escaped.Length || !char.IsAsciiHexDigit((char)escaped[i + 1]) || !char.IsAsciiHexDigit((char)escaped[i + 2]))
                throw Malformed("a percent sign without two hexadecimal digits", offset + i, inContent);
            octets[length++] = Convert.FromHexString([(char)escaped[i + 1], (char)escaped[i + 2]])[0];
            i += 2;
        }

        return Decode(octets.AsSpan(0, length), offset, inContent);
    }

    private static string Decode(ReadOnlySpan<byte> octets, int offset, bool inContent) =>
        Utf8.IsValid(octets) ? Encoding.UTF8.GetString(octets) : throw Malformed("octets that are no UTF-8 in the part", offset, inContent);

    // Bytes are counted from 1, as in messages about JSON.
    private static StatusException Malformed(string what, int offset, bool inContent) => new(KubeStatus.BadRequest(
        $"{(inContent ? "the content" : "the URI query")} does not parse: {what} at byte {offset + 1}"));
}
