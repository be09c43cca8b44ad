namespace HttpQuery.Caching;

/// <summary>A whole response as all plain requests of one second get it. Nothing of it changes.</summary>
/// <param name="Options">Those of the cache that has made it: a store may serve several.</param>
/// <param name="Age">The age, in whole seconds.</param>
/// <param name="Left">How much longer it is fresh, in whole seconds.</param>
/// <param name="Decision">What is served.</param>
internal sealed record CachedHit(QueryCacheOptions Options, long Age, long Left, CacheDecision.Serve Decision)
{
    /// <summary>Tells whether it is what a cache answers now.</summary>
    public bool IsFor(QueryCacheOptions options, long age, long left) => ReferenceEquals(Options, options) && Age == age && Left == left;
}
