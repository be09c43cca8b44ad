namespace HttpQuery.Caching.Epochs;

/// <summary>What was known of epochs and markers when a request was forwarded.</summary>
/// <param name="Time">When that was, by the clock's timestamp.</param>
/// <param name="Moment">The moment of <see cref="OwnInvalidations"/>.</param>
/// <param name="Subjects">The URI, the store, and the tags that were known then.</param>
internal sealed record FlightStart(long Time, long Moment, SubjectRead[] Subjects)
{
    public SubjectRead Resource => Subjects[0];

    public SubjectRead Store => Subjects[1];

    /// <summary>Whether anything could not be read: then nothing is stored.</summary>
    public bool IsDoubtful => Array.Exists(Subjects, subject => !subject.Epoch.IsKnown || !subject.Marker.IsKnown);

    /// <summary>What was known of a subject; <see langword="null"/> if it was not read.</summary>
    public SubjectRead? Of(QueryCacheKey subject)
    {
        foreach (var one in Subjects)
        {
            if (one.Key == subject) return one;
        }
        return null;
    }
}

/// <summary>Epoch and marker of a subject as they were read.</summary>
internal readonly record struct SubjectRead(QueryCacheKey Key, EpochRead Epoch, EpochRead Marker);
