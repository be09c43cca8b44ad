namespace HttpQuery.Caching;

/// <summary>Keeps items in a store of bytes, in the format of <see cref="CacheItemFormat"/>.</summary>
/// <param name="store">The store of bytes.</param>
/// <param name="rules">The rules under which responses are used.</param>
internal sealed class ByteItemStore(IQueryCacheStore store, CacheRuleOptions rules) : IItemStore
{
    public long MaximumItemSize => store.MaximumItemSize;

    /// <summary>The store as the engine uses it: objects where it keeps objects, else bytes.</summary>
    public static IItemStore For(IQueryCacheStore store, CacheRuleOptions rules) => store as IItemStore ?? new ByteItemStore(store, rules);

    // What cannot be read is not the same as nothing: it may have been a marker.
    public async ValueTask<CacheItem?> GetAsync(QueryCacheKey key, CancellationToken cancellationToken) =>
        await store.GetAsync(CacheItemFormat.NameOf(key), cancellationToken).ConfigureAwait(false) is { IsEmpty: false } octets
            ? CacheItemFormat.Read(key, octets, rules) ?? CacheEpoch.Unreadable
            : null;

    public ValueTask SetAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var name = CacheItemFormat.NameOf(key);
        if (lifetime <= TimeSpan.Zero) return store.RemoveAsync(name, cancellationToken);
        var octets = CacheItemFormat.Write(key, item);

        // The earlier item is no longer the last one that was written.
        return octets.Length > store.MaximumItemSize ? store.RemoveAsync(name, cancellationToken)
            : store.SetAsync(name, octets, CacheItemFormat.LifetimeOf(lifetime), cancellationToken);
    }
}
