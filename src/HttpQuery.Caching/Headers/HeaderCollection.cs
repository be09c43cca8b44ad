using System.Collections;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Headers;

/// <summary>The headers of a stored message: immutable, in the order of their first lines; names ignore case.</summary>
internal sealed class HeaderCollection : ICountedHeaders, IReadOnlyList<KeyValuePair<string, StringValues>>
{
    private readonly KeyValuePair<string, StringValues>[] _headers;

    /// <summary>Creates the headers; lines of one name may be in separate entries.</summary>
    public HeaderCollection(params IEnumerable<KeyValuePair<string, StringValues>> headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var byName = new OrderedDictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, received) in headers)
        {
            var lines = WithoutNulls(received);
            if (lines.Count == 0) continue;
            byName[name] = byName.TryGetValue(name, out var earlier) ? StringValues.Concat(earlier, lines) : lines;
        }

        _headers = [.. byName];
    }

    /// <summary>No headers.</summary>
    public static HeaderCollection Empty { get; } = new();

    /// <summary>The number of different names.</summary>
    public int Count => _headers.Length;

    IEnumerable<string> ICountedHeaders.Names => _headers.Select(one => one.Key);

    /// <inheritdoc/>
    public StringValues this[string name]
    {
        get
        {
            foreach (var header in _headers)
                if (string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)) return header.Value;
            return default;
        }
    }

    /// <summary>The name and the lines at an index.</summary>
    /// <exception cref="IndexOutOfRangeException">The index is out of range.</exception>
    public KeyValuePair<string, StringValues> this[int index] => _headers[index];

    /// <summary>Enumerates the headers in their order.</summary>
    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => _headers.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Servers send no line for a null value.
    private static StringValues WithoutNulls(StringValues lines)
    {
        foreach (var line in lines)
            if (line is null) return lines.Where(one => one is not null).ToArray();
        return lines;
    }
}
