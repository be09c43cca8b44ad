using System.Buffers;

namespace HttpQuery.StructuredFields;

/// <summary>The character classes of RFC 9651 and the checks that use them.</summary>
internal static class SfSyntax
{
    /// <summary>The largest Integer and Date: 15 digits (RFC 9651 §3.3.1).</summary>
    internal const long MaximumInteger = 999_999_999_999_999;

    /// <summary>The characters allowed after the first one of a Token: tchar, ":" and "/" (RFC 9651 §3.3.4).</summary>
    internal static SearchValues<char> TokenChars { get; } =
        SearchValues.Create("!#$%&'*+-.^_`|~:/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The characters allowed after the first one of a key (RFC 9651 §3.1.2).</summary>
    internal static SearchValues<char> KeyChars { get; } = SearchValues.Create("*-._0123456789abcdefghijklmnopqrstuvwxyz");

    /// <summary>The base64 alphabet without its padding (RFC 4648 §4).</summary>
    internal static SearchValues<char> Base64Chars { get; } =
        SearchValues.Create("+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The unescaped characters of a String: printable ASCII except the quote and the backslash (RFC 9651 §3.3.3).</summary>
    internal static SearchValues<char> PlainStringChars { get; } = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    internal static bool IsTokenStart(char c) => char.IsAsciiLetter(c) || c == '*';

    internal static bool IsKeyStart(char c) => char.IsAsciiLetterLower(c) || c == '*';

    internal static bool IsToken(ReadOnlySpan<char> text) =>
        !text.IsEmpty && IsTokenStart(text[0]) && !text.ContainsAnyExcept(TokenChars);

    internal static bool IsKey(ReadOnlySpan<char> text) => !text.IsEmpty && IsKeyStart(text[0]) && !text.ContainsAnyExcept(KeyChars);

    /// <summary>Returns whether a String can contain <paramref name="text"/>: printable ASCII only.</summary>
    internal static bool IsString(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange(' ', '~');
}
