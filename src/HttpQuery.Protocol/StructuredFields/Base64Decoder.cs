namespace HttpQuery.StructuredFields;

/// <summary>Decodes the base64 of a Byte Sequence (RFC 9651 §4.2.7).</summary>
/// <remarks>Accepts missing padding and padding bits that are not zero, as the RFC asks.</remarks>
internal static class Base64Decoder
{
    /// <summary>Returns whether <paramref name="text"/> is base64 with full padding or without padding.</summary>
    internal static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        var data = WithoutPadding(text);
        return data.Length % 4 != 1
            && (data.Length == text.Length || (text.Length % 4 == 0 && text.Length - data.Length <= 2))
            && !data.ContainsAnyExcept(SfSyntax.Base64Chars);
    }

    /// <summary>Returns the number of bytes that well-formed <paramref name="text"/> decodes to.</summary>
    internal static int DecodedLength(ReadOnlySpan<char> text) => (int)(WithoutPadding(text).Length * 3L / 4);

    /// <summary>Decodes well-formed text into exactly <see cref="DecodedLength"/> bytes.</summary>
    internal static void Decode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        var bits = 0;
        var bitCount = 0;
        var length = 0;
        foreach (var c in WithoutPadding(text))
        {
            bits = (bits << 6) | Sextet(c);
            bitCount += 6;
            if (bitCount < 8) continue;
            bitCount -= 8;
            bytes[length++] = (byte)(bits >> bitCount);
        }
    }

    private static ReadOnlySpan<char> WithoutPadding(ReadOnlySpan<char> text) => text.TrimEnd('=');

    private static int Sextet(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '+' => 62,
        _ => 63,
    };
}
