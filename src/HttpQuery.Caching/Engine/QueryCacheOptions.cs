using HttpQuery.CacheKeys;

namespace HttpQuery.Caching;

/// <summary>How a <see cref="QueryCache"/> works. Immutable.</summary>
public sealed record QueryCacheOptions
{
    /// <summary>What RFC 9111 leaves open. Default: private, heuristic freshness allowed.</summary>
    public CacheRuleOptions Rules { get; init; } = new();

    /// <summary>Makes the keys. Default: one that claims no normalization.</summary>
    public QueryCacheKeyScheme Keys { get; init; } = new();

    /// <summary>Request headers that tell an origin another target, host, scheme, port or method. They are part of the key when present (docs/cache-key.md §4). Default none.</summary>
    public IReadOnlyList<string> RoutingHeaders { get; init; } = [];

    /// <summary>Name of the cache in metrics and in <c>Cache-Status</c> (RFC 9211): printable ASCII. Default <c>HttpQuery</c>.</summary>
    public string Name { get; init; } = "HttpQuery";

    /// <summary>Whether responses say in <c>Cache-Status</c> what the cache did. Default <see langword="false"/>.</summary>
    public bool SendsCacheStatus { get; init; }

    /// <summary>Largest response content that is stored, in bytes. Default 16 MiB. Larger content passes. What the store takes for one item is a limit as well.</summary>
    public long MaximumResponseLength { get; init; } = 16 * 1024 * 1024;

    /// <summary>Maximum memory for contents and responses of all requests under way, in bytes. Default 64 MiB. When it is used up, the oldest bypasses the cache or is not stored.
    /// Contents of requests together use half of it at most; content up to 64 KiB that lies in the server's own buffers does not count.</summary>
    public long MaximumPendingSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>Maximum memory for requests seen before, in bytes. Default 8 MiB; 0 remembers none. Their contents stay in memory to be compared, which is faster than hashing them again.
    /// Content longer than an eighth of it is not remembered.</summary>
    public long MaximumMemoSize { get; init; } = 8 * 1024 * 1024;

    /// <summary>How long the cache waits for its store each time. Default 250 ms. What takes longer costs a miss, and the store is left alone for four times as long; what is to
    /// be made unusable is sent to it even then, and not waited for.</summary>
    public TimeSpan StoreTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a response with a validator is kept beyond its freshness, to be validated. Default 1 hour.</summary>
    public TimeSpan ValidationRetention { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest that anything is kept. Default 24 hours.</summary>
    public TimeSpan MaximumRetention { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The longest time from the lookup of a request to the end of its response. Default 1 hour. A response that takes longer is not stored. What invalidations leave in the store lives as long.</summary>
    public TimeSpan MaximumFlight { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a request waits for another one that asks the same. Default 10 s; zero: each request is forwarded for itself.</summary>
    public TimeSpan CollapseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request waits for another one whose client does not read its response. Default 1 s. Then the first that waits is forwarded, and the others wait for that one.</summary>
    public TimeSpan FollowerTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long requests are forwarded each for itself after an answer to one could not be shared. Default 5 s.</summary>
    public TimeSpan CollapsePause { get; init; } = TimeSpan.FromSeconds(5);
}
