using System.Collections.Concurrent;
using HttpQuery.Caching.Diagnostics;

namespace HttpQuery.Caching;

/// <summary>The store as the cache uses it: what fails or takes too long is a miss, and never an error.</summary>
internal sealed class StoreAccess(IItemStore store, TimeSpan timeout, TimeSpan epochLifetime, TimeProvider time, CacheTelemetry telemetry)
{
    // How many times as long as a wait in vain the store is left alone.
    private const int Pauses = 4;

    private static readonly IReadOnlyList<string> NoTags = [];

    // Memory neither fails nor lets anybody wait.
    private readonly bool _isImmediate = store is MemoryCacheStore;

    private readonly ConcurrentDictionary<QueryCacheKey, Task<CacheEpoch?>> _beginning = new();

    // Until when nobody waits for the store any more, because one has waited in vain.
    private long _pausedUntil;

    // How often an epoch could not be written, and how many of these a new epoch of the store has followed: where that is not all, what lies there may be older than it seems.
    private long _failures;
    private long _healed;

    /// <summary>The epoch under a key; <see langword="null"/> where there is none, or none that can be trusted.</summary>
    public ValueTask<CacheEpoch?> GetEpochAsync(QueryCacheKey key)
    {
        var reading = GetAsync(key);
        return reading.IsCompletedSuccessfully ? new(reading.Result as CacheEpoch) : AwaitAsync(reading);

        static async ValueTask<CacheEpoch?> AwaitAsync(ValueTask<CacheItem?> reading) => await reading.ConfigureAwait(false) as CacheEpoch;
    }

    public ValueTask<CacheItem?> GetAsync(QueryCacheKey key) => _isImmediate ? store.GetAsync(key, default) : GetPatientlyAsync(key);

    private async ValueTask<CacheItem?> GetPatientlyAsync(QueryCacheKey key)
    {
        CacheItem? item = null;
        return await TryAsync(StoreOperation.Read, async patience => item = await store.GetAsync(key, patience).ConfigureAwait(false)).ConfigureAwait(false) ? item : null;
    }

    public ValueTask<bool> SetAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime, IReadOnlyList<string> tags) =>
        SetAsync(StoreOperation.Write, key, item, lifetime, tags);

    private ValueTask<bool> SetAsync(StoreOperation operation, QueryCacheKey key, CacheItem item, TimeSpan lifetime, IReadOnlyList<string> tags) =>
        TryAsync(operation, patience => store.SetAsync(key, item, lifetime, tags, patience));

    /// <summary>The epoch under a key, begun now where there is none; <see langword="null"/> where that failed.</summary>
    /// <remarks>Requests that come together begin one, not each its own: all but the last of those would be over at once.</remarks>
    public async ValueTask<CacheEpoch?> GetOrBeginEpochAsync(QueryCacheKey key)
    {
        var own = new TaskCompletionSource<CacheEpoch?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var beginning = _beginning.GetOrAdd(key, own.Task);
        if (beginning != own.Task) return await beginning.ConfigureAwait(false);

        CacheEpoch? epoch = null;
        try
        {
            epoch = await GetEpochAsync(key).ConfigureAwait(false) ?? await BeginEpochAsync(StoreOperation.Write, key).ConfigureAwait(false);
        }
        finally
        {
            _beginning.TryRemove(key, out _);
            own.SetResult(epoch);
        }
        return epoch;
    }

    /// <summary>Begins an epoch; <see langword="null"/> where that failed.</summary>
    private async ValueTask<CacheEpoch?> BeginEpochAsync(StoreOperation operation, QueryCacheKey key)
    {
        var epoch = CacheEpoch.New();
        return await SetAsync(operation, key, epoch, epochLifetime, NoTags).ConfigureAwait(false) ? epoch : null;
    }

    /// <summary>Begins an epoch because what was stored before is no longer true; where that fails, nothing is read until a new epoch of the whole store has begun.</summary>
    /// <returns>Whether it reached the store.</returns>
    public async ValueTask<bool> InvalidateAsync(QueryCacheKey key)
    {
        if (await ReplaceEpochAsync(key).ConfigureAwait(false)) return true;
        Distrust();
        if (IsPaused) _ = TellAsync(patience => store.SetAsync(key, CacheEpoch.New(), epochLifetime, NoTags, patience));
        return false;
    }

    /// <summary>Removes what has a tag; where that fails, nothing is read until a new epoch of the whole store has begun.</summary>
    /// <returns>Whether it reached the store.</returns>
    public async ValueTask<bool> InvalidateTagAsync(string tag)
    {
        if (await TryAsync(StoreOperation.Invalidate, patience => store.RemoveByTagAsync(tag, patience)).ConfigureAwait(false)) return true;
        Distrust();
        if (IsPaused) _ = TellAsync(patience => store.RemoveByTagAsync(tag, patience));
        return false;
    }

    private void Distrust()
    {
        Interlocked.Increment(ref _failures);
        telemetry.Distrusted();
    }

    private bool IsPaused => Interlocked.Read(ref _pausedUntil) is not 0 and var until && time.GetTimestamp() < until;

    // A request asks the store several times, and is not to wait each time.
    private async ValueTask<bool> TryAsync(StoreOperation operation, Func<CancellationToken, ValueTask> ask)
    {
        if (IsPaused) return false;
        var patience = new CancellationTokenSource(timeout, time);
        Task? asked = null;
        try
        {
            asked = ask(patience.Token).AsTask();
            await asked.WaitAsync(timeout, time, CancellationToken.None).ConfigureAwait(false);
            patience.Dispose();
            return true;
        }
        catch (Exception exception)
        {
            // Its own clock may be a moment behind; and what fails after that is nobody's any more.
            Observe(patience.CancelAsync());
            Observe(asked);
            if (exception is TimeoutException or OperationCanceledException)
            {
                Interlocked.Exchange(ref _pausedUntil, time.GetTimestamp() + (long)(timeout.TotalSeconds * Pauses * time.TimestampFrequency));
                telemetry.StoreTimedOut(operation, timeout, Pauses * timeout);
            }
            else
            {
                telemetry.StoreFailed(operation, exception);
            }
            return false;
        }
    }

    private static void Observe(Task? task) =>
        task?.ContinueWith(static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    // The store may be well but for one wait in vain, and others read it on: they are not to serve what is no longer true until this machine asks again. Nobody waits for it here.
    private async Task TellAsync(Func<CancellationToken, ValueTask> tell)
    {
        try
        {
            using var patience = new CancellationTokenSource(timeout, time);
            await tell(patience.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It has been counted.
        }
    }

    /// <summary>Whether the store can be used, now that a new epoch of all of it has been tried where that was due.</summary>
    public ValueTask<bool> IsTrustedAsync()
    {
        // One that fails meanwhile is not healed by this.
        var failures = Interlocked.Read(ref _failures);
        return Interlocked.Read(ref _healed) == failures ? new(true) : HealAsync(failures);
    }

    private async ValueTask<bool> HealAsync(long failures)
    {
        if (!await ReplaceEpochAsync(CacheKeySet.Store).ConfigureAwait(false)) return false;
        if (Interlocked.Exchange(ref _healed, failures) != failures) telemetry.Trusted();
        return true;
    }

    // A store may lose a write and say nothing, and what was there before would be of use again. What another request has begun meanwhile does as well.
    private async ValueTask<bool> ReplaceEpochAsync(QueryCacheKey key)
    {
        if (_isImmediate) return await BeginEpochAsync(StoreOperation.Invalidate, key).ConfigureAwait(false) is not null;
        var before = await GetEpochAsync(key).ConfigureAwait(false);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if (await BeginEpochAsync(StoreOperation.Invalidate, key).ConfigureAwait(false) is not { } epoch || await GetEpochAsync(key).ConfigureAwait(false) is not { } now) return false;
            if (now.Number == epoch.Number || (before is not null && now.Number != before.Number)) return true;

            // Where none was seen before, another's could be an old one: the next attempt tells.
            before = now;
        }
        return false;
    }
}
