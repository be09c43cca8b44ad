using System.Globalization;
using KubeList.Store;

namespace KubeList.Selectors;

/// <summary>One requirement of a label selector, such as <c>app in (a, b)</c> or <c>!canary</c>.</summary>
internal sealed class LabelRequirement
{
    private readonly ValueSet? _values;
    private readonly long _bound;

    private LabelRequirement(string key, LabelOperator comparison, ValueSet? values, long bound) =>
        (Key, Operator, _values, _bound) = (key, comparison, values, bound);

    public string Key { get; }

    public LabelOperator Operator { get; }

    public static LabelRequirement OfValues(string key, LabelOperator comparison, IReadOnlyCollection<string> values) =>
        new(key, comparison, new(values), 0);

    public static LabelRequirement OfPresence(string key, bool exists) =>
        new(key, exists ? LabelOperator.Exists : LabelOperator.DoesNotExist, null, 0);

    public static LabelRequirement OfBound(string key, LabelOperator comparison, long bound) => new(key, comparison, null, bound);

    /// <summary>Reads what <c>&gt;</c> and <c>&lt;</c> compare: a signed decimal integer of 64 bits.</summary>
    public static bool TryParseInteger(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>Holds an object's labels against the requirement. Absent labels satisfy <c>!=</c> and <c>notin</c>.</summary>
    public bool Matches(LabelSet labels)
    {
        var exists = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            LabelOperator.In => exists && _values!.Contains(value!),
            LabelOperator.NotIn => !exists || !_values!.Contains(value!),
            LabelOperator.Exists => exists,
            LabelOperator.DoesNotExist => !exists,
            LabelOperator.GreaterThan => exists && TryParseInteger(value!, out var number) && number > _bound,
            _ => exists && TryParseInteger(value!, out var number) && number < _bound,
        };
    }

    /// <summary>The requirement in parts that are equal exactly where it means the same.</summary>
    public byte[] Digest() => _values is null
        ? SelectorDigest.OfRequirement(Operator.ToString(), Key, [_bound.ToString(CultureInfo.InvariantCulture)])
        : SelectorDigest.OfRequirement(Operator.ToString(), Key, _values.Distinct);
}
