using System.Diagnostics.CodeAnalysis;
using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.Learning;

namespace HttpQuery.Discovery;

/// <summary>Remembers the last <c>Accept-Query</c> of each path. It applies to all URIs with that path (RFC 10008 §3).</summary>
internal sealed class AcceptQueryMemory(QueryDiscoveryOptions options, TimeProvider time)
{
    private const int MaximumKeyLength = 4096;

    private readonly ExpiringTable<string, Value> _values = new(options.MaximumCount, time);

    /// <summary>Returns the value that is known for a URI.</summary>
    public bool TryGet(Uri uri, [NotNullWhen(true)] out AcceptQuery? value)
    {
        value = GetKey(uri) is { } key && _values.TryGet(key, out var known) ? known.AcceptQuery : null;
        return value is not null;
    }

    /// <summary>Remembers the value of a response. A value that is malformed or too long is ignored.</summary>
    /// <param name="response">The response.</param>
    /// <param name="uris">The URIs that it applies to.</param>
    /// <returns>Whether the value is usable, or <see langword="null"/> if there is none.</returns>
    public bool? Learn(HttpResponseMessage response, params IEnumerable<Uri?> uris)
    {
        if (!response.Headers.NonValidated.Contains(AcceptQuery.HeaderName)) return null;
        if (ReadLines(response, AcceptQuery.HeaderName) is not { } lines || !AcceptQuery.TryParse(lines, out var value)) return false;

        // The freshest value wins: a cache on the way may respond with an older one.
        var generated = time.GetUtcNow() - (response.Headers.Age is { } age && age >= TimeSpan.Zero ? age : TimeSpan.Zero);
        foreach (var uri in uris)
        {
            if (uri is null || GetKey(uri) is not { } key) continue;
            if (!_values.TryGet(key, out var known) || known.Generated <= generated)
                _values.Set(key, new(value, generated), options.Lifetime);
        }
        return true;
    }

    /// <summary>Returns the lines of a header, or <see langword="null"/> if it is absent or too long.</summary>
    public string[]? ReadLines(HttpResponseMessage response, string name)
    {
        if (!response.Headers.NonValidated.TryGetValues(name, out var values)) return null;
        string[] lines = [.. values];
        return lines.Sum(line => (long)line.Length) <= options.MaximumValueLength ? lines : null;
    }

    private static string? GetKey(Uri uri)
    {
        if (!uri.IsAbsoluteUri) return null;
        var (scheme, authority, target) = TargetUri.FromUri(uri);
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var length = query < 0 ? target.Length : query;
        return length > MaximumKeyLength ? null : $"{scheme}://{authority}{target.AsSpan(0, length)}";
    }

    private sealed record Value(AcceptQuery AcceptQuery, DateTimeOffset Generated);
}
