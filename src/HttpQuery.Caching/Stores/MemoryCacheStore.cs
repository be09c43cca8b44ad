using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Stores;

namespace HttpQuery.Caching;

/// <summary>Keeps responses in memory, up to a number of bytes and of items. Default store of a cache.</summary>
/// <remarks>A cache keeps objects here; a store that wraps this one keeps bytes. Both count toward the limits, and SIEVE evicts both. A
/// hand goes from the oldest item to the newest and skips each item that was read since its last visit. It evicts the first item that was
/// not. Reads take no lock; writes take one.</remarks>
public sealed class MemoryCacheStore : IQueryCacheStore, IItemStore
{
    private readonly ConcurrentDictionary<QueryCacheKey, Node> _nodes = new();
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _maximumSize;
    private readonly int _maximumCount;
    private Node? _newest;
    private Node? _oldest;
    private Node? _hand;
    private int _count;

    /// <summary>Creates an empty store.</summary>
    /// <param name="maximumSize">Maximum memory for stored items, in bytes. Default 64 MiB. One item takes at most a quarter of it.</param>
    /// <param name="maximumCount">Maximum number of items. Default 100,000.</param>
    /// <param name="timeProvider">The clock for the expiry of items. Default: the system clock.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is not positive.</exception>
    public MemoryCacheStore(long maximumSize = 64 * 1024 * 1024, int maximumCount = 100_000, TimeProvider? timeProvider = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumCount);
        (_maximumSize, _maximumCount, _time) = (maximumSize, maximumCount, timeProvider ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    /// <remarks>A quarter of the store, so that one item cannot evict all others.</remarks>
    public long MaximumItemSize => _maximumSize / 4;

    /// <summary>The invalidations in this store, by any cache.</summary>
    internal LocalInvalidations Invalidations { get; } = new();

    /// <summary>Current memory of the items, in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>The number of items.</summary>
    public int Count => _count;

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken) =>
        new((Get(KeyOf(key)) as StoredBytes)?.Value);

    /// <inheritdoc/>
    public ValueTask SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        Set(KeyOf(key), new StoredBytes(value.ToArray()), lifetime);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(string key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(KeyOf(key), out var node)) Remove(node);
        }
        return default;
    }

    ValueTask<CacheItem?> IItemStore.GetAsync(QueryCacheKey key, CancellationToken cancellationToken) => new(Get(key));

    ValueTask IItemStore.SetAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        Set(key, item, lifetime);
        return default;
    }

    // Objects and bytes share one dictionary, and different strings have different digests, like the keys of requests.
    // The digest is of the raw UTF-16, so lone surrogates stay distinct.
    private static QueryCacheKey KeyOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> digest = stackalloc byte[QueryCacheKey.Length];
        SHA256.HashData(MemoryMarshal.AsBytes(key.AsSpan()), digest);
        return new(digest);
    }

    /// <summary>Returns the item of a key, or <see langword="null"/>.</summary>
    internal CacheItem? Get(QueryCacheKey key)
    {
        if (!_nodes.TryGetValue(key, out var node)) return null;
        if (node.Expires <= _time.GetTimestamp())
        {
            lock (_lock)
            {
                // Another thread may have replaced the item.
                if (ReferenceEquals(_nodes.GetValueOrDefault(key), node)) Remove(node);
            }
            return null;
        }

        // Written only on a change: otherwise concurrent readers of one item contend for its cache line.
        if (!node.WasRead) node.WasRead = true;
        return node.Item;
    }

    private void Set(QueryCacheKey key, CacheItem item, TimeSpan lifetime)
    {
        var ticks = Math.Min(lifetime.TotalSeconds * _time.TimestampFrequency, long.MaxValue / 4.0);
        var node = new Node(key, item, item.Size, _time.GetTimestamp() + (long)ticks);
        lock (_lock)
        {
            var earlier = _nodes.GetValueOrDefault(key);
            if (item.Size > MaximumItemSize || lifetime <= TimeSpan.Zero)
            {
                if (earlier is not null) Remove(earlier);
                return;
            }

            // Concurrent reads must find the earlier item or the new one, so the earlier one stays in the dictionary until it is
            // replaced.
            if (earlier is not null) Unlink(earlier);
            while (_count > 0 && (_count >= _maximumCount || Size + node.Size > _maximumSize)) Remove(Next());
            Link(node);
        }
    }

    private void Remove(Node node)
    {
        _nodes.TryRemove(node.Key, out _);
        Unlink(node);
    }

    // An expired item is evicted even if it was read.
    private Node Next()
    {
        var now = _time.GetTimestamp();
        for (var node = _hand ?? _oldest!; ; node = node.Newer ?? _oldest!)
        {
            if (!node.WasRead || node.Expires <= now)
            {
                _hand = node.Newer;
                return node;
            }
            node.WasRead = false;
        }
    }

    private void Link(Node node)
    {
        _nodes[node.Key] = node;
        node.Older = _newest;
        if (_newest is not null) _newest.Newer = node;
        _newest = node;
        _oldest ??= node;
        Size += node.Size;
        _count++;
    }

    private void Unlink(Node node)
    {
        if (ReferenceEquals(_hand, node)) _hand = node.Newer;
        if (node.Older is null) _oldest = node.Newer;
        else node.Older.Newer = node.Newer;
        if (node.Newer is null) _newest = node.Older;
        else node.Newer.Older = node.Older;
        Size -= node.Size;
        _count--;
    }

    private sealed class Node(QueryCacheKey key, CacheItem item, long size, long expires)
    {
        public readonly QueryCacheKey Key = key;
        public readonly CacheItem Item = item;
        public readonly long Size = size;
        public readonly long Expires = expires;
        public Node? Older;
        public Node? Newer;
        public volatile bool WasRead;
    }
}
