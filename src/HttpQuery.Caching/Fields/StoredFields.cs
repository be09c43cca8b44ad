using System.Collections;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>The fields of a stored message: immutable, in the order of their first lines; names compare without case.</summary>
internal sealed class StoredFields : ICountedFields, IReadOnlyList<KeyValuePair<string, StringValues>>
{
    private readonly KeyValuePair<string, StringValues>[] _fields;

    /// <summary>Takes fields; lines of one name may come apart.</summary>
    public StoredFields(params IEnumerable<KeyValuePair<string, StringValues>> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var byName = new OrderedDictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, received) in fields)
        {
            var lines = WithoutNulls(received);
            if (lines.Count == 0) continue;
            byName[name] = byName.TryGetValue(name, out var earlier) ? StringValues.Concat(earlier, lines) : lines;
        }

        _fields = [.. byName];
    }

    /// <summary>No fields.</summary>
    public static StoredFields Empty { get; } = new();

    /// <summary>The number of different names.</summary>
    public int Count => _fields.Length;

    IEnumerable<string> ICountedFields.Names => _fields.Select(one => one.Key);

    /// <inheritdoc/>
    public StringValues this[string name]
    {
        get
        {
            foreach (var field in _fields)
                if (string.Equals(field.Key, name, StringComparison.OrdinalIgnoreCase)) return field.Value;
            return default;
        }
    }

    /// <summary>The name and the lines at a place in the order.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such place.</exception>
    public KeyValuePair<string, StringValues> this[int index] => _fields[index];

    /// <summary>Goes through the fields in their order.</summary>
    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => _fields.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Servers send no line for null.
    private static StringValues WithoutNulls(StringValues lines)
    {
        foreach (var line in lines)
            if (line is null) return lines.Where(one => one is not null).ToArray();
        return lines;
    }
}
