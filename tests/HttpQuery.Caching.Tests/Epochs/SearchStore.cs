using System.Buffers;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Stores;

namespace HttpQuery.Caching.Tests.Epochs;

/// <summary>A store as one machine reaches it: each call of interest completes when the search lets it.</summary>
internal sealed class SearchStore(SearchRun run) : IQueryCacheStore, IItemStore
{
    public long MaximumItemSize => long.MaxValue;

    public ValueTask<CacheItem?> GetAsync(QueryCacheKey key, CancellationToken cancellationToken) => run.ReadAsync(key);

    public ValueTask SetAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime, CancellationToken cancellationToken) => run.WriteAsync(key, item, lifetime);

    ValueTask<ReadOnlyMemory<byte>?> IQueryCacheStore.GetAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    ValueTask IQueryCacheStore.SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken) => throw new NotSupportedException();

    ValueTask IQueryCacheStore.RemoveAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();
}

/// <summary>A clock that moves when the search says so. Its timers never fire: no store call takes too long.</summary>
internal sealed class SearchClock : TimeProvider
{
    private DateTimeOffset _now = Message.Received;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public void Advance(TimeSpan time) => _now += time;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => NoTimer.Instance;

    private sealed class NoTimer : ITimer
    {
        public static readonly NoTimer Instance = new();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
