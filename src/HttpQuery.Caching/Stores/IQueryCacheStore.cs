namespace HttpQuery.Caching;

/// <summary>Where a cache keeps its items. All may fail: the cache goes on without.</summary>
/// <remarks>Reads of one key see writes of it that were completed before, from wherever they came; what a store holds back in a local tier must be another key's. An item may be lost
/// at any time, which costs a miss.</remarks>
public interface IQueryCacheStore
{
    /// <summary>Largest item that the store takes, by <see cref="CacheItem.Size"/>, in bytes. Default no limit. The cache captures no response that is larger.</summary>
    long MaximumItemSize => long.MaxValue;

    /// <summary>The item under a key, or <see langword="null"/>.</summary>
    ValueTask<CacheItem?> GetAsync(QueryCacheKey key, CancellationToken cancellationToken);

    /// <summary>Puts an item under a key, in the place of another.</summary>
    /// <param name="key">The key.</param>
    /// <param name="item">The item.</param>
    /// <param name="lifetime">How long it is of use; it may be forgotten then.</param>
    /// <param name="tags">By which it can be removed.</param>
    /// <param name="cancellationToken">Cancelled where the cache waits no longer.</param>
    ValueTask SetAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime, IReadOnlyList<string> tags, CancellationToken cancellationToken);

    /// <summary>Removes what has a tag.</summary>
    ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken);
}
