using HttpQuery.Caching.Items;

namespace HttpQuery.Caching.Stores;

/// <summary>Keeps items in a store of bytes, in the format of <see cref="CacheItemFormat"/>.</summary>
/// <param name="store">The store of bytes.</param>
/// <param name="rules">The rules that apply to responses.</param>
internal sealed class ByteItemStore(IQueryCacheStore store, CacheRuleOptions rules) : IItemStore
{
    public long MaximumItemSize => store.MaximumItemSize;

    /// <summary>Returns the store for the engine: the store itself if it keeps objects, else a wrapper that writes bytes.</summary>
    public static IItemStore For(IQueryCacheStore store, CacheRuleOptions rules) => store as IItemStore ?? new ByteItemStore(store, rules);

    // An unreadable item is not the same as no item: it may have been a marker.
    public async ValueTask<CacheItem?> GetAsync(QueryCacheKey key, CancellationToken cancellationToken) =>
        await store.GetAsync(CacheItemFormat.GetName(key), cancellationToken).ConfigureAwait(false) is { IsEmpty: false } octets
            ? CacheItemFormat.Read(key, octets, rules) ?? CacheEpoch.Unreadable
            : null;

    public ValueTask SetAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var name = CacheItemFormat.GetName(key);
        if (lifetime <= TimeSpan.Zero) return store.RemoveAsync(name, cancellationToken);
        var octets = CacheItemFormat.Write(key, item);

        // The earlier item is no longer the last written one.
        return octets.Length > store.MaximumItemSize ? store.RemoveAsync(name, cancellationToken)
            : store.SetAsync(name, octets, CacheItemFormat.GetLifetime(lifetime), cancellationToken);
    }
}
