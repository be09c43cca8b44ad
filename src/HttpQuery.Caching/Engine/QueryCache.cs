using System.Collections.Concurrent;

namespace HttpQuery.Caching;

/// <summary>A cache for GET and QUERY (RFC 9111, RFC 10008 §2.7): the decisions; adapters carry the octets. One instance serves any number of requests at once.</summary>
/// <remarks>For each request: <see cref="BeginAsync"/>, then what <see cref="CacheTransaction.Action"/> says.</remarks>
public sealed class QueryCache
{
    private readonly TimeSpan _epochLifetime;

    /// <summary>Makes a cache.</summary>
    /// <param name="options">How it works.</param>
    /// <param name="store">Where responses are kept.</param>
    /// <param name="timeProvider">The clock; default that of the system.</param>
    public QueryCache(QueryCacheOptions options, IQueryCacheStore store, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(store);
        (Options, Time) = (options, timeProvider ?? TimeProvider.System);

        // Longer than any response: one whose epoch is lost is not used.
        _epochLifetime = options.MaximumRetention < TimeSpan.MaxValue / 30 ? 30 * options.MaximumRetention : TimeSpan.MaxValue;
        Store = new(store, options.StoreTimeout, _epochLifetime, Time);
        Collapsing = new(options.CollapsePause, Time);
    }

    /// <summary>How it works.</summary>
    public QueryCacheOptions Options { get; }

    internal TimeProvider Time { get; }

    internal StoreAccess Store { get; }

    internal Collapsing Collapsing { get; }

    internal ResourceKeys Resources { get; } = new();

    internal ConcurrentDictionary<QueryCacheKey, bool> Revalidating { get; } = new();

    /// <summary>Looks a request up.</summary>
    /// <param name="request">The request; it is used until the transaction is over.</param>
    /// <param name="cancellationToken">Ends the waiting for another request that asks the same.</param>
    public async ValueTask<CacheTransaction> BeginAsync(CacheRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var transaction = new CacheTransaction(this, request);
        await transaction.BeginAsync(cancellationToken);
        return transaction;
    }

    /// <summary>Makes everything stored for a URI unusable, whatever the method, content and headers, and however clients spell the URI (docs/cache-key.md §9).</summary>
    /// <param name="uri">An absolute URI; its fragment does not count.</param>
    public async ValueTask EvictAsync(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        await Store.InvalidateAsync(CacheKeySet.ResourceOf(uri));
    }

    /// <summary>Removes what has a tag.</summary>
    public async ValueTask EvictByTagAsync(string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        await Store.InvalidateTagAsync(tag);
    }

    internal TimeSpan RetentionOf(StoredResponse response, DateTimeOffset now)
    {
        var directives = response.Directives;
        var extra = response.HasValidator ? Options.ValidationRetention : TimeSpan.Zero;
        if (directives.StaleWhileRevalidate > extra) extra = directives.StaleWhileRevalidate.Value;
        if (directives.StaleIfError > extra) extra = directives.StaleIfError.Value;
        if (Options.Rules.MaximumStaleWhenDisconnected > extra) extra = Options.Rules.MaximumStaleWhenDisconnected;

        var fresh = response.RemainingLifetime(now);
        var longest = Options.MaximumRetention;
        if (fresh >= longest || extra >= longest) return longest;
        var sum = fresh + extra;
        return sum < longest ? sum : longest;
    }
}
