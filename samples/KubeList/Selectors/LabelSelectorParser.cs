using System.Diagnostics.CodeAnalysis;

namespace KubeList.Selectors;

/// <summary>Reads the text form of a label selector, as in <c>labelSelector=app in (a,b),!canary</c>.</summary>
/// <remarks><code>
/// selector    = [ requirement *( "," requirement ) ]
/// requirement = KEY | "!" KEY | KEY ( "=" | "==" | "!=" ) VALUE
///             | KEY ( "in" | "notin" ) "(" VALUE *( "," VALUE ) ")" | KEY ( "&gt;" | "&lt;" ) INT
/// </code>
/// An absent VALUE is empty. <c>in</c> and <c>notin</c> are words only where an operator stands, so they may be keys and values.</remarks>
internal ref struct LabelSelectorParser
{
    private LabelSelectorLexer _lexer;
    private ReadOnlySpan<char> _token;
    private readonly SelectorBudget _budget;
    private string? _problem;

    private LabelSelectorParser(ReadOnlySpan<char> text, SelectorBudget budget)
    {
        _budget = budget;
        _lexer = new(text);
        _token = _lexer.Next();
    }

    /// <summary>Reads a whole selector.</summary>
    /// <param name="text">The text; empty selects everything.</param>
    /// <param name="budget">How much the query may still ask for.</param>
    /// <param name="selector">The selector, or <see langword="null"/> when the text is malformed.</param>
    /// <param name="problem">What is wrong, or <see langword="null"/>.</param>
    public static bool TryParse(
        ReadOnlySpan<char> text,
        SelectorBudget budget,
        [NotNullWhen(true)] out LabelSelector? selector,
        [NotNullWhen(false)] out string? problem)
    {
        var parser = new LabelSelectorParser(text, budget);
        var requirements = parser.ReadSelector();
        selector = requirements is null ? null : new(requirements);
        problem = requirements is null ? parser._problem ?? "malformed" : null;
        return selector is not null;
    }

    private List<LabelRequirement>? ReadSelector()
    {
        var requirements = new List<LabelRequirement>();
        if (_token.IsEmpty) return requirements;
        while (true)
        {
            if (ReadRequirement() is not { } requirement) return null;
            requirements.Add(requirement);
            if (_token.IsEmpty) return requirements;
            if (_token is not ",") return Fail("',' or end of string");
            _token = _lexer.Next();
        }
    }

    private LabelRequirement? ReadRequirement()
    {
        if (!_budget.TakeRequirement()) return FailBudget();
        var negated = _token is "!";
        if (negated) _token = _lexer.Next();
        if (!LabelSelectorLexer.IsWord(_token)) return FailRequirement("identifier");
        if (LabelSyntax.KeyProblem(_token) is { } problem) return FailRequirement(_token, problem);
        var key = _token.ToString();
        _token = _lexer.Next();
        if (negated || _token.IsEmpty || _token is ",") return LabelRequirement.OfPresence(key, exists: !negated);

        var comparison = _token;
        _token = _lexer.Next();
        switch (comparison)
        {
            case "=" or "==": return ReadExact(key, LabelOperator.In);
            case "!=": return ReadExact(key, LabelOperator.NotIn);
            case "in": return ReadSet(key, LabelOperator.In);
            case "notin": return ReadSet(key, LabelOperator.NotIn);
            case ">": return ReadBound(key, LabelOperator.GreaterThan);
            case "<": return ReadBound(key, LabelOperator.LessThan);
            default:
                _token = comparison;
                return FailRequirement("in, notin, =, ==, !=, >, <");
        }
    }

    private LabelRequirement? ReadExact(string key, LabelOperator comparison) =>
        ReadValue() is { } value ? LabelRequirement.OfValues(key, comparison, [value]) : null;

    private LabelRequirement? ReadBound(string key, LabelOperator comparison)
    {
        if (ReadValue() is not { } value) return null;
        return LabelRequirement.TryParseInteger(value, out var bound)
            ? LabelRequirement.OfBound(key, comparison, bound)
            : FailRequirement(value, "'>' and '<' compare with an integer of 64 bits");
    }

    private LabelRequirement? ReadSet(string key, LabelOperator comparison)
    {
        if (_token is not "(") return FailRequirement("'('");
        var values = new List<string>();
        do
        {
            _token = _lexer.Next();
            if (ReadValue() is not { } value) return null;
            values.Add(value);
        }
        while (_token is ",");

        if (_token is not ")") return FailRequirement("',' or ')'");
        _token = _lexer.Next();
        return LabelRequirement.OfValues(key, comparison, values);
    }

    // Reads one VALUE; where none stands it is empty, and nothing is taken.
    private string? ReadValue()
    {
        if (!_budget.TakeValue())
        {
            FailBudget();
            return null;
        }

        if (_token.IsEmpty || _token is "," or ")") return "";
        if (!LabelSelectorLexer.IsWord(_token))
        {
            Fail("identifier");
            return null;
        }

        if (LabelSyntax.ValueProblem(_token) is { } problem)
        {
            FailRequirement(_token, problem);
            return null;
        }

        var value = _token.ToString();
        _token = _lexer.Next();
        return value;
    }

    private LabelRequirement? FailBudget()
    {
        _problem = _budget.Problem;
        return null;
    }

    private List<LabelRequirement>? Fail(string expected)
    {
        _problem = $"unable to parse requirement: found '{Excerpt.Of(_token)}', expected: {expected}";
        return null;
    }

    private LabelRequirement? FailRequirement(string expected)
    {
        Fail(expected);
        return null;
    }

    private LabelRequirement? FailRequirement(ReadOnlySpan<char> found, string problem)
    {
        _problem = $"unable to parse requirement: Invalid value: \"{Excerpt.Of(found)}\": {problem}";
        return null;
    }
}
