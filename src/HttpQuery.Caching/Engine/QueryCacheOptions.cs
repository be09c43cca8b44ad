using HttpQuery.CacheKeys;

namespace HttpQuery.Caching;

/// <summary>Options of a <see cref="QueryCache"/>. Immutable.</summary>
public sealed record QueryCacheOptions
{
    /// <summary>Rules that RFC 9111 leaves open. Default: private, heuristic freshness allowed.</summary>
    public CacheRuleOptions Rules { get; init; } = new();

    /// <summary>Creates the keys. Default: a scheme that claims no normalization.</summary>
    public QueryCacheKeyScheme Keys { get; init; } = new();

    /// <summary>Request headers that tell an origin another target, host, scheme, port or method. They are part of the key when present
    /// (docs/cache-key.md §4). Default none.</summary>
    public IReadOnlyList<string> RoutingHeaders { get; init; } = [];

    /// <summary>Name of the cache in metrics and in <c>Cache-Status</c> (RFC 9211): printable ASCII. Default <c>HttpQuery</c>.</summary>
    public string Name { get; init; } = "HttpQuery";

    /// <summary>Whether responses say in <c>Cache-Status</c> what the cache did. Default <see langword="false"/>.</summary>
    public bool AddCacheStatus { get; init; }

    /// <summary>Largest response content that is stored, in bytes. Default 16 MiB. Larger content passes without being stored. The
    /// store's own limit for one item applies as well.</summary>
    public long MaximumResponseLength { get; init; } = 16 * 1024 * 1024;

    /// <summary>Maximum memory for contents and responses of all requests in progress, in bytes. Default 64 MiB. When it is used up, the
    /// oldest request bypasses the cache, or its response is not stored. Contents of requests together use half of it at most. Content up
    /// to 64 KiB that lies in the server's own buffers does not count.</summary>
    public long MaximumPendingSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>Maximum memory for requests seen before, in bytes. Default 8 MiB; 0 remembers none. Their contents stay in memory to be
    /// compared, which is faster than hashing them again. Content longer than an eighth of it is not remembered.</summary>
    public long MaximumMemoSize { get; init; } = 8 * 1024 * 1024;

    /// <summary>Maximum time of one store call. Default 250 ms. A call that takes longer counts as a miss, and the store is skipped for
    /// four times the timeout. Invalidations are sent to it even then, and the cache does not wait for them.</summary>
    public TimeSpan StoreTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a response with a validator is kept beyond its freshness, so that it can be validated. Default 1 hour.</summary>
    public TimeSpan ValidationRetention { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Maximum time that anything is kept. Default 24 hours.</summary>
    public TimeSpan MaximumRetention { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Maximum time from the lookup of a request to the end of its response. Default 1 hour. A response that takes longer is not
    /// stored. The entries that invalidations leave in the store live equally long.</summary>
    public TimeSpan MaximumRequestDuration { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Maximum time that a request waits for an identical one. Default 10 s; zero: each request is forwarded
    /// separately.</summary>
    public TimeSpan CollapseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Maximum time that a request waits for another one whose client does not read its response. Default 1 s. Then the first
    /// that waits is forwarded, and the others wait for that one.</summary>
    public TimeSpan FollowerTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long requests are forwarded separately after a response to one of them could not be shared. Default 5 s.</summary>
    public TimeSpan CollapsePause { get; init; } = TimeSpan.FromSeconds(5);
}
