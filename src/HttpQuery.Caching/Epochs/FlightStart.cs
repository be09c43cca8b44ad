using HttpQuery.Caching.Items;
using HttpQuery.Caching.Stores;

namespace HttpQuery.Caching.Epochs;

/// <summary>The epochs and markers as they were read when a request was forwarded.</summary>
/// <param name="Begin">The moment before the first read.</param>
/// <param name="Subjects">The URI, the store, and the tags that were known then.</param>
internal sealed record FlightStart(FlightMoment Begin, SubjectRead[] Subjects)
{
    public SubjectRead Resource => Subjects[0];

    public SubjectRead Store => Subjects[1];

    /// <summary>Whether an epoch or a marker could not be read: then nothing is stored. A marker of unknown origin counts as well:
    /// another kind of store may have written it in the same place.</summary>
    public bool IsDoubtful =>
        Array.Exists(Subjects,
            subject => !subject.Epoch.IsKnown || !subject.Marker.IsKnown || subject.Marker.Epoch is { Origin: EpochOrigin.Unknown });

    /// <summary>Reads the epochs and markers before a request is forwarded.</summary>
    /// <param name="reads">The reads of the request.</param>
    /// <param name="begin">The moment before the first read.</param>
    /// <param name="resource">The URI.</param>
    /// <param name="tags">The tags that are known.</param>
    /// <param name="start">The epochs and markers.</param>
    /// <returns><see langword="false"/> if something has not been read yet.</returns>
    public static bool TryRead(
        StoreReads reads, FlightMoment begin, QueryCacheKey resource, IReadOnlyList<QueryCacheKey> tags, out FlightStart start)
    {
        var (subjects, isComplete) = (new SubjectRead[2 + tags.Count], true);
        for (var i = 0; i < subjects.Length; i++)
        {
            var key = i == 0 ? resource : i == 1 ? EpochKeys.Store : tags[i - 2];
            isComplete &= reads.TryGetEpoch(key, out var epoch);
            isComplete &= reads.TryGetEpoch(EpochKeys.GetMarkerKey(key), out var marker);
            subjects[i] = new(key, epoch, marker);
        }
        start = new(begin, subjects);
        return isComplete;
    }

    /// <summary>Returns a subject as it was read; <see langword="null"/> if it was not read.</summary>
    public SubjectRead? Find(QueryCacheKey subject)
    {
        foreach (var one in Subjects)
        {
            if (one.Key == subject) return one;
        }
        return null;
    }
}

/// <summary>A moment.</summary>
/// <param name="Time">Timestamp of the clock.</param>
/// <param name="Own">Count of the invalidations of this process (<see cref="LocalInvalidations"/>).</param>
internal readonly record struct FlightMoment(long Time, long Own);

/// <summary>Epoch and marker of a subject as they were read.</summary>
internal readonly record struct SubjectRead(QueryCacheKey Key, EpochRead Epoch, EpochRead Marker);
