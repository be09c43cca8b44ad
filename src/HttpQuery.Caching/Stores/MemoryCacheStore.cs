using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HttpQuery.Caching.Epochs;

namespace HttpQuery.Caching;

/// <summary>Keeps responses in memory, up to a number of bytes and of items. Default store of a cache.</summary>
/// <remarks>A cache keeps objects here; a store that wraps this one keeps bytes. Both count, and both are evicted by SIEVE: a hand goes from the oldest item to the newest, skips each that was read
/// since its last visit, and evicts the first that was not. Reads take no lock; writes take one.</remarks>
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

    /// <summary>Makes an empty store.</summary>
    /// <param name="maximumSize">Maximum memory for stored items, in bytes. Default 64 MiB. One item takes at most a quarter of it.</param>
    /// <param name="maximumCount">Most items. Default 100,000.</param>
    /// <param name="timeProvider">The clock by which items expire. Default that of the system.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is not positive.</exception>
    public MemoryCacheStore(long maximumSize = 64 * 1024 * 1024, int maximumCount = 100_000, TimeProvider? timeProvider = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumCount);
        (_maximumSize, _maximumCount, _time) = (maximumSize, maximumCount, timeProvider ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    /// <remarks>A quarter of the store: one item must not push everything else out.</remarks>
    public long MaximumItemSize => _maximumSize / 4;

    /// <summary>What is invalidated in this store, by any cache.</summary>
    internal OwnInvalidations Invalidations { get; } = new();

    /// <summary>What the items take now, in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>The number of items.</summary>
    public int Count => _count;

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken) => new((Get(KeyOf(key)) as StoredBytes)?.Value);

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

    // One dictionary for objects and bytes. Two strings have two digests, as two requests have two keys; strings are digested as they are, lone surrogates too.
    private static QueryCacheKey KeyOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> digest = stackalloc byte[QueryCacheKey.Length];
        SHA256.HashData(MemoryMarshal.AsBytes(key.AsSpan()), digest);
        return new(digest);
    }

    /// <summary>The item under a key, or <see langword="null"/>.</summary>
    internal CacheItem? Get(QueryCacheKey key)
    {
        if (!_nodes.TryGetValue(key, out var node)) return null;
        if (node.Expires <= _time.GetTimestamp())
        {
            lock (_lock)
            {
                // Another thread may have replaced it meanwhile.
                if (ReferenceEquals(_nodes.GetValueOrDefault(key), node)) Remove(node);
            }
            return null;
        }

        // Written only where it changes: readers of one item would take its memory from each other.
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

            // Concurrent reads must find the earlier item or the new one: the earlier one stays in the dictionary until the new one replaces it.
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

    // What is expired goes whether it was read or not.
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
