using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;

namespace HttpQuery.Caching;

/// <summary>Keeps responses in an <see cref="IDistributedCache"/>, such as Redis, SQL Server or Cosmos DB.</summary>
/// <remarks>Machines that use one distributed cache share all responses and see invalidations at once. The store writes through
/// <see cref="IBufferDistributedCache"/> if the cache implements it.</remarks>
public sealed class DistributedCacheQueryStore : IQueryCacheStore
{
    private readonly IDistributedCache _cache;

    /// <summary>Creates a store that uses a distributed cache.</summary>
    /// <param name="cache">The cache. Machines must not share a cache that keeps a local copy.</param>
    /// <exception cref="ArgumentNullException"><paramref name="cache"/> is <see langword="null"/>.</exception>
    public DistributedCacheQueryStore(IDistributedCache cache)
    {
        ArgumentNullException.ThrowIfNull(cache);
        _cache = cache;
    }

    /// <inheritdoc/>
    /// <remarks>Default no limit. Set it to the limit of the cache, if there is one: larger responses are then not captured.</remarks>
    public long MaximumItemSize { get; init; } = long.MaxValue;

    // The array is kept, so a read through a buffer writer would only add a copy.
    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken) =>
        await _cache.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } value ? value : default(ReadOnlyMemory<byte>?);

    /// <inheritdoc/>
    public ValueTask SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var options = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = lifetime };
        return _cache is IBufferDistributedCache buffers
            ? buffers.SetAsync(key, value, options, cancellationToken)
            : new(_cache.SetAsync(key, value.ToArray(), options, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(string key, CancellationToken cancellationToken) => new(_cache.RemoveAsync(key, cancellationToken));
}
