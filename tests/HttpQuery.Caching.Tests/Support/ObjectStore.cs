using System.Buffers;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Stores;

namespace HttpQuery.Caching.Tests.Support;

/// <summary>Base of stores that fail for the engine's items: nothing writes bytes into them.</summary>
internal abstract class ObjectStore : IQueryCacheStore, IItemStore
{
    public virtual long MaximumItemSize => long.MaxValue;

    public abstract ValueTask<CacheItem?> GetAsync(QueryCacheKey key, CancellationToken cancellationToken);

    public abstract ValueTask SetAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime, CancellationToken cancellationToken);

    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask RemoveAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();
}
