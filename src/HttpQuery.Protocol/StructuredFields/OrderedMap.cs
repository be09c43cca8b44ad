namespace HttpQuery.StructuredFields;

/// <summary>Creates, compares and hashes the ordered maps of RFC 9651 §3.1.2 and §3.2.</summary>
internal static class OrderedMap
{
    internal static OrderedDictionary<string, T> Create<T>(IEnumerable<KeyValuePair<string, T>> items)
    {
        var map = new OrderedDictionary<string, T>(StringComparer.Ordinal);
        foreach (var (key, value) in items)
        {
            if (!SfSyntax.IsKey(key)) throw new ArgumentException($"'{key}' is not a key (RFC 9651 §3.1.2).", nameof(items));
            if (value is null) throw new ArgumentNullException(nameof(items), $"The value of '{key}' is null.");
            if (!map.TryAdd(key, value)) throw new ArgumentException($"The key '{key}' occurs twice.", nameof(items));
        }

        return map;
    }

    internal static bool AreEqual<T>(OrderedDictionary<string, T> left, OrderedDictionary<string, T> right)
    {
        if (left.Count != right.Count) return false;
        for (var i = 0; i < left.Count; i++)
        {
            var (leftItem, rightItem) = (left.GetAt(i), right.GetAt(i));
            if (leftItem.Key != rightItem.Key || !EqualityComparer<T>.Default.Equals(leftItem.Value, rightItem.Value)) return false;
        }

        return true;
    }

    internal static int Hash<T>(OrderedDictionary<string, T> map)
    {
        var hash = new HashCode();
        for (var i = 0; i < map.Count; i++) hash.Add(map.GetAt(i));
        return hash.ToHashCode();
    }
}
