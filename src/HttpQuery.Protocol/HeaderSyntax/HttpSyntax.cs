using System.Buffers;

namespace HttpQuery.HeaderSyntax;

/// <summary>The character classes of RFC 9110 §5.6 and the checks that use them.</summary>
internal static class HttpSyntax
{
    private const string TokenText = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // The characters that end plain quoted text: a quote, a backslash, or a control character other than the tab (RFC 9110 §5.6.4).
    private static readonly SearchValues<char> QuotedTextStops = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\n\u000B\u000C\r\u000E\u000F\u0010\u0011\u0012\u0013"
        + "\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\u007F\"\\");

    /// <summary>tchar of RFC 9110 §5.6.2.</summary>
    internal static SearchValues<char> TokenChars { get; } = SearchValues.Create(TokenText);

    /// <summary>OWS of RFC 9110 §5.6.3, for <see cref="MemoryExtensions.Trim(ReadOnlySpan{char}, ReadOnlySpan{char})"/>.</summary>
    internal static ReadOnlySpan<char> Whitespace => " \t";

    /// <summary>Returns whether all of <paramref name="text"/> is one token.</summary>
    internal static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenChars);

    /// <summary>Returns the length of the token at the start of <paramref name="text"/>, or 0.</summary>
    internal static int TokenLength(ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExcept(TokenChars);
        return length < 0 ? text.Length : length;
    }

    /// <summary>Returns the length of the quoted-string at the start of <paramref name="text"/>, including both quotes, or 0.</summary>
    internal static int QuotedStringLength(ReadOnlySpan<char> text)
    {
        if (text is not ['"', ..]) return 0;
        var position = 1;
        while (true)
        {
            var plain = text[position..].IndexOfAny(QuotedTextStops);
            if (plain < 0) return 0;
            position += plain;
            if (text[position] == '"') return position + 1;
            if (text[position] != '\\' || position + 1 == text.Length || !IsQuotable(text[position + 1])) return 0;
            position += 2;
        }
    }

    /// <summary>Returns whether a quoted-string can contain <paramref name="text"/>: no control characters except the tab.</summary>
    internal static bool IsQuotable(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!IsQuotable(c)) return false;
        return true;
    }

    /// <summary>Converts A to Z to lower case. HTTP names are ASCII, so other letters stay as they are.</summary>
    internal static char ToLower(char c) => c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c;

    /// <summary>A copy in lower case, by the rule of <see cref="ToLower(char)"/>.</summary>
    internal static string ToLower(ReadOnlySpan<char> text) => string.Create(text.Length, text, static (lower, source) =>
    {
        for (var i = 0; i < source.Length; i++) lower[i] = ToLower(source[i]);
    });

    /// <summary>Compares by the rule of <see cref="ToLower(char)"/>.</summary>
    internal static bool EqualsIgnoreCase(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        if (left.Length != right.Length) return false;
        for (var i = 0; i < left.Length; i++)
            if (left[i] != right[i] && ToLower(left[i]) != ToLower(right[i])) return false;
        return true;
    }

    // HTAB / SP / VCHAR / obs-text.
    private static bool IsQuotable(char c) => c is '\t' or (>= ' ' and not '\u007F');
}
