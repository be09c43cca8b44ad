using System.Buffers;
using System.Collections.Concurrent;
using HttpQuery.Caching;
using HttpQuery.Caching.Diagnostics;
using HttpQuery.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Equivalents;

/// <summary>Keeps queries and results in memory, or in the application's distributed cache.</summary>
/// <remarks>A call that fails or takes too long never fails a QUERY: its response then names no URI.</remarks>
internal sealed class LocationStore(IQueryCacheStore store, TimeSpan timeout, TimeProvider time, ILogger logger)
{
    // After a timeout, the store is skipped for this many times the timeout.
    private const int PauseFactor = 4;

    // Written again after this time at the latest: a store may evict, and only the machine that is asked for the item sees it.
    private static readonly TimeSpan Rewrite = TimeSpan.FromMinutes(1);

    private const int MaximumWritten = 10_000;

    private readonly bool _isInMemory = store is MemoryCacheStore;
    private readonly BoundedWarning _failures = new(time);
    private ConcurrentDictionary<string, (DateTimeOffset Time, DateTimeOffset Expires)> _written = new(StringComparer.Ordinal);
    private long _pausedUntil;

    /// <summary>Makes sure that an item is in the store.</summary>
    /// <param name="key">Key of the item.</param>
    /// <param name="write">Makes the item, if it must be written.</param>
    /// <param name="expires">When it may expire.</param>
    /// <param name="slack">Time by which it may expire earlier, at most a minute.</param>
    public async ValueTask<StoredItem> KeepAsync(string key, Func<byte[]> write, DateTimeOffset expires, TimeSpan slack)
    {
        var now = time.GetUtcNow();
        var isKnown = _written.TryGetValue(key, out var written);
        if (isKnown
            && now - written.Time < Rewrite
            && written.Expires + (slack < Rewrite ? slack : Rewrite) >= expires
            && (!_isInMemory || await store.GetAsync(key, CancellationToken.None) is not null))
            return StoredItem.Found;

        // A response that caches keep for less time must not shorten the life of the item.
        if (isKnown && written.Expires > expires) expires = written.Expires;
        var value = write();
        if (value.Length > store.MaximumItemSize
            || !await TryAsync(token => store.SetAsync(key, new ReadOnlySequence<byte>(value), expires - now, token))
            || (_isInMemory && await store.GetAsync(key, CancellationToken.None) is null))
            return StoredItem.Missing;
        if (_written.Count >= MaximumWritten) _written = new(StringComparer.Ordinal);
        _written[key] = (now, expires);
        return StoredItem.Written;
    }

    /// <summary>Reads an item.</summary>
    /// <returns>Whether the store answered, and the item, if there is one.</returns>
    public async ValueTask<(bool IsKnown, ReadOnlyMemory<byte>? Value)> GetAsync(string key)
    {
        ReadOnlyMemory<byte>? value = null;
        var isKnown = await TryAsync(async token => value = await store.GetAsync(key, token));
        if (isKnown && value is null or { IsEmpty: true })
        {
            _written.TryRemove(key, out _);
            value = null;
        }
        return (isKnown, isKnown ? value : null);
    }

    /// <summary>Removes an item, as far as the store can be reached.</summary>
    public async ValueTask RemoveAsync(string key)
    {
        _written.TryRemove(key, out _);
        await TryAsync(token => store.RemoveAsync(key, token));
    }

    private async ValueTask<bool> TryAsync(Func<CancellationToken, ValueTask> call)
    {
        if (Interlocked.Read(ref _pausedUntil) is not 0 and var until && time.GetTimestamp() < until) return false;
        var cancellation = new CancellationTokenSource();
        Task? calling = null;
        try
        {
            calling = call(cancellation.Token).AsTask();
            await calling.WaitAsync(timeout, time);
            return true;
        }
        catch (Exception exception)
        {
            // A late failure concerns no request.
            _ = calling?.ContinueWith(
                static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            _ = cancellation.CancelAsync().ContinueWith(
                static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

            // It may come back without its items.
            _written.Clear();
            if (exception is TimeoutException)
                Interlocked.Exchange(
                    ref _pausedUntil, time.GetTimestamp() + (long)(timeout.TotalSeconds * PauseFactor * time.TimestampFrequency));
            if (_failures.IsDue(out var count)) Log.LocationStoreFailed(logger, exception, count);
            return false;
        }
    }
}
