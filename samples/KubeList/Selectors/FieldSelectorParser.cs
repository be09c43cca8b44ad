using System.Diagnostics.CodeAnalysis;
using System.Text;
using KubeList.Store;

namespace KubeList.Selectors;

/// <summary>Reads the text form of a field selector, as in <c>fieldSelector=spec.nodeName=n1,status.phase!=Running</c>.</summary>
/// <remarks>Terms <c>path=value</c>, <c>path==value</c>, <c>path!=value</c>, joined by commas; empty terms count for nothing,
/// white space is part of the text. In values <c>\\</c>, <c>\,</c> and <c>\=</c> stand for the second character;
/// any other backslash, and a bare <c>=</c>, is malformed.</remarks>
internal static class FieldSelectorParser
{
    /// <summary>Reads a whole selector over the fields of <paramref name="kind"/>, save <c>metadata.uid</c>.</summary>
    public static bool TryParse(
        string text,
        ResourceKind kind,
        SelectorBudget budget,
        [NotNullWhen(true)] out FieldSelector? selector,
        [NotNullWhen(false)] out string? problem)
    {
        selector = null;
        var requirements = new List<FieldRequirement>();
        for (var start = 0; start <= text.Length;)
        {
            var end = EndOfTerm(text, start);
            var term = text.AsSpan(start, end - start);
            start = end + 1;
            if (term.IsEmpty) continue;
            if (!budget.TakeRequirement() || !budget.TakeValue())
            {
                problem = budget.Problem!;
                return false;
            }

            if (!TryParseTerm(term, kind, out var requirement, out problem)) return false;
            requirements.Add(requirement);
        }

        selector = new(requirements);
        problem = null;
        return true;
    }

    /// <summary>What Kubernetes says of a path that cannot be asked for.</summary>
    public static string NotSupported(ReadOnlySpan<char> path) => $"field label not supported: {Excerpt.Of(path)}";

    private static int EndOfTerm(string text, int start)
    {
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == ',') return i;
        }

        return text.Length;
    }

    private static bool TryParseTerm(
        ReadOnlySpan<char> term,
        ResourceKind kind,
        [NotNullWhen(true)] out FieldRequirement? requirement,
        [NotNullWhen(false)] out string? problem)
    {
        requirement = null;
        problem = null;
        var sign = term.IndexOf('=');
        if (sign < 0)
        {
            problem = $"invalid selector: can't understand '{Excerpt.Of(term)}'";
            return false;
        }

        // The first operator counts, and of those at one place the longest: "a!=b" is not "a!" "=" "b".
        var isNot = sign > 0 && term[sign - 1] == '!';
        var isDouble = !isNot && sign + 1 < term.Length && term[sign + 1] == '=';
        var path = term[..(isNot ? sign - 1 : sign)].ToString();
        if (!TryUnescape(term[(sign + (isDouble ? 2 : 1))..], out var value, out problem)) return false;

        var field = kind.FindField(path);
        if (field is < 0 or ResourceKind.UidField)
        {
            problem = NotSupported(path);
            return false;
        }

        requirement = new(field, path, IsIn: !isNot, new([value]));
        return true;
    }

    private static bool TryUnescape(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out string? value, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        value = null;
        var unescaped = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '=') problem = "invalid field selector: unescaped '=' in a value";
            else if (text[i] != '\\') unescaped.Append(text[i]);
            else if (i + 1 < text.Length && text[i + 1] is '\\' or ',' or '=') unescaped.Append(text[++i]);
            else problem = "invalid field selector: a backslash that escapes none of '\\', ',' and '='";
            if (problem is not null) return false;
        }

        value = unescaped.ToString();
        return true;
    }
}
