using System.Text;

namespace HttpQuery.Protocol.Tests.Support;

/// <summary>docs/cache-key.md, section 6.3, over a whole form, slowly and plainly.</summary>
internal static class FormOracle
{
    private const string Plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._";

    /// <summary>Section 6.3; <see langword="null"/> where the content is refused.</summary>
    public static Normalized? Form(ReadOnlySpan<byte> content, bool escapes, bool order)
    {
        var text = Encoding.Latin1.GetString(content);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%') continue;
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])) return null;
        }

        var pairs = text.Split('&').Select(pair => pair.Split('=', 2)).Select(pair => (Name: pair[0], Value: pair.ElementAtOrDefault(1)));

        // OrderBy keeps the order of equals.
        if (order) pairs = pairs.OrderBy(pair => Resolved(pair.Name), StringComparer.Ordinal);
        var written = pairs.Select(pair => pair.Value is null ? Written(pair.Name) : Written(pair.Name) + "=" + Written(pair.Value));
        return new((byte)(order ? escapes ? 5 : 4 : 3), string.Join('&', written));

        string Written(string text) => escapes ? string.Concat(Resolved(text).Select(Spelled)) : text;
    }

    private static string Spelled(char octet) =>
        octet == ' ' ? "+" : Plain.Contains(octet, StringComparison.Ordinal) ? octet.ToString() : $"%{(int)octet:X2}";

    private static string Resolved(string text)
    {
        var resolved = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%')
            {
                resolved.Append((char)Convert.ToInt32(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                resolved.Append(text[i] == '+' ? ' ' : text[i]);
            }
        }

        return resolved.ToString();
    }
}
