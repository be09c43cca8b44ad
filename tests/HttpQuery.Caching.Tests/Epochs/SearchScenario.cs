namespace HttpQuery.Caching.Tests.Epochs;

/// <summary>What a search begins with, who takes part, and what may go wrong.</summary>
internal sealed record SearchScenario
{
    /// <summary>For each request that may be stored, the machine that receives it.</summary>
    public int[] Storing { get; init; } = [];

    /// <summary>For each invalidation, the machine that receives it.</summary>
    public int[] Invalidating { get; init; } = [];

    /// <summary>The machine of the request that begins when all invalidations have been answered.</summary>
    public int Reading { get; init; }

    /// <summary>Whether the epoch of a tag is searched, and not that of the URI.</summary>
    public SearchedTag Tag { get; init; }

    /// <summary>What lies in the store at the start.</summary>
    public SearchedStart Start { get; init; }

    /// <summary>How many times the store may lose an item.</summary>
    public int Losses { get; init; }

    /// <summary>Whether that may be so even in the moment in which a request begins an epoch.</summary>
    public bool IsLostAnytime { get; init; }

    /// <summary>How many writes may fail, or be lost without an error.</summary>
    public int FailedWrites { get; init; }

    /// <summary>How many times <see cref="QueryCacheOptions.MaximumRequestDuration"/> may pass.</summary>
    public int Hours { get; init; }

    /// <summary>Whether a request may begin, and reach the origin, at any later moment, and not only at once.</summary>
    public bool IsSlow { get; init; }

    /// <summary>A fault that the search must find.</summary>
    public SearchedFault Fault { get; init; }
}

/// <summary>Whether responses have a tag, and who knows it.</summary>
internal enum SearchedTag
{
    None,
    OfRequest,
    OfResponse,
}

/// <summary>The epoch and the marker at the start.</summary>
internal enum SearchedStart
{
    Nothing,

    /// <summary>Something is stored.</summary>
    Epoch,

    /// <summary>Nothing was stored when the subject was invalidated a short time ago.</summary>
    Invalidated,
}

/// <summary>How the protocol is broken.</summary>
internal enum SearchedFault
{
    None,

    /// <summary>A storing request makes the brief epoch that it read long, by writing it again.</summary>
    EpochMadeLonger,

    /// <summary>An invalidation writes no marker.</summary>
    NoMarker,

    /// <summary>A storing request does not read the marker again after it has begun the epoch.</summary>
    MarkerNotReadAgain,

    /// <summary>An invalidation begins no epoch.</summary>
    NoEpoch,
}
