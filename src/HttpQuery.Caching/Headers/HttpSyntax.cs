using System.Buffers;

namespace HttpQuery.Caching.Headers;

/// <summary>The productions of RFC 9110 §5.6 that the caching headers use.</summary>
internal static class HttpSyntax
{
    private static readonly SearchValues<char> TokenChars = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>OWS of RFC 9110 §5.6.3.</summary>
    public static ReadOnlySpan<char> Whitespace => " \t";

    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenChars);

    /// <summary>The length of the token that starts the text; 0 if there is none.</summary>
    public static int TokenLength(ReadOnlySpan<char> text) =>
        text.IndexOfAnyExcept(TokenChars) is var length and >= 0 ? length : text.Length;

    /// <summary>The length of the quoted-string that starts the text, including both quotes; 0 if there is none.</summary>
    public static int QuotedStringLength(ReadOnlySpan<char> text)
    {
        if (text is not ['"', ..]) return 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"') return i + 1;
            if (text[i] == '\\') i++;
        }

        return 0;
    }
}
