using System.Buffers;

namespace HttpQuery.StructuredFields;

/// <summary>The character classes of RFC 9651 and checks of whole values against them.</summary>
internal static class SfSyntax
{
    /// <summary>The largest Integer and Date: 15 digits (RFC 9651 §3.3.1).</summary>
    internal const long MaximumInteger = 999_999_999_999_999;

    /// <summary>What may follow the first character of a Token: tchar, ":" and "/" (RFC 9651 §3.3.4).</summary>
    internal static SearchValues<char> TokenChars { get; } =
        SearchValues.Create("!#$%&'*+-.^_`|~:/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>What may follow the first character of a key (RFC 9651 §3.1.2).</summary>
    internal static SearchValues<char> KeyChars { get; } = SearchValues.Create("*-._0123456789abcdefghijklmnopqrstuvwxyz");

    /// <summary>The base64 alphabet without its padding (RFC 4648 §4).</summary>
    internal static SearchValues<char> Base64Chars { get; } =
        SearchValues.Create("+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>What a String says as it is: printable ASCII but the quote and the backslash (RFC 9651 §3.3.3).</summary>
    internal static SearchValues<char> PlainStringChars { get; } = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    internal static bool IsTokenStart(char c) => char.IsAsciiLetter(c) || c == '*';

    internal static bool IsKeyStart(char c) => char.IsAsciiLetterLower(c) || c == '*';

    internal static bool IsToken(ReadOnlySpan<char> text) =>
        !text.IsEmpty && IsTokenStart(text[0]) && !text.ContainsAnyExcept(TokenChars);

    internal static bool IsKey(ReadOnlySpan<char> text) => !text.IsEmpty && IsKeyStart(text[0]) && !text.ContainsAnyExcept(KeyChars);

    /// <summary>Tells whether a String can say <paramref name="text"/>: printable ASCII alone.</summary>
    internal static bool IsString(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange(' ', '~');
}
