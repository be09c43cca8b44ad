using HttpQuery.CacheKeys;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Status;

namespace HttpQuery.Caching;

/// <summary>Settings that the shared cache of a server and the private cache of an HttpClient have in common.</summary>
/// <remarks>A length limits one content, and a size limits many together; both are in bytes. If server and client have different
/// defaults, the derived class sets them.</remarks>
public abstract class QueryCacheOptionsBase
{
    private const int LargestLength = 1024 * 1024 * 1024;

    private protected QueryCacheOptionsBase()
    {
    }

    /// <summary>Name of the cache in metrics and in <c>Cache-Status</c> (RFC 9211): printable ASCII, not empty. Default
    /// <see langword="null"/>: <c>HttpQuery</c> on a server, the name of the client in an HttpClient.</summary>
    public string? Name { get; set; }

    /// <summary>Whether responses report in <c>Cache-Status</c> (RFC 9211) how the cache handled the request. Default
    /// <see langword="true"/> on a server, <see langword="false"/> in a client.</summary>
    public bool AddCacheStatus { get; set; }

    /// <summary>Maximum memory for stored responses, in bytes. Default 64 MiB. Least recently used entries are evicted first. Applies to
    /// the memory store.</summary>
    public long MaximumSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>Maximum number of items in the memory store: responses, and one more for each URI and each list of <c>Vary</c>. Default
    /// 100,000.</summary>
    public int MaximumCount { get; set; } = 100_000;

    /// <summary>Largest query content that is looked up, in bytes: 0 to 1 GiB. Default 1 MiB. Larger content bypasses the cache and is
    /// sent unchanged.</summary>
    public int MaximumContentLength { get; set; } = 1024 * 1024;

    /// <summary>Largest response content that is stored, in bytes: 0 to 1 GiB. Default 16 MiB. Larger content is not stored. The memory
    /// store uses at most a quarter of <see cref="MaximumSize"/> for one response.</summary>
    public int MaximumResponseLength { get; set; } = 16 * 1024 * 1024;

    /// <summary>Maximum memory for contents and responses of all requests in progress, in bytes: 1 MiB or more. Default 64 MiB. When it
    /// is used up, the oldest request bypasses the cache, or the oldest response is not stored.</summary>
    public long MaximumPendingSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>Maximum memory for earlier requests, in bytes. Default 8 MiB; 0 remembers none. Their contents stay in memory for
    /// comparison, which is faster than hashing them again. Content longer than an eighth of it is not remembered.</summary>
    public long MaximumMemoSize { get; set; } = 8 * 1024 * 1024;

    /// <summary>Maximum time from a request's lookup to the end of its response, for requests that may be stored, up to 30 days. Default
    /// 1 hour. A response that takes longer is not stored. Markers of invalidations stay in the store equally long.</summary>
    public TimeSpan MaximumRequestDuration { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Maximum time for each store call, up to a day. Default 250 ms. A call that takes longer counts as a miss, and the store
    /// is skipped for four times the timeout.</summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a request waits for an identical request in progress, up to a day. Default 10 s. Zero: each request is forwarded
    /// by itself.</summary>
    public TimeSpan CollapseTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request waits for another one whose client does not read its response, up to a day. Default 1 s on a server,
    /// 50 ms in a client. After that, the first waiting request is forwarded, and the others wait for it.</summary>
    public TimeSpan FollowerTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Maximum time for a background revalidation (RFC 5861 §3), up to a day. Default 30 s.</summary>
    public TimeSpan RevalidationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a response without a lifetime gets a tenth of the time since its <c>Last-Modified</c>, at most a day (RFC 9111
    /// §4.2.2). Default <see langword="false"/> on a server, <see langword="true"/> in a client.</summary>
    public bool AllowHeuristicFreshness { get; set; }

    /// <summary>How long past its lifetime a response may be served while the origin is unreachable and no directive allows it (RFC 9111
    /// §4.2.4). Default zero: only if a directive allows it.</summary>
    public TimeSpan MaximumStaleWhenDisconnected { get; set; }

    /// <summary>Names of request headers that carry a credential. Default: <c>Authorization</c>. Add your own headers, such as
    /// <c>X-Api-Key</c>.</summary>
    public IList<string> CredentialHeaders { get; } = ["Authorization"];

    /// <summary>Differences in query content that the recipient treats as equal, so that such requests share a response (RFC 10008 §2.7,
    /// docs/cache-key.md). Default <see cref="QueryNormalizations.None"/>.</summary>
    /// <remarks>With a wrong declaration, one query gets the response to another.</remarks>
    public QueryNormalizations Normalizations { get; set; }

    /// <summary>The application's own normalizers, by media type (docs/cache-key.md §6). The first that applies is used. Default none.
    /// Set in code; configuration cannot name them.</summary>
    /// <remarks>With a wrong normalizer, one query gets the response to another.</remarks>
    public IList<IQueryContentNormalizer> Normalizers { get; } = [];

    /// <summary>Returns the settings of the engine. This is the only place that translates them. Add an option that both sides share
    /// above, in <see cref="Validate"/>, and here.</summary>
    /// <param name="mode">Whether responses are stored for one user or for several.</param>
    /// <param name="defaultName">The name of the cache if <see cref="Name"/> is not set.</param>
    /// <param name="keys">Creates the keys; default: a scheme with <see cref="Normalizers"/>.</param>
    internal virtual QueryCacheOptions ToEngineOptions(CacheMode mode, string defaultName, QueryCacheKeyScheme? keys = null) => new()
    {
        Rules = ToRules(mode),
        Keys = keys ?? ToKeyScheme(),
        Name = Name ?? defaultName,
        AddCacheStatus = AddCacheStatus,
        MaximumResponseLength = MaximumResponseLength,
        MaximumPendingSize = MaximumPendingSize,
        MaximumMemoSize = MaximumMemoSize,
        MaximumRequestDuration = MaximumRequestDuration,
        StoreTimeout = StoreTimeout,
        CollapseTimeout = CollapseTimeout,
        FollowerTimeout = FollowerTimeout,
    };

    internal virtual CacheRuleOptions ToRules(CacheMode mode) => new()
    {
        Mode = mode,
        AllowHeuristicFreshness = AllowHeuristicFreshness,
        MaximumStaleWhenDisconnected = MaximumStaleWhenDisconnected,
        CredentialHeaders = [.. CredentialHeaders],
    };

    internal QueryCacheKeyScheme ToKeyScheme()
    {
        var options = new QueryCacheKeyOptions();
        foreach (var normalizer in Normalizers) options.Normalizers.Add(normalizer);
        return new(options);
    }

    internal MemoryCacheStore CreateMemoryStore(TimeProvider? time) => new(MaximumSize, MaximumCount, time);

    /// <summary>Returns an error for each option that is out of range.</summary>
    /// <param name="prefix">The text before the name of the option: the configuration section and a colon, or the class and a
    /// dot.</param>
    internal virtual IEnumerable<string> Validate(string prefix)
    {
        if (Name is not null && !CacheStatus.IsName(Name))
            yield return $"{prefix}{nameof(Name)} must be printable ASCII, and not empty. {nameof(AddCacheStatus)} turns Cache-Status off.";
        if (MaximumSize <= 0) yield return $"{prefix}{nameof(MaximumSize)} must be positive, in bytes.";
        if (MaximumCount <= 0) yield return $"{prefix}{nameof(MaximumCount)} must be positive.";
        if (MaximumContentLength is < 0 or > LargestLength)
            yield return $"{prefix}{nameof(MaximumContentLength)} must be between 0 and {LargestLength} bytes.";
        if (MaximumResponseLength is < 0 or > LargestLength)
            yield return $"{prefix}{nameof(MaximumResponseLength)} must be between 0 and {LargestLength} bytes.";
        if (MaximumPendingSize < 1024 * 1024) yield return $"{prefix}{nameof(MaximumPendingSize)} must be 1048576 bytes or more.";
        if (MaximumMemoSize < 0) yield return $"{prefix}{nameof(MaximumMemoSize)} must be 0 bytes or more.";
        if (MaximumRequestDuration <= TimeSpan.Zero || MaximumRequestDuration > TimeSpan.FromDays(30))
            yield return $"{prefix}{nameof(MaximumRequestDuration)} must be positive and at most 30 days.";
        if (!IsWait(StoreTimeout) || StoreTimeout == TimeSpan.Zero)
            yield return $"{prefix}{nameof(StoreTimeout)} must be positive and at most a day.";
        if (!IsWait(CollapseTimeout)) yield return $"{prefix}{nameof(CollapseTimeout)} must not be negative, and at most a day.";
        if (!IsWait(FollowerTimeout)) yield return $"{prefix}{nameof(FollowerTimeout)} must not be negative, and at most a day.";
        if (!IsWait(RevalidationTimeout) || RevalidationTimeout == TimeSpan.Zero)
            yield return $"{prefix}{nameof(RevalidationTimeout)} must be positive and at most a day.";
        if (MaximumStaleWhenDisconnected < TimeSpan.Zero)
            yield return $"{prefix}{nameof(MaximumStaleWhenDisconnected)} must not be negative.";
        if (!CredentialHeaders.All(IsHeaderName))
            yield return $"{prefix}{nameof(CredentialHeaders)} must be names of headers, such as X-Api-Key.";
        if (!AreKnown(Normalizations)) yield return $"{prefix}{nameof(Normalizations)} has an unknown flag.";
        if (NormalizerError() is { } error) yield return $"{prefix}{nameof(Normalizers)}: {error}";
    }

    /// <summary>Whether all flags are known.</summary>
    internal static bool AreKnown(QueryNormalizations normalizations) =>
        (normalizations & ~(QueryNormalizations.JsonSpelling | QueryNormalizations.JsonMemberOrder
            | QueryNormalizations.Gzip | QueryNormalizations.Deflate)) == 0;

    private protected static bool IsHeaderName(string? name) => HttpSyntax.IsToken(name);

    private static bool IsWait(TimeSpan time) => time >= TimeSpan.Zero && time <= TimeSpan.FromDays(1);

    // The scheme validates its normalizers.
    private string? NormalizerError()
    {
        if (Normalizers.Count == 0) return null;
        if (Normalizers.Contains(null!)) return "a normalizer is null.";
        try
        {
            _ = ToKeyScheme();
            return null;
        }
        catch (ArgumentException exception)
        {
            return exception.Message;
        }
    }
}
