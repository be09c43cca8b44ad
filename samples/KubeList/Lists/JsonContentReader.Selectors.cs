using System.Text.Json;
using KubeList.Errors;
using KubeList.Selectors;
using KubeList.Store;

namespace KubeList.Lists;

/// <content>Selectors as structures: <c>LabelSelector</c> and a list of <c>FieldSelectorRequirement</c>, Kubernetes' own shapes.</content>
internal ref partial struct JsonContentReader
{
    private const string OperatorsText = "supported values: \"In\", \"NotIn\", \"Exists\", \"DoesNotExist\"";

    private static readonly string[] Operators = ["In", "NotIn", "Exists", "DoesNotExist"];

    private LabelSelector ReadLabelSelector()
    {
        const string Path = ListOptionNames.LabelSelector;
        var requirements = new List<LabelRequirement>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (ReadName(Path, seen) is { } name)
        {
            if (name is "matchLabels") ReadMatchLabels($"{Path}.matchLabels", requirements);
            else if (name is not "matchExpressions") RefuseUnknown(Join(Path, name));
            else
            {
                foreach (var expression in ReadExpressions($"{Path}.matchExpressions"))
                    if (ToLabelRequirement(expression) is { } requirement) requirements.Add(requirement);
            }
        }

        return new(requirements);
    }

    private FieldSelector ReadFieldSelector()
    {
        const string Path = ListOptionNames.FieldSelector;
        var requirements = new List<FieldRequirement>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (ReadName(Path, seen) is { } name)
        {
            if (name is not "matchExpressions")
            {
                RefuseUnknown(Join(Path, name));
                continue;
            }

            foreach (var expression in ReadExpressions($"{Path}.matchExpressions"))
                if (ToFieldRequirement(expression) is { } requirement) requirements.Add(requirement);
        }

        return new(requirements);
    }

    private void ReadMatchLabels(string path, List<LabelRequirement> requirements)
    {
        if (_reader.TokenType is JsonTokenType.Null) return;
        if (_reader.TokenType is not JsonTokenType.StartObject)
        {
            RefuseValue(path, "must be an object of strings");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (ReadName(path, seen) is { } key)
        {
            var place = Join(path, key);
            if (ReadString(place) is not { } value || !Take(place)) continue;
            if ((LabelSyntax.KeyProblem(key) ?? LabelSyntax.ValueProblem(value)) is { } problem)
                _options.Refuse(StatusCause.Invalid(place, problem));
            else if (TakeValue(place)) requirements.Add(LabelRequirement.OfValues(key, LabelOperator.In, [value]));
        }
    }

    private List<SelectorExpression> ReadExpressions(string path)
    {
        var expressions = new List<SelectorExpression>();
        if (_reader.TokenType is JsonTokenType.Null) return expressions;
        if (_reader.TokenType is not JsonTokenType.StartArray)
        {
            RefuseValue(path, "must be an array");
            return expressions;
        }

        for (var i = 0; ; i++)
        {
            Advance();
            if (_reader.TokenType is JsonTokenType.EndArray) return expressions;
            var place = $"{path}[{i}]";
            if (_reader.TokenType is not JsonTokenType.StartObject) RefuseValue(place, "must be an object");
            else if (ReadExpression(place) is var expression && Take(place)) expressions.Add(expression);
        }
    }

    private SelectorExpression ReadExpression(string path)
    {
        string? key = null, comparison = null;
        List<string>? values = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (ReadName(path, seen) is { } name)
        {
            if (name is "key") key = ReadString($"{path}.key");
            else if (name is "operator") comparison = ReadString($"{path}.operator");
            else if (name is "values") values = ReadValues($"{path}.values");
            else RefuseUnknown(Join(path, name));
        }

        if (key is null) RefuseAbsent($"{path}.key", seen.Contains("key"));
        if (comparison is null) RefuseAbsent($"{path}.operator", seen.Contains("operator"));
        return new(path, key, comparison, values ?? []);
    }

    private List<string> ReadValues(string path)
    {
        var values = new List<string>();
        if (_reader.TokenType is JsonTokenType.Null) return values;
        if (_reader.TokenType is not JsonTokenType.StartArray)
        {
            RefuseValue(path, "must be an array of strings");
            return values;
        }

        while (true)
        {
            Advance();
            if (_reader.TokenType is JsonTokenType.EndArray) return values;
            if (_reader.TokenType is JsonTokenType.String)
            {
                if (TakeValue(path)) values.Add(GetString());
                continue;
            }

            // Something stands in its place, so that the next one is counted right and the list is not called empty too.
            RefuseValue($"{path}[{values.Count}]", "must be a string");
            values.Add("");
        }
    }

    private readonly LabelRequirement? ToLabelRequirement(SelectorExpression expression)
    {
        if (!IsWhole(expression)) return null;
        if (LabelSyntax.KeyProblem(expression.Key) is { } problem)
        {
            _options.Refuse(StatusCause.Invalid($"{expression.Path}.key", problem));
            return null;
        }

        if (expression.Operator is "Exists" or "DoesNotExist")
            return LabelRequirement.OfPresence(expression.Key!, exists: expression.Operator is "Exists");

        var wellFormed = true;
        for (var i = 0; i < expression.Values.Count; i++)
        {
            if (LabelSyntax.ValueProblem(expression.Values[i]) is not { } trouble) continue;
            _options.Refuse(StatusCause.Invalid($"{expression.Path}.values[{i}]", trouble));
            wellFormed = false;
        }

        var comparison = expression.Operator is "In" ? LabelOperator.In : LabelOperator.NotIn;
        return wellFormed ? LabelRequirement.OfValues(expression.Key!, comparison, expression.Values) : null;
    }

    private readonly FieldRequirement? ToFieldRequirement(SelectorExpression expression)
    {
        if (!IsWhole(expression)) return null;
        var field = _resource.FindField(expression.Key!);
        if (field < 0)
        {
            _options.Refuse(StatusCause.NotSupported($"{expression.Path}.key", FieldSelectorParser.NotSupported(expression.Key)));
            return null;
        }

        return expression.Operator switch
        {
            "In" => new(field, expression.Key!, IsIn: true, new(expression.Values)),
            "NotIn" => new(field, expression.Key!, IsIn: false, new(expression.Values)),
            "Exists" => new(field, expression.Key!, IsIn: false, new([""])),
            _ => new(field, expression.Key!, IsIn: true, new([""])),
        };
    }

    // What both kinds of expression have in common; a missing part was refused where it was missed.
    private readonly bool IsWhole(SelectorExpression expression)
    {
        if (expression.Key is null || expression.Operator is null || _budget.Problem is not null) return false;
        var values = $"{expression.Path}.values";
        if (!Operators.Contains(expression.Operator))
            _options.Refuse(StatusCause.NotSupported($"{expression.Path}.operator", OperatorsText));
        else if (expression.Operator is "In" or "NotIn" && expression.Values.Count == 0)
            _options.Refuse(StatusCause.Required(values, "must be given when the operator is In or NotIn"));
        else if (expression.Operator is "Exists" or "DoesNotExist" && expression.Values.Count > 0)
            _options.Refuse(StatusCause.Forbidden(values, "may not be given when the operator is Exists or DoesNotExist"));
        else return true;
        return false;
    }

    private readonly void RefuseAbsent(string path, bool alreadyRefused)
    {
        if (!alreadyRefused) _options.Refuse(StatusCause.Required(path, "must be given"));
    }

    private readonly bool Take(string path) => _budget.Problem is null && (_budget.TakeRequirement() || RefuseBudget(path));

    private readonly bool TakeValue(string path) => _budget.Problem is null && (_budget.TakeValue() || RefuseBudget(path));

    // Told once, at the place where the limit was passed; the rest is only read for its syntax.
    private readonly bool RefuseBudget(string path)
    {
        _options.Refuse(StatusCause.Invalid(path, _budget.Problem!));
        return false;
    }

    private sealed record SelectorExpression(string Path, string? Key, string? Operator, List<string> Values);
}
