using System.Buffers;
using HttpQuery.Caching.Stores;
using Microsoft.Extensions.Caching.Hybrid;

namespace HttpQuery.Caching;

/// <summary>Keeps responses in a <see cref="HybridCache"/>: Microsoft's, or another such as FusionCache.</summary>
/// <remarks>
/// <para>Values are read and written past the local tier, so machines that use one distributed tier share all responses and see
/// invalidations at once. Without a distributed tier, set <c>localOnly</c>, or every lookup is a miss.</para>
/// <para>A value larger than the cache's <c>MaximumPayloadBytes</c> (Microsoft's default: 1 MiB) is not kept, which costs a miss. Set it
/// slightly above <see cref="QueryCacheOptionsBase.MaximumResponseLength"/>, or set <see cref="MaximumItemSize"/>.</para>
/// </remarks>
public sealed class HybridCacheQueryStore : IQueryCacheStore
{
    private readonly HybridCache _cache;
    private readonly HybridCacheEntryFlags _tiers;
    private readonly HybridCacheEntryOptions _reading;
    private readonly SerializedReads _reads;

    /// <summary>Creates a store that uses a hybrid cache.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="localOnly">Whether values are kept only in the local tier. Default <see langword="false"/>: only in the distributed
    /// tier.</param>
    /// <exception cref="ArgumentNullException"><paramref name="cache"/> is <see langword="null"/>.</exception>
    public HybridCacheQueryStore(HybridCache cache, bool localOnly = false)
    {
        ArgumentNullException.ThrowIfNull(cache);
        _cache = cache;
        _tiers = localOnly ? HybridCacheEntryFlags.DisableDistributedCache : HybridCacheEntryFlags.DisableLocalCache;
        _reading = new()
        {
            Flags = _tiers | HybridCacheEntryFlags.DisableUnderlyingData
                | HybridCacheEntryFlags.DisableLocalCacheWrite | HybridCacheEntryFlags.DisableDistributedCacheWrite
        };
        _reads = new(ReadAsync);
    }

    /// <inheritdoc/>
    /// <remarks>Default no limit. Set it to the cache's <c>MaximumPayloadBytes</c>: larger responses are then not captured, and
    /// <c>Cache-Status</c> does not report them as stored.</remarks>
    public long MaximumItemSize { get; init; } = long.MaxValue;

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken) =>
        await _reads.ReadAsync(key, cancellationToken).ConfigureAwait(false) is { } value ? value : default(ReadOnlyMemory<byte>?);

    /// <inheritdoc/>
    public ValueTask SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken) =>
        _cache.SetAsync(key, value.ToArray(), new() { Expiration = lifetime, Flags = _tiers }, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public ValueTask RemoveAsync(string key, CancellationToken cancellationToken) => _cache.RemoveAsync(key, cancellationToken);

    private ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) =>
        _cache.GetOrCreateAsync<byte[]?>(key, static _ => default, _reading, cancellationToken: cancellationToken);
}
