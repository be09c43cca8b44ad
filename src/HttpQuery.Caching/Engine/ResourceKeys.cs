using System.Collections.Concurrent;

namespace HttpQuery.Caching;

/// <summary>Remembers the keys of URIs, which are the same for all requests to one.</summary>
internal sealed class ResourceKeys
{
    private const int MaximumCount = 10_000;
    private const int MaximumLength = 1024;

    private readonly ConcurrentDictionary<(string Scheme, string Authority, string Target), QueryCacheKey> _keys = new();
    private int _count;

    public QueryCacheKey Of(CacheRequest request)
    {
        var uri = (request.Scheme, request.Authority, request.Target);
        if (_keys.TryGetValue(uri, out var key)) return key;

        key = CacheKeySet.ResourceOf(request);
        if (request.Scheme.Length + request.Authority.Length + request.Target.Length > MaximumLength) return key;
        if (Interlocked.Increment(ref _count) > MaximumCount)
        {
            // Rare, and all are soon there again.
            _keys.Clear();
            _count = 0;
        }
        _keys[uri] = key;
        return key;
    }
}
