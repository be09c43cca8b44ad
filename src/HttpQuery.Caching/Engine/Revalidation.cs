namespace HttpQuery.Caching;

/// <summary>A stale response that was served, and is to be asked for anew in the background (RFC 5861 §3).</summary>
internal sealed class Revalidation(QueryCache cache, QueryCacheKey key)
{
    /// <summary>Tells whether this request is the one to ask: one at a time for what is stored. Then <see cref="End"/> is due.</summary>
    public bool TryBegin() => cache.Revalidating.TryAdd(key, true);

    /// <summary>Lets others ask.</summary>
    public void End() => cache.Revalidating.TryRemove(key, out _);
}
