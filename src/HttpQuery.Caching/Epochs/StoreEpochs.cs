using System.Collections.Concurrent;
using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Stores;

namespace HttpQuery.Caching.Epochs;

/// <summary>Ensures that a response computed before an unsafe request, or before an eviction, is not served after it (docs/caching.md,
/// "Tags and failures").</summary>
/// <remarks>
/// Each subject has an epoch, which begins when something is first stored for it. A hit requires the current epoch. An invalidation
/// writes a marker, then a new epoch. A request whose response may be stored reads both before it is forwarded. The response is stored
/// only if the marker is the same afterwards. An epoch's lifetime is never extended by writing it again: that would restore an epoch that
/// an invalidation has ended meanwhile.
/// </remarks>
internal sealed class StoreEpochs(
    ResilientStore store, TimeSpan epochLifetime, TimeSpan maximumFlight, TimeProvider time, CacheTelemetry telemetry)
{
    private readonly ConcurrentDictionary<QueryCacheKey, Task<CacheEpoch?>> _beginning = new();

    // The number of invalidations that did not reach the store, and the number of these that a new epoch of the store has followed. If
    // they differ, stored items may be older than they seem.
    private long _failures;
    private long _resets;

    /// <summary>The invalidations of this process.</summary>
    public LocalInvalidations Own => store.Invalidations;

    /// <summary>The current moment.</summary>
    public FlightMoment Now => new(time.GetTimestamp(), Own.Now);

    /// <summary>Returns the epochs that a response is stored in, once it is complete.</summary>
    /// <param name="start">Epochs and markers from before the request was forwarded.</param>
    /// <param name="tags">The eviction tags of the response.</param>
    /// <param name="reads">Reads the epochs and markers, and all keys that were wanted before, in the first step.</param>
    public async ValueTask<Settlement> SettleAsync(FlightStart start, IReadOnlyList<string> tags, StoreReads reads)
    {
        var keys = new QueryCacheKey[2 + tags.Count];
        (keys[0], keys[1]) = (start.Resource.Key, start.Store.Key);
        for (var i = 0; i < tags.Count; i++) keys[2 + i] = EpochKeys.GetTagKey(tags[i]);
        foreach (var key in keys)
        {
            reads.Want(key);
            reads.Want(EpochKeys.GetMarkerKey(key));
        }
        await reads.FetchAsync().ConfigureAwait(false);

        var numbers = new UInt128[keys.Length];
        var (begun, late) = (new List<(int Index, EpochOrigin Origin)>(), new List<int>());
        for (var i = 0; i < keys.Length; i++)
        {
            var before = start.Find(keys[i]) ?? Unread(keys[i]);
            reads.TryGetEpoch(keys[i], out var now);
            reads.TryGetEpoch(EpochKeys.GetMarkerKey(keys[i]), out var marker);
            if (!now.IsKnown || !before.Epoch.IsKnown) return StorageRefusal.NoEpoch;
            if (GetMarkerRefusal(before, marker) is { } refusal) return refusal;

            numbers[i] = now.Number;
            var isSame = now.Number == before.Epoch.Number;
            if (before.Epoch.Epoch is { IsLong: true })
            {
                if (!isSame) return StorageRefusal.Invalidated;
                continue;
            }

            // Nothing is stored yet: the epoch begins now, or another response has begun it. An epoch that an invalidation began did not
            // exist when this response was requested. An epoch that replaces such a one has the same origin, because the marker may be
            // lost.
            late.Add(i);
            if (now.Epoch is null) begun.Add((i, EpochOrigin.Storing));
            else if (isSame && !now.Epoch.IsLong) begun.Add((i, EpochOrigin.Invalidation));
            else if (now.Epoch.Origin is not EpochOrigin.Storing) return StorageRefusal.Invalidated;
        }

        if (!await BeginAsync(keys, begun, numbers).ConfigureAwait(false)) return StorageRefusal.Store;
        if (late.Count > 0 && await GetMarkerRefusalAsync(start, keys, late).ConfigureAwait(false) is { } again) return again;

        // The last check needs no call. A marker that was written since the first read still exists: it lives as long as a flight may
        // take.
        if (time.GetElapsedTime(start.Begin.Time) >= maximumFlight) return StorageRefusal.TooLate;
        foreach (var key in keys)
        {
            if (Own.IsSince(key, start.Begin.Own)) return StorageRefusal.Invalidated;
        }
        return new ItemEpochs(numbers[0], numbers[1], [.. tags.Select((tag, i) => new TagEpoch(tag, numbers[2 + i]))]);
    }

    /// <summary>Makes everything stored for a subject unusable. If that does not reach the store, nothing is read until a new epoch of
    /// the whole store has begun.</summary>
    /// <returns>Whether the invalidation reached the store.</returns>
    public async ValueTask<bool> InvalidateAsync(QueryCacheKey subject)
    {
        Own.Add(subject);
        if (await EndAsync(subject).ConfigureAwait(false)) return true;
        Interlocked.Increment(ref _failures);
        telemetry.Distrusted();
        if (!store.IsPaused) return false;

        // The store may work despite one timeout, and other processes still read it.
        store.SetInBackground(EpochKeys.GetMarkerKey(subject), CacheEpoch.New(EpochOrigin.BriefInvalidation), maximumFlight);
        store.SetInBackground(subject, CacheEpoch.New(EpochOrigin.BriefInvalidation), maximumFlight);
        return false;
    }

    /// <summary>Tells whether the store can be used. After a failed invalidation it first tries to begin a new epoch of the whole
    /// store.</summary>
    public ValueTask<bool> IsTrustedAsync()
    {
        // This does not cover an invalidation that fails meanwhile.
        var failures = Interlocked.Read(ref _failures);
        return Interlocked.Read(ref _resets) == failures ? new(true) : ResetAsync(failures);
    }

    private async ValueTask<bool> ResetAsync(long failures)
    {
        Own.Add(EpochKeys.Store);
        if (!await EndAsync(EpochKeys.Store).ConfigureAwait(false)) return false;
        if (Interlocked.Exchange(ref _resets, failures) != failures) telemetry.Trusted();
        return true;
    }

    // A tag that only the response names. In memory all invalidations are known; in other stores a marker may be of any time within the
    // last hour.
    private SubjectRead Unread(QueryCacheKey subject)
    {
        if (!store.IsImmediate) return new(subject, new(true, null), new(true, null));
        var marker = store.GetNow(EpochKeys.GetMarkerKey(subject)).Item as CacheEpoch;
        var epoch = store.GetNow(subject).Item as CacheEpoch;
        return new(subject, new(true, epoch), new(true, marker));
    }

    // A marker that cannot be read may be a new one.
    private static StorageRefusal? GetMarkerRefusal(SubjectRead before, EpochRead now)
    {
        if (!now.IsKnown || !before.Marker.IsKnown) return StorageRefusal.NoEpoch;
        return now.Number != before.Marker.Number || now.Epoch is { Origin: EpochOrigin.Unknown } ? StorageRefusal.Invalidated : null;
    }

    // Runs after the epochs were begun or found: an invalidation that writes its marker later writes another epoch as well.
    private async ValueTask<StorageRefusal?> GetMarkerRefusalAsync(FlightStart start, QueryCacheKey[] keys, List<int> late)
    {
        var reads = store.StartReading();
        foreach (var i in late) reads.Want(EpochKeys.GetMarkerKey(keys[i]));
        await reads.FetchAsync().ConfigureAwait(false);
        foreach (var i in late)
        {
            reads.TryGetEpoch(EpochKeys.GetMarkerKey(keys[i]), out var marker);
            if (GetMarkerRefusal(start.Find(keys[i]) ?? Unread(keys[i]), marker) is { } refusal) return refusal;
        }
        return null;
    }

    private async ValueTask<bool> BeginAsync(QueryCacheKey[] keys, List<(int Index, EpochOrigin Origin)> begun, UInt128[] numbers)
    {
        var beginning = begun.Select(one => (one.Index, Task: BeginAsync(keys[one.Index], one.Origin))).ToArray();
        var isBegun = true;
        foreach (var (index, task) in beginning)
        {
            if (await task.ConfigureAwait(false) is { } epoch) numbers[index] = epoch.Number;
            else isBegun = false;
        }
        return isBegun;
    }

    // Responses that arrive together begin one epoch. If each began its own, all but the last would end at once.
    private async Task<CacheEpoch?> BeginAsync(QueryCacheKey subject, EpochOrigin origin)
    {
        var own = new TaskCompletionSource<CacheEpoch?>();
        var beginning = _beginning.GetOrAdd(subject, own.Task);
        if (beginning != own.Task) return await beginning.ConfigureAwait(false);

        CacheEpoch? begun = null;
        try
        {
            // In memory, an epoch that has begun since the caller looked is used: a new one would end everything stored in it.
            if (store.IsImmediate && store.GetNow(subject).Item is CacheEpoch { IsLong: true } found)
            {
                begun = found.Origin is EpochOrigin.Storing ? found : null;
            }
            else
            {
                var epoch = CacheEpoch.New(origin);
                if (await store.SetAsync(StoreOperation.Write, subject, epoch, epochLifetime).ConfigureAwait(false)) begun = epoch;
            }
        }
        finally
        {
            _beginning.TryRemove(subject, out _);
            own.SetResult(begun);
        }
        return begun;
    }

    // A store may lose a write without an error, so both are read back. A value that another request has written meanwhile is accepted,
    // too.
    private async ValueTask<bool> EndAsync(QueryCacheKey subject)
    {
        var marker = EpochKeys.GetMarkerKey(subject);
        var (markerBefore, epochBefore) = await ReadBothAsync(marker, subject).ConfigureAwait(false);
        var wasLong = epochBefore.Epoch is { IsLong: true };
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var newMarker = CacheEpoch.New(EpochOrigin.BriefInvalidation);
            var newEpoch = CacheEpoch.New(wasLong ? EpochOrigin.Invalidation : EpochOrigin.BriefInvalidation);
            if (!await store.SetAsync(StoreOperation.Invalidate, marker, newMarker, maximumFlight).ConfigureAwait(false)) return false;
            if (!await store.SetAsync(
                    StoreOperation.Invalidate, subject, newEpoch, wasLong ? epochLifetime : maximumFlight).ConfigureAwait(false))
                return false;
            if (store.IsImmediate) return true;

            var (markerNow, epochNow) = await ReadBothAsync(marker, subject).ConfigureAwait(false);
            if (IsOver(markerBefore, newMarker, markerNow) && IsOver(epochBefore, newEpoch, epochNow)) return true;

            // If none was seen before, a value of another request could be an old one: the next attempt shows it.
            (markerBefore, epochBefore) = (markerNow, epochNow);
        }
        return false;

        static bool IsOver(EpochRead before, CacheEpoch written, EpochRead now) =>
            now.Epoch is { Origin: not EpochOrigin.Unknown }
                && (now.Number == written.Number || (before.Epoch is not null && now.Number != before.Number));
    }

    private async ValueTask<(EpochRead Marker, EpochRead Epoch)> ReadBothAsync(QueryCacheKey marker, QueryCacheKey subject)
    {
        var reads = store.StartReading();
        reads.Want(marker);
        reads.Want(subject);
        await reads.FetchAsync().ConfigureAwait(false);
        reads.TryGetEpoch(marker, out var markerRead);
        reads.TryGetEpoch(subject, out var epochRead);
        return (markerRead, epochRead);
    }
}

/// <summary>The epochs that a response is stored in, or the reason why it is not stored.</summary>
internal readonly record struct Settlement(ItemEpochs? Epochs, StorageRefusal? Refusal)
{
    public static implicit operator Settlement(ItemEpochs epochs) => new(epochs, null);

    public static implicit operator Settlement(StorageRefusal refusal) => new(null, refusal);
}
