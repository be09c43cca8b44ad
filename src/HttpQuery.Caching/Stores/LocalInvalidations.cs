namespace HttpQuery.Caching.Stores;

/// <summary>Remembers the invalidations of this process since a request was forwarded, even if the store has lost its marker
/// meanwhile.</summary>
/// <remarks>Several subjects share one place. An invalidation of one can keep a response of another from being stored.</remarks>
internal sealed class LocalInvalidations
{
    private const int Places = 4096;

    private readonly long[] _last = new long[Places];
    private long _count;

    /// <summary>The current moment, for <see cref="IsSince"/>.</summary>
    public long Now => Interlocked.Read(ref _count);

    /// <summary>Reports that a subject is about to be invalidated.</summary>
    public void Add(QueryCacheKey subject) => Interlocked.Exchange(ref _last[GetIndex(subject)], Interlocked.Increment(ref _count));

    /// <summary>Tells whether a subject may have been invalidated since a moment.</summary>
    public bool IsSince(QueryCacheKey subject, long moment) => Interlocked.Read(ref _last[GetIndex(subject)]) > moment;

    private static int GetIndex(QueryCacheKey subject) => subject.GetHashCode() & (Places - 1);
}
