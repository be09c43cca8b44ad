namespace HttpQuery.Caching.Engine;

/// <summary>A whole response that all plain requests within one second receive. It never changes.</summary>
/// <param name="Options">Options of the cache that made it: one store may serve several caches.</param>
/// <param name="Age">The age, in whole seconds.</param>
/// <param name="Left">The remaining freshness, in whole seconds.</param>
/// <param name="Decision">The decision that serves the response.</param>
internal sealed record CachedHit(QueryCacheOptions Options, long Age, long Left, CacheDecision.Serve Decision)
{
    /// <summary>Tells whether a cache can serve it now.</summary>
    public bool IsFor(QueryCacheOptions options, long age, long left) => ReferenceEquals(Options, options) && Age == age && Left == left;
}
