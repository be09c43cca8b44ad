using HttpQuery.Caching.Items;

namespace HttpQuery.Caching.Stores;

/// <summary>A store of items instead of bytes, as the engine uses it. The contract is that of <see cref="IQueryCacheStore"/>.</summary>
internal interface IItemStore
{
    /// <summary>Largest item that the store accepts, by <see cref="CacheItem.Size"/>, in bytes.</summary>
    long MaximumItemSize { get; }

    /// <summary>Returns the item of a key, or <see langword="null"/>.</summary>
    ValueTask<CacheItem?> GetAsync(QueryCacheKey key, CancellationToken cancellationToken);

    /// <summary>Writes the item of a key and replaces an earlier one. Removes the item if the lifetime is not positive.</summary>
    ValueTask SetAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime, CancellationToken cancellationToken);
}
