using Microsoft.Extensions.Caching.Hybrid;

namespace HttpQuery.Caching;

/// <summary>Keeps items in a <see cref="HybridCache"/>: Microsoft's, or another such as FusionCache.</summary>
/// <remarks>
/// Items are read and written past the local tier, so that machines with one distributed tier see each other's writes at once; where there is no distributed tier, say <c>localOnly</c>, or nothing is
/// found again.
/// What is removed by a tag on one machine can go on being found on others, as long as their cache remembers when the tag was removed last (Microsoft's: as long as it lives; FusionCache without a
/// backplane: as long as its tag entries last). What unsafe requests make unusable is not found anywhere.
/// An item larger than the cache's <c>MaximumPayloadBytes</c> (Microsoft's default: 1 MiB) is not kept, which costs a miss: set it to a little more than
/// <see cref="QueryCacheOptions.MaximumResponseLength"/>, or state <see cref="MaximumItemSize"/>.
/// </remarks>
public sealed class HybridCacheQueryStore : IQueryCacheStore
{
    private readonly HybridCache _cache;
    private readonly CacheRuleOptions _rules;
    private readonly HybridCacheEntryFlags _tiers;
    private readonly HybridCacheEntryOptions _reading;
    private readonly ReadsInTurn _reads;

    /// <summary>Makes a store on a cache.</summary>
    /// <param name="cache">Where items are kept.</param>
    /// <param name="rules">The rules under which responses are used.</param>
    /// <param name="localOnly">Whether items are kept in the local tier alone. Default <see langword="false"/>: in the distributed tier alone.</param>
    public HybridCacheQueryStore(HybridCache cache, CacheRuleOptions rules, bool localOnly = false)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(rules);
        (_cache, _rules) = (cache, rules);
        _tiers = localOnly ? HybridCacheEntryFlags.DisableDistributedCache : HybridCacheEntryFlags.DisableLocalCache;
        _reading = new() { Flags = _tiers | HybridCacheEntryFlags.DisableUnderlyingData | HybridCacheEntryFlags.DisableLocalCacheWrite | HybridCacheEntryFlags.DisableDistributedCacheWrite };
        _reads = new(ReadAsync);
    }

    /// <inheritdoc/>
    /// <remarks>Default no limit. Set it to the cache's <c>MaximumPayloadBytes</c>: what is larger is not captured then, and not said to be stored.</remarks>
    public long MaximumItemSize { get; init; } = long.MaxValue;

    /// <inheritdoc/>
    public async ValueTask<CacheItem?> GetAsync(QueryCacheKey key, CancellationToken cancellationToken) =>
        await _reads.ReadAsync(key, cancellationToken).ConfigureAwait(false) is { } octets ? CacheItemFormat.Read(key, octets, _rules) : null;

    /// <inheritdoc/>
    public ValueTask SetAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(tags);
        var name = CacheItemFormat.NameOf(key);
        if (lifetime <= TimeSpan.Zero) return _cache.RemoveAsync(name, cancellationToken);
        var options = new HybridCacheEntryOptions { Expiration = CacheItemFormat.LifetimeOf(lifetime), Flags = _tiers };
        return _cache.SetAsync(name, CacheItemFormat.Write(key, item), options, tags.Count > 0 ? CacheItemFormat.NamesOf(tags) : null, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken) => _cache.RemoveByTagAsync(CacheItemFormat.NameOf(tag), cancellationToken);

    private ValueTask<byte[]?> ReadAsync(QueryCacheKey key, CancellationToken cancellationToken) =>
        _cache.GetOrCreateAsync<byte[]?>(CacheItemFormat.NameOf(key), static _ => default, _reading, cancellationToken: cancellationToken);
}
