using Microsoft.AspNetCore.OutputCaching;

namespace HttpQuery.Caching;

/// <summary>Keeps items in ASP.NET Core's <see cref="IOutputCacheStore"/>: in memory, in Redis, or wherever else there is one.</summary>
/// <remarks>Machines with one store see each other's writes as soon as the store has them. Tags are the store's own: that in Redis writes them after the item and does not tell where that fails.</remarks>
public sealed class OutputCacheQueryStore : IQueryCacheStore
{
    private readonly IOutputCacheStore _store;
    private readonly CacheRuleOptions _rules;

    /// <summary>Makes a store on another.</summary>
    /// <param name="store">Where items are kept.</param>
    /// <param name="rules">The rules under which responses are used.</param>
    public OutputCacheQueryStore(IOutputCacheStore store, CacheRuleOptions rules)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(rules);
        (_store, _rules) = (store, rules);
    }

    /// <inheritdoc/>
    public async ValueTask<CacheItem?> GetAsync(QueryCacheKey key, CancellationToken cancellationToken) =>
        await _store.GetAsync(CacheItemFormat.NameOf(key), cancellationToken) is { } octets ? CacheItemFormat.Read(key, octets, _rules) : null;

    /// <inheritdoc/>
    public ValueTask SetAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(tags);

        // Such a store removes no single key: octets that are no item take its place, and are forgotten soon.
        var octets = lifetime > TimeSpan.Zero ? CacheItemFormat.Write(key, item) : [];
        return _store.SetAsync(CacheItemFormat.NameOf(key), octets, tags.Count > 0 ? CacheItemFormat.NamesOf(tags) : null, CacheItemFormat.LifetimeOf(lifetime), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken) => _store.EvictByTagAsync(CacheItemFormat.NameOf(tag), cancellationToken);
}
