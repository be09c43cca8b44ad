using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace HttpQuery.Caching;

/// <summary>Requests on their way that others wait for, because they ask the same.</summary>
internal sealed class Collapsing(TimeSpan pause, TimeProvider time)
{
    private const int MaximumPaused = 10_000;

    private readonly ConcurrentDictionary<(QueryCacheKey Key, UInt128 Epoch), Leader> _leaders = new();
    private readonly ConcurrentDictionary<QueryCacheKey, long> _paused = new();

    /// <summary>Makes the request the leader of those that ask the same in the same epoch, or gives the one that is.</summary>
    /// <returns><see langword="true"/> where it leads, or where nobody is to wait: then <paramref name="leader"/> is <see langword="null"/>.</returns>
    public bool TryLead(QueryCacheKey key, CacheEpoch epoch, out Leader? leader)
    {
        leader = null;
        if (_paused.TryGetValue(key, out var until))
        {
            if (until > time.GetTimestamp()) return true;
            _paused.TryRemove(key, out _);
        }

        var own = new Leader(this, (key, epoch.Number));
        leader = _leaders.GetOrAdd(own.Key, own);
        return ReferenceEquals(leader, own);
    }

    internal sealed class Leader(Collapsing collapsing, (QueryCacheKey Key, UInt128 Epoch) key)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public (QueryCacheKey Key, UInt128 Epoch) Key => key;

        public Task Done => _done.Task;

        /// <summary>Lets those go on that wait. Where the answer was not stored, nobody waits for the next ones either, for a while.</summary>
        public void Release(bool stored)
        {
            if (!stored)
            {
                if (collapsing._paused.Count >= MaximumPaused) collapsing._paused.Clear();
                collapsing._paused[key.Key] = collapsing.Until();
            }
            collapsing._leaders.TryRemove(new(key, this));
            _done.TrySetResult();
        }
    }

    private long Until() => time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency);
}
