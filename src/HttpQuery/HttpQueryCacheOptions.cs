using HttpQuery.CacheKeys;

namespace HttpQuery;

/// <summary>Settings of the shared cache, read from the configuration section <c>HttpQuery:Cache</c> and checked at start.</summary>
public sealed class HttpQueryCacheOptions
{
    /// <summary>Name of the cache in <c>Cache-Status</c> (RFC 9211): printable ASCII. Default <c>HttpQuery</c>; empty sends no such field.</summary>
    public string Name { get; set; } = DefaultName;

    internal const string DefaultName = "HttpQuery";

    /// <summary>Most memory that stored responses take, in bytes. Default 64 MiB. What was not read lately goes first. Concerns the store in memory, which is used where no
    /// other is registered.</summary>
    public long MaximumSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>Most items in memory: responses, and for each URI and each list of Vary one more. Default 100,000.</summary>
    public int MaximumCount { get; set; } = 100_000;

    /// <summary>Largest query content that is looked up, in bytes. Default 1 MiB. Longer content passes by the cache, untouched.</summary>
    public int MaximumContentLength { get; set; } = 1024 * 1024;

    /// <summary>Largest response content that is stored, in bytes. Default 16 MiB. Longer content passes. The store in memory takes at most a quarter of <see cref="MaximumSize"/> for one response.</summary>
    public int MaximumResponseLength { get; set; } = 16 * 1024 * 1024;

    /// <summary>Maximum memory for contents and responses of all requests under way, in bytes. Default 64 MiB. When it is used up, the oldest bypasses the cache or is not stored, so that slow
    /// clients do not switch the cache off for others. Contents of requests take at most half of it. Content up to 64 KiB that lies in the server's own buffers does not count.</summary>
    public long MaximumPendingSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>Maximum memory for requests seen before, in bytes. Default 8 MiB; 0 remembers none. Their contents stay in memory to be compared, which is faster than hashing them again.
    /// Content longer than an eighth of it is not remembered.</summary>
    public long MaximumMemoSize { get; set; } = 8 * 1024 * 1024;

    /// <summary>How long the cache waits for its store each time. Default 250 ms. What takes longer costs a miss, and the store is left alone for four times as long.</summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a request waits for another one that asks the same. Default 10 s; zero: each request is forwarded for itself.</summary>
    public TimeSpan CollapseTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request waits for another one whose client does not read its response. Default 1 s. Then the first that waits is forwarded, and the others wait for that one.</summary>
    public TimeSpan FollowerTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a revalidation in the background may take (RFC 5861 §3). Default 30 s.</summary>
    public TimeSpan RevalidationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a response that states no lifetime gets a tenth of the time since its <c>Last-Modified</c>, at most a day (RFC 9111 §4.2.2). Default
    /// <see langword="false"/>: what lies in front of endpoints stores what it is told to. In front of other origins, <see langword="true"/> is what caches do.</summary>
    public bool AllowHeuristicFreshness { get; set; }

    /// <summary>How long past its lifetime a response may be served while nobody can be reached behind the cache, without any directive that allows it (RFC 9111 §4.2.4).
    /// Default zero: only where a directive allows it. Nobody reached: 502 or 504 without content.</summary>
    public TimeSpan MaximumStaleWhenDisconnected { get; set; }

    /// <summary>Whether responses with <c>Set-Cookie</c> that are not <c>public</c> are stored. Default <see langword="false"/>. RFC 9111 §7.3 would allow it; what is stored gives
    /// the cookie of one user to the next.</summary>
    public bool ShareSetCookie { get; set; }

    /// <summary>Names of request headers that carry a credential. Default: <c>Authorization</c>. Add headers of your own, such as <c>X-Api-Key</c>.</summary>
    /// <remarks>A response to a request with one of them is shared only if it says <c>public</c> or <c>s-maxage</c> (RFC 9111 §3.5), and is stored for one user only if authentication
    /// before the cache has verified that user.</remarks>
    public IList<string> CredentialHeaders { get; } = ["Authorization"];

    /// <summary>Whether <c>must-revalidate</c> alone lets the cache share a response to a request with a credential, as RFC 9111 §3.5 says. Default <see langword="false"/>: many origins
    /// send it without meaning that.</summary>
    public bool ShareOnMustRevalidate { get; set; }

    /// <summary>Names of request headers that tell an application or an origin another target, host, scheme, port or method than the request has. Requests with other values never share
    /// a response (docs/cache-key.md §4). Default: <c>Forwarded</c>, <c>X-Forwarded-Host</c> and the other known names.</summary>
    /// <remarks>Remove a name that a proxy before the cache sets to another value for each client, if nothing behind the cache reads it: each client has its own cache otherwise.</remarks>
    public IList<string> RoutingHeaders { get; } =
    [
        "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Scheme", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Server", "X-Host", "X-Original-URL", "X-Rewrite-URL",
        "X-Original-Host", "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override",
        "X-Forwarded-Protocol", "X-Forwarded-Ssl", "Front-End-Https", "X-Scheme", "X-URL-Scheme", "X-Original-Proto", "CloudFront-Forwarded-Proto",
        "X-Forwarded-Uri", "X-Forwarded-Path", "X-Forwarded-PathBase", "X-Original-URI", "X-Original-Path", "X-Original-PathBase", "X-Original-Prefix", "X-Rewrite-URI", "X-Script-Name",
        "X-HTTP-Host-Override", "X-Forwarded-Original-Host", "X-Forwarded-Method", "X-Original-Method",
    ];

    /// <summary>Differences in query content that every endpoint, or the origin behind a gateway, treats as equal (RFC 10008 §2.7, docs/cache-key.md). Default
    /// <see cref="QueryNormalizations.None"/>: content counts byte by byte, apart from what the cache detects about an endpoint.</summary>
    /// <remarks>With a wrong declaration, one query gets the response to another. <see cref="QueryCachePolicyBuilder.Normalize"/> declares it for one endpoint.</remarks>
    public QueryNormalizations Normalizations { get; set; }
}
