using System.Buffers;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Stores;

namespace HttpQuery.Caching.Tests.Stores;

/// <summary>A remote store whose calls complete in rounds: all that was asked for before a round completes in it. It knows how long each item is kept.</summary>
internal sealed class StepStore : IQueryCacheStore, IItemStore
{
    private readonly List<Action> _asked = [];

    /// <summary>What lies there, and how long.</summary>
    public Dictionary<QueryCacheKey, (CacheItem Item, TimeSpan Lifetime)> Items { get; } = [];

    public long MaximumItemSize => long.MaxValue;

    public ValueTask<CacheItem?> GetAsync(QueryCacheKey key, CancellationToken cancellationToken)
    {
        var reading = new TaskCompletionSource<CacheItem?>();
        _asked.Add(() => reading.SetResult(Items.TryGetValue(key, out var one) ? one.Item : null));
        return new(reading.Task);
    }

    public ValueTask SetAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var writing = new TaskCompletionSource();
        _asked.Add(() =>
        {
            if (lifetime > TimeSpan.Zero) Items[key] = (item, lifetime);
            else Items.Remove(key);
            writing.SetResult();
        });
        return new(writing.Task);
    }

    /// <summary>Runs something to its end, and counts the rounds that it waits for.</summary>
    public (T Result, int Steps) Run<T>(Func<ValueTask<T>> ask)
    {
        // Continuations run where a call completes, and not on the context of the test.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var (task, steps) = (ask().AsTask(), 0);
            for (; !task.IsCompleted; steps++)
            {
                Assert.NotEmpty(_asked);
                var round = _asked.ToArray();
                _asked.Clear();
                foreach (var complete in round) complete();
            }
            return (task.GetAwaiter().GetResult(), steps);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    ValueTask<ReadOnlyMemory<byte>?> IQueryCacheStore.GetAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    ValueTask IQueryCacheStore.SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken) => throw new NotSupportedException();

    ValueTask IQueryCacheStore.RemoveAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();
}
