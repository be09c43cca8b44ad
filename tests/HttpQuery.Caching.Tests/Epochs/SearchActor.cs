using HttpQuery.Caching.Items;

namespace HttpQuery.Caching.Tests.Epochs;

/// <summary>One request or eviction of a search: where it stands, and what it has seen.</summary>
internal sealed class SearchActor(int index, int machine, char kind)
{
    public int Index => index;

    public int Machine => machine;

    /// <summary>S for storing, I for invalidating, R for reading.</summary>
    public char Kind => kind;

    /// <summary>All that it has asked for, in order. What has not been answered yet is pending.</summary>
    public List<SearchStep> Steps { get; } = [];

    public Task Task { get; set; } = Task.CompletedTask;

    public bool HasBegun { get; set; }

    /// <summary>The state of the origin that its response shows.</summary>
    public int? Version { get; set; }

    /// <summary>The epoch that it has written, and the one that the fault writes in its place.</summary>
    public (UInt128 Written, CacheEpoch Instead)? Replaced { get; set; }
}

/// <summary>A call of the store, or a moment at which a request goes on.</summary>
internal sealed class SearchStep(SearchActor actor, char role, QueryCacheKey key, CacheItem? item, TimeSpan lifetime)
{
    public SearchActor Actor => actor;

    /// <summary>E for the epoch, M for its marker, P for the response, s and m for those of the store; ! for a moment.</summary>
    public char Role => role;

    public QueryCacheKey Key => key;

    /// <summary>What is written; none for a read.</summary>
    public CacheItem? Item => item;

    public TimeSpan Lifetime => lifetime;

    public bool IsOver { get; set; }

    /// <summary>What was read, or how a write ended.</summary>
    public CacheItem? Read { get; set; }

    public int Variant { get; set; }

    // Continuations run where it is completed: the search decides what happens next, and no thread does.
    public TaskCompletionSource<CacheItem?> Completion { get; } = new();
}
