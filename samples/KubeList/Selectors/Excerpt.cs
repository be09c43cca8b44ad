namespace KubeList.Selectors;

/// <summary>Shortens what an error message repeats of a query: a word can be as long as the content.</summary>
internal static class Excerpt
{
    private const int Longest = 80;

    public static string Of(ReadOnlySpan<char> text)
    {
        if (text.Length <= Longest) return text.ToString();

        // A surrogate pair is not cut in two: half of one is no text.
        var length = char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest;
        return $"{text[..length]}…";
    }
}
