using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Epochs;

namespace HttpQuery.Caching;

/// <summary>The store as the cache uses it: what fails or takes too long is a miss, and never an error.</summary>
internal sealed class StoreAccess(IItemStore store, TimeSpan timeout, TimeProvider time, CacheTelemetry telemetry)
{
    // How many times as long as a wait in vain the store is left alone.
    private const int Pauses = 4;

    private readonly MemoryCacheStore? _memory = store as MemoryCacheStore;

    private StoreReads? _reads;

    // Until when nobody waits for the store any more, because one has waited in vain.
    private long _pausedUntil;

    /// <summary>Whether the store answers at once and never fails: memory.</summary>
    public bool IsImmediate => _memory is not null;

    /// <summary>Whether the store is left alone, because one has waited for it in vain.</summary>
    public bool IsPaused => Interlocked.Read(ref _pausedUntil) is not 0 and var until && time.GetTimestamp() < until;

    /// <summary>What is invalidated: in a store in memory all of it, elsewhere what this cache invalidates.</summary>
    public OwnInvalidations Invalidations { get; } = (store as MemoryCacheStore)?.Invalidations ?? new();

    /// <summary>What a request starts to read.</summary>
    public StoreReads StartReading() => IsImmediate ? _reads ??= new(this) : new(this);

    /// <summary>Reads a store in memory.</summary>
    public StoreRead GetNow(QueryCacheKey key) => new(true, _memory!.Get(key));

    public async Task<StoreRead> GetAsync(QueryCacheKey key)
    {
        CacheItem? item = null;
        var isKnown = await TryAsync(StoreOperation.Read, async patience => item = await store.GetAsync(key, patience).ConfigureAwait(false)).ConfigureAwait(false);
        return new(isKnown, isKnown ? item : null);
    }

    /// <returns>Whether it reached the store.</returns>
    public ValueTask<bool> SetAsync(StoreOperation operation, QueryCacheKey key, CacheItem item, TimeSpan lifetime) =>
        TryAsync(operation, patience => store.SetAsync(key, item, lifetime, patience));

    /// <returns>Whether it reached the store.</returns>
    public ValueTask<bool> RemoveAsync(QueryCacheKey key) => SetAsync(StoreOperation.Write, key, CacheEpoch.Unreadable, TimeSpan.Zero);

    /// <summary>Writes an item, and does not wait for that.</summary>
    public void Tell(QueryCacheKey key, CacheItem item, TimeSpan lifetime) => _ = TellAsync(patience => store.SetAsync(key, item, lifetime, patience));

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
}
