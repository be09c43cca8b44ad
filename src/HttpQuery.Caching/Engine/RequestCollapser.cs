using System.Collections.Concurrent;

namespace HttpQuery.Caching.Engine;

/// <summary>Sends one request for several identical ones that arrive at the same time. The first one leads; the others follow: they wait
/// for its response.</summary>
internal sealed class RequestCollapser(TimeSpan pause, TimeSpan followerTimeout, TimeProvider time)
{
    private const int MaximumPaused = 10_000;

    private readonly ConcurrentDictionary<CollapseKey, Leader> _leaders = new();
    private readonly ConcurrentDictionary<QueryCacheKey, long> _paused = new();

    /// <summary>How a leader ended, for its followers.</summary>
    public enum End
    {
        /// <summary>The response was stored: each follower looks it up.</summary>
        Stored,

        /// <summary>The response cannot be shared. Each follower is forwarded separately, and so are requests that arrive in the next
        /// seconds.</summary>
        NotShared,

        /// <summary>No response came, or it broke off: one of the followers becomes the leader of the others.</summary>
        Failed,

        /// <summary>This follower becomes the leader.</summary>
        Leads,

        /// <summary>The follower has waited for the maximum time.</summary>
        TimedOut,
    }

    /// <summary>Makes a request the leader of identical requests, or a follower of their leader.</summary>
    /// <param name="key">The request, and the last invalidation of its URI.</param>
    /// <param name="leader">Set if the request leads.</param>
    /// <param name="follower">Set if the request follows. Neither is set while requests for this key are forwarded separately.</param>
    public void Join(CollapseKey key, out Leader? leader, out Follower? follower)
    {
        (leader, follower) = (null, null);
        if (_paused.TryGetValue(key.Key, out var until))
        {
            if (until > time.GetTimestamp()) return;
            _paused.TryRemove(key.Key, out _);
        }

        while (true)
        {
            var own = new Leader(this, key, []);
            var current = _leaders.GetOrAdd(own.Key, own);
            if (ReferenceEquals(current, own))
            {
                leader = own;
                return;
            }
            follower = current.TryAdd();
            if (follower is not null) return;

            // The leader has ended meanwhile, so it is removed.
            _leaders.TryRemove(new(own.Key, current));
        }
    }

    private void Pause(QueryCacheKey key)
    {
        if (_paused.Count >= MaximumPaused) _paused.Clear();
        _paused[key] = time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>A request that waits for the response to another.</summary>
    internal sealed class Follower(Leader leader)
        : TaskCompletionSource<(End End, Leader? Leader)>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        /// <summary>The request that it waits for.</summary>
        public Leader Leader => leader;

        /// <summary>Waits until the leader has ended, or this request becomes the leader.</summary>
        public async ValueTask<(End End, Leader? Leader)> WaitAsync(
            TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
        {
            try
            {
                return await Task.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return TrySetCanceled(default) ? (End.TimedOut, null) : await Task.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // This request was chosen to lead at the last moment: the next follower leads instead.
                if (!TrySetCanceled(default)) (await Task.ConfigureAwait(false)).Leader?.Release(End.Failed);
                throw;
            }
        }
    }

    /// <summary>A request in progress that others wait for. Any thread may call it.</summary>
    internal sealed class Leader(RequestCollapser collapsing, CollapseKey key, Queue<Follower> followers)
    {
        private readonly Lock _lock = new();
        private Queue<Follower>? _followers = followers;
        private ITimer? _timer;
        private long _waitStart;
        private TimeSpan _waited;
        private bool _isWaiting;

        public CollapseKey Key => key;

        /// <summary>Adds a follower; <see langword="null"/> if this leader has ended.</summary>
        public Follower? TryAdd()
        {
            lock (_lock)
            {
                if (_followers is not { } waiting) return null;
                var follower = new Follower(this);
                waiting.Enqueue(follower);
                Watch();
                return follower;
            }
        }

        /// <summary>Reports that the leader's client does not read. From now on the followers wait for the client, not for the
        /// response.</summary>
        public void BeginClientWait()
        {
            lock (_lock)
            {
                if (_isWaiting || _followers is null) return;
                (_isWaiting, _waitStart) = (true, collapsing.Now);
                Watch();
            }
        }

        /// <summary>Reports that the leader's client reads again.</summary>
        public void EndClientWait()
        {
            lock (_lock)
            {
                if (!_isWaiting) return;
                _isWaiting = false;
                _waited += collapsing.Since(_waitStart);
                _timer?.Dispose();
                _timer = null;
            }
        }

        /// <summary>Ends the wait of all followers. Only the first call counts.</summary>
        public void Release(End end)
        {
            Queue<Follower>? waiting;
            lock (_lock)
            {
                (waiting, _followers) = (_followers, null);
                _timer?.Dispose();
                _timer = null;
            }
            if (waiting is null) return;
            if (end is End.NotShared) collapsing.Pause(key.Key);
            if (end is End.Failed && TryHandOver(waiting)) return;
            collapsing._leaders.TryRemove(new(key, this));
            while (waiting.TryDequeue(out var follower)) follower.TrySetResult((end, null));
        }

        // One timer, and only while followers wait for a client that does not read.
        private void Watch()
        {
            if (!_isWaiting || _timer is not null || _followers is not { Count: > 0 }) return;
            var left = collapsing.FollowerTimeout - _waited - collapsing.Since(_waitStart);
            _timer = collapsing.Time.CreateTimer(
                static state => ((Leader)state!).GiveWay(), this, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        // The leader continues for its own client, and may still store its response.
        private void GiveWay()
        {
            Queue<Follower>? waiting;
            lock (_lock)
            {
                if (!_isWaiting) return;
                (waiting, _followers) = (_followers, null);
                _timer?.Dispose();
                _timer = null;
            }
            if (waiting is not null && !TryHandOver(waiting)) collapsing._leaders.TryRemove(new(key, this));
        }

        // The follower that has waited longest leads, and the others wait for it. Followers that no longer wait are left out.
        private bool TryHandOver(Queue<Follower> waiting)
        {
            while (waiting.TryDequeue(out var next))
            {
                if (next.Task.IsCompleted) continue;
                var leader = new Leader(collapsing, key, waiting);
                collapsing._leaders.TryUpdate(key, leader, this);
                if (next.TrySetResult((End.Leads, leader))) return true;

                // It has just left: take its followers back, with those that have joined since.
                if (leader.TakeBack() is not { } back) return true;
                waiting = back;
                collapsing._leaders.TryUpdate(key, this, leader);
            }
            return false;
        }

        private Queue<Follower>? TakeBack()
        {
            lock (_lock)
            {
                var waiting = _followers;
                _followers = null;
                return waiting;
            }
        }
    }

    private TimeSpan FollowerTimeout => followerTimeout;

    private TimeProvider Time => time;

    private long Now => time.GetTimestamp();

    private TimeSpan Since(long start) => time.GetElapsedTime(start);
}
