using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Items;

namespace HttpQuery.Caching.Stores;

/// <summary>The store as the cache uses it: a call that fails or takes too long is a miss, and never an error.</summary>
internal sealed class ResilientStore(IItemStore store, TimeSpan timeout, TimeProvider time, CacheTelemetry telemetry)
{
    // After a timeout, the store is skipped for this many times the timeout.
    private const int PauseFactor = 4;

    private readonly MemoryCacheStore? _memory = store as MemoryCacheStore;

    private StoreReads? _reads;

    // The store is skipped until this timestamp, because a call has timed out.
    private long _pausedUntil;

    /// <summary>Whether the store is in memory: it completes at once and never fails.</summary>
    public bool IsImmediate => _memory is not null;

    /// <summary>Whether the store is skipped, because a call has timed out.</summary>
    public bool IsPaused => Interlocked.Read(ref _pausedUntil) is not 0 and var until && time.GetTimestamp() < until;

    /// <summary>The invalidations: all of them for a store in memory, otherwise those of this cache.</summary>
    public LocalInvalidations Invalidations { get; } = (store as MemoryCacheStore)?.Invalidations ?? new();

    /// <summary>Starts the reads of a request.</summary>
    public StoreReads StartReading() => IsImmediate ? _reads ??= new(this) : new(this);

    /// <summary>Reads a store in memory.</summary>
    public StoreRead GetNow(QueryCacheKey key) => new(true, _memory!.Get(key));

    public async Task<StoreRead> GetAsync(QueryCacheKey key)
    {
        CacheItem? item = null;
        var isKnown = await TryAsync(StoreOperation.Read,
            async cancellation => item = await store.GetAsync(key, cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        return new(isKnown, isKnown ? item : null);
    }

    /// <returns>Whether the call reached the store.</returns>
    public ValueTask<bool> SetAsync(StoreOperation operation, QueryCacheKey key, CacheItem item, TimeSpan lifetime) =>
        TryAsync(operation, cancellation => store.SetAsync(key, item, lifetime, cancellation));

    /// <returns>Whether the call reached the store.</returns>
    public ValueTask<bool> RemoveAsync(QueryCacheKey key) => SetAsync(StoreOperation.Write, key, CacheEpoch.Unreadable, TimeSpan.Zero);

    /// <summary>Writes an item, and does not wait for the result.</summary>
    public void SetInBackground(QueryCacheKey key, CacheItem item, TimeSpan lifetime) =>
        _ = IgnoreFailureAsync(cancellation => store.SetAsync(key, item, lifetime, cancellation));

    // A request calls the store several times, and must not wait each time.
    private async ValueTask<bool> TryAsync(StoreOperation operation, Func<CancellationToken, ValueTask> call)
    {
        if (IsPaused) return false;
        var cancellation = new CancellationTokenSource(timeout, time);
        Task? calling = null;
        try
        {
            calling = call(cancellation.Token).AsTask();
            await calling.WaitAsync(timeout, time, CancellationToken.None).ConfigureAwait(false);
            cancellation.Dispose();
            return true;
        }
        catch (Exception exception)
        {
            // The timer of the token may be a moment behind, so the token is cancelled here. Later failures concern no caller.
            Observe(cancellation.CancelAsync());
            Observe(calling);
            if (exception is TimeoutException or OperationCanceledException)
            {
                Interlocked.Exchange(
                    ref _pausedUntil, time.GetTimestamp() + (long)(timeout.TotalSeconds * PauseFactor * time.TimestampFrequency));
                telemetry.StoreTimedOut(operation, timeout, PauseFactor * timeout);
            }
            else
            {
                telemetry.StoreFailed(operation, exception);
            }
            return false;
        }
    }

    private static void Observe(Task? task) =>
        task?.ContinueWith(
            static failed => failed.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private async Task IgnoreFailureAsync(Func<CancellationToken, ValueTask> write)
    {
        try
        {
            using var cancellation = new CancellationTokenSource(timeout, time);
            await write(cancellation.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The failed invalidation has already been counted.
        }
    }
}
