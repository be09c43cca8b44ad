namespace HttpQuery.Caching.Engine;

/// <summary>A stale response that was served and should be revalidated in the background (RFC 5861 §3).</summary>
internal sealed class BackgroundRevalidation(QueryCache cache, QueryCacheKey key)
{
    /// <summary>Tries to claim the background revalidation (one per entry). If true, call <see cref="End"/> when done.</summary>
    public bool TryBegin() => cache.Revalidating.TryAdd(key, true);

    /// <summary>Releases the claim, so that another request can revalidate.</summary>
    public void End() => cache.Revalidating.TryRemove(key, out _);
}
