namespace KubeList.Store;

/// <summary>Makes equal label keys, label values and field values one string: thousands of objects share a few hundred of them.</summary>
internal sealed class StringPool
{
    // Past this the strings are evidently not shared; starting anew keeps the pool from holding what no object has any longer.
    private const int Capacity = 1 << 16;

    private readonly Dictionary<string, string> _strings = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public string Share(string text)
    {
        if (text.Length == 0) return "";
        lock (_lock)
        {
            if (_strings.TryGetValue(text, out var shared)) return shared;
            if (_strings.Count == Capacity) _strings.Clear();
            _strings.Add(text, text);
            return text;
        }
    }
}
