namespace HttpQuery.Caching.Epochs;

/// <summary>What this process has invalidated since a request was forwarded, even if the store has lost its marker meanwhile.</summary>
/// <remarks>Subjects share places: what is not distinguished costs a response that is not stored.</remarks>
internal sealed class OwnInvalidations
{
    private const int Places = 4096;

    private readonly long[] _last = new long[Places];
    private long _count;

    /// <summary>The moment now, for <see cref="IsSince"/>.</summary>
    public long Now => Interlocked.Read(ref _count);

    /// <summary>Takes that a subject is about to be invalidated.</summary>
    public void Add(QueryCacheKey subject) => Interlocked.Exchange(ref _last[PlaceOf(subject)], Interlocked.Increment(ref _count));

    /// <summary>Whether a subject may have been invalidated since a moment.</summary>
    public bool IsSince(QueryCacheKey subject, long moment) => Interlocked.Read(ref _last[PlaceOf(subject)]) > moment;

    private static int PlaceOf(QueryCacheKey subject) => subject.GetHashCode() & (Places - 1);
}
