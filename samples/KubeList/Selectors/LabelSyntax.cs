using System.Buffers;

namespace KubeList.Selectors;

/// <summary>What label keys and values may look like.</summary>
/// <remarks><c>KEY = [ dns-subdomain "/" ] name</c>, prefix ≤ 253 and name ≤ 63 characters;
/// <c>VALUE</c> is empty or ≤ 63 of <c>[A-Za-z0-9_.-]</c>, alphanumeric at both ends.</remarks>
internal static class LabelSyntax
{
    private const int MaximumPrefix = 253;
    private const int MaximumName = 63;

    private static readonly SearchValues<char> NameChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    private static readonly SearchValues<char> DnsChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>What is wrong with a key, or <see langword="null"/>.</summary>
    public static string? KeyProblem(ReadOnlySpan<char> key)
    {
        var slash = key.IndexOf('/');
        var name = key[(slash + 1)..];
        if (slash >= 0)
        {
            if (name.Contains('/')) return "a label key has at most one slash";
            if (slash == 0) return "the prefix part of a label key must be non-empty";
            if (slash > MaximumPrefix) return "the prefix part of a label key must be no more than 253 characters";
            if (!IsDnsSubdomain(key[..slash])) return "the prefix part of a label key must be a lower case DNS subdomain";
        }

        if (name.IsEmpty) return "the name part of a label key must be non-empty";
        if (name.Length > MaximumName) return "the name part of a label key must be no more than 63 characters";
        return IsName(name)
            ? null
            : "the name part of a label key must consist of alphanumeric characters, '-', '_' or '.', and start and end alphanumeric";
    }

    /// <summary>What is wrong with a value, or <see langword="null"/>.</summary>
    public static string? ValueProblem(ReadOnlySpan<char> value)
    {
        if (value.Length > MaximumName) return "a label value must be no more than 63 characters";
        return value.IsEmpty || IsName(value)
            ? null
            : "a label value must be empty or consist of alphanumeric characters, '-', '_' or '.', and start and end alphanumeric";
    }

    private static bool IsName(ReadOnlySpan<char> text) =>
        !text.ContainsAnyExcept(NameChars) && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]);

    private static bool IsDnsSubdomain(ReadOnlySpan<char> text)
    {
        foreach (var range in text.Split('.'))
        {
            var label = text[range];
            if (label.IsEmpty || label[0] == '-' || label[^1] == '-' || label.ContainsAnyExcept(DnsChars)) return false;
        }

        return true;
    }
}
