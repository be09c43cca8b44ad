using System.Collections.Concurrent;
using HttpQuery.Caching.Diagnostics;

namespace HttpQuery.Caching.Epochs;

/// <summary>Keeps what was computed before an unsafe request, or before an eviction, from being served after it (docs/caching.md, "Tags and failures").</summary>
/// <remarks>
/// Each subject has an epoch, begun when something is first stored for it; a hit needs it current. To invalidate writes a marker, then a new epoch. A request that may be stored reads both before it is
/// forwarded, and stores only if the marker is the same afterwards. An epoch is never made longer by writing it again: that would bring back what an invalidation has ended meanwhile.
/// </remarks>
internal sealed class StoreEpochs(StoreAccess store, TimeSpan epochLifetime, TimeSpan maximumFlight, TimeProvider time, CacheTelemetry telemetry)
{
    private readonly ConcurrentDictionary<QueryCacheKey, Task<CacheEpoch?>> _beginning = new();

    // How many invalidations did not reach the store, and how many of these a new epoch of the store has followed: where that is not all, what lies there may be older than it seems.
    private long _failures;
    private long _healed;

    /// <summary>What this process has invalidated.</summary>
    public OwnInvalidations Own => store.Invalidations;

    /// <summary>The moment now.</summary>
    public FlightMoment Now => new(time.GetTimestamp(), Own.Now);

    /// <summary>The epochs that a response is stored in, now that it has come whole.</summary>
    /// <param name="start">What was known before it was asked for.</param>
    /// <param name="tags">By which it can be evicted.</param>
    /// <param name="reads">Reads what is needed, and what was wanted before, in the first step.</param>
    public async ValueTask<Settlement> SettleAsync(FlightStart start, IReadOnlyList<string> tags, StoreReads reads)
    {
        var keys = new QueryCacheKey[2 + tags.Count];
        (keys[0], keys[1]) = (start.Resource.Key, start.Store.Key);
        for (var i = 0; i < tags.Count; i++) keys[2 + i] = EpochKeys.OfTag(tags[i]);
        foreach (var key in keys)
        {
            reads.Want(key);
            reads.Want(EpochKeys.MarkerOf(key));
        }
        await reads.FetchAsync().ConfigureAwait(false);

        var numbers = new UInt128[keys.Length];
        var (begun, late) = (new List<(int Index, EpochOrigin Origin)>(), new List<int>());
        for (var i = 0; i < keys.Length; i++)
        {
            var before = start.Of(keys[i]) ?? Unread(keys[i]);
            reads.TryGetEpoch(keys[i], out var now);
            reads.TryGetEpoch(EpochKeys.MarkerOf(keys[i]), out var marker);
            if (!now.IsKnown || !before.Epoch.IsKnown) return StorageRefusal.NoEpoch;
            if (RefusalOfMarker(before, marker) is { } refusal) return refusal;

            numbers[i] = now.Number;
            var isSame = now.Number == before.Epoch.Number;
            if (before.Epoch.Epoch is { IsLong: true })
            {
                if (!isSame) return StorageRefusal.Invalidated;
                continue;
            }

            // Nothing is stored yet: the epoch begins now, or another response has begun it. One that an invalidation began was not there when this response was asked for; and one that took its
            // place says so, because the marker may be lost.
            late.Add(i);
            if (now.Epoch is null) begun.Add((i, EpochOrigin.Storing));
            else if (isSame && !now.Epoch.IsLong) begun.Add((i, EpochOrigin.Invalidation));
            else if (now.Epoch.Origin is not EpochOrigin.Storing) return StorageRefusal.Invalidated;
        }

        if (!await BeginAsync(keys, begun, numbers).ConfigureAwait(false)) return StorageRefusal.Store;
        if (late.Count > 0 && await RefusalOfMarkersAsync(start, keys, late).ConfigureAwait(false) is { } again) return again;

        // The last look, which asks nobody. A marker that was written since the first read is still there: it lives as long as a flight may take.
        if (time.GetElapsedTime(start.Begin.Time) >= maximumFlight) return StorageRefusal.TooLate;
        foreach (var key in keys)
        {
            if (Own.IsSince(key, start.Begin.Own)) return StorageRefusal.Invalidated;
        }
        return new ItemEpochs(numbers[0], numbers[1], [.. tags.Select((tag, i) => new TagEpoch(tag, numbers[2 + i]))]);
    }

    /// <summary>Ends what was stored before for a subject. Where that does not reach the store, nothing is read until a new epoch of the whole store has begun.</summary>
    /// <returns>Whether it reached the store.</returns>
    public async ValueTask<bool> InvalidateAsync(QueryCacheKey subject)
    {
        Own.Add(subject);
        if (await EndAsync(subject).ConfigureAwait(false)) return true;
        Interlocked.Increment(ref _failures);
        telemetry.Distrusted();
        if (!store.IsPaused) return false;

        // The store may be well but for one wait in vain, and others read it on.
        store.Tell(EpochKeys.MarkerOf(subject), CacheEpoch.New(EpochOrigin.BriefInvalidation), maximumFlight);
        store.Tell(subject, CacheEpoch.New(EpochOrigin.BriefInvalidation), maximumFlight);
        return false;
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
        Own.Add(EpochKeys.Store);
        if (!await EndAsync(EpochKeys.Store).ConfigureAwait(false)) return false;
        if (Interlocked.Exchange(ref _healed, failures) != failures) telemetry.Trusted();
        return true;
    }

    // A tag that only the response names. All that was invalidated in memory is known; elsewhere a marker may be of any time within the last hour.
    private SubjectRead Unread(QueryCacheKey subject)
    {
        if (!store.IsImmediate) return new(subject, new(true, null), new(true, null));
        var marker = store.GetNow(EpochKeys.MarkerOf(subject)).Item as CacheEpoch;
        var epoch = store.GetNow(subject).Item as CacheEpoch;
        return new(subject, new(true, epoch), new(true, marker));
    }

    // A marker that cannot be read may be a new one.
    private static StorageRefusal? RefusalOfMarker(SubjectRead before, EpochRead now)
    {
        if (!now.IsKnown || !before.Marker.IsKnown) return StorageRefusal.NoEpoch;
        return now.Number != before.Marker.Number || now.Epoch is { Origin: EpochOrigin.Unknown } ? StorageRefusal.Invalidated : null;
    }

    // After the epochs were begun or found: a marker written since then is followed by another epoch.
    private async ValueTask<StorageRefusal?> RefusalOfMarkersAsync(FlightStart start, QueryCacheKey[] keys, List<int> late)
    {
        var reads = store.StartReading();
        foreach (var i in late) reads.Want(EpochKeys.MarkerOf(keys[i]));
        await reads.FetchAsync().ConfigureAwait(false);
        foreach (var i in late)
        {
            reads.TryGetEpoch(EpochKeys.MarkerOf(keys[i]), out var marker);
            if (RefusalOfMarker(start.Of(keys[i]) ?? Unread(keys[i]), marker) is { } refusal) return refusal;
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

    // Responses that come together begin one, not each its own: all but the last of those would be over at once.
    private async Task<CacheEpoch?> BeginAsync(QueryCacheKey subject, EpochOrigin origin)
    {
        var own = new TaskCompletionSource<CacheEpoch?>();
        var beginning = _beginning.GetOrAdd(subject, own.Task);
        if (beginning != own.Task) return await beginning.ConfigureAwait(false);

        CacheEpoch? begun = null;
        try
        {
            // In memory, one that has begun since the caller looked is seen: another would end what is stored in it.
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

    // A store may lose a write and say nothing, so both are read back; what another request has begun meanwhile does as well.
    private async ValueTask<bool> EndAsync(QueryCacheKey subject)
    {
        var marker = EpochKeys.MarkerOf(subject);
        var (markerBefore, epochBefore) = await ReadBothAsync(marker, subject).ConfigureAwait(false);
        var wasLong = epochBefore.Epoch is { IsLong: true };
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var newMarker = CacheEpoch.New(EpochOrigin.BriefInvalidation);
            var newEpoch = CacheEpoch.New(wasLong ? EpochOrigin.Invalidation : EpochOrigin.BriefInvalidation);
            if (!await store.SetAsync(StoreOperation.Invalidate, marker, newMarker, maximumFlight).ConfigureAwait(false)) return false;
            if (!await store.SetAsync(StoreOperation.Invalidate, subject, newEpoch, wasLong ? epochLifetime : maximumFlight).ConfigureAwait(false)) return false;
            if (store.IsImmediate) return true;

            var (markerNow, epochNow) = await ReadBothAsync(marker, subject).ConfigureAwait(false);
            if (IsOver(markerBefore, newMarker, markerNow) && IsOver(epochBefore, newEpoch, epochNow)) return true;

            // Where none was seen before, another's could be an old one: the next attempt tells.
            (markerBefore, epochBefore) = (markerNow, epochNow);
        }
        return false;

        static bool IsOver(EpochRead before, CacheEpoch written, EpochRead now) =>
            now.Epoch is { Origin: not EpochOrigin.Unknown } && (now.Number == written.Number || (before.Epoch is not null && now.Number != before.Number));
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

/// <summary>The epochs that a response is stored in, or why it is not stored.</summary>
internal readonly record struct Settlement(ItemEpochs? Epochs, StorageRefusal? Refusal)
{
    public static implicit operator Settlement(ItemEpochs epochs) => new(epochs, null);

    public static implicit operator Settlement(StorageRefusal refusal) => new(null, refusal);
}
