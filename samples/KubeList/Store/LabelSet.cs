using System.Diagnostics.CodeAnalysis;

namespace KubeList.Store;

/// <summary>The labels of one object.</summary>
/// <remarks>An object has about ten labels: a short array searched from its start takes less room and time than a hash table.</remarks>
internal readonly struct LabelSet(KeyValuePair<string, string>[] labels)
{
    private readonly KeyValuePair<string, string>[]? _labels = labels;

    /// <summary>The labels in the object's order.</summary>
    public ReadOnlySpan<KeyValuePair<string, string>> Items => _labels;

    /// <summary>Finds the value of <paramref name="key"/>.</summary>
    public bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
    {
        foreach (var label in Items)
        {
            if (label.Key != key) continue;
            value = label.Value;
            return true;
        }

        value = null;
        return false;
    }
}
