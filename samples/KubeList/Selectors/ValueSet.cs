using System.Collections.Frozen;

namespace KubeList.Selectors;

/// <summary>The values of one requirement: found in constant time, however many there are.</summary>
internal sealed class ValueSet(IReadOnlyCollection<string> values)
{
    /// <summary>The values, each once, in no order.</summary>
    public FrozenSet<string> Distinct { get; } = values.ToFrozenSet(StringComparer.Ordinal);

    public bool Contains(string value) => Distinct.Contains(value);
}
