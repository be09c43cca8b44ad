using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using HttpQuery.Caching.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Caching;

/// <summary>A cache for GET and QUERY (RFC 9111, RFC 10008 §2.7): the decisions; adapters carry the octets. One instance serves any number of requests at once.</summary>
/// <remarks>For each request: <see cref="BeginAsync"/>, then what <see cref="CacheTransaction.Action"/> says.</remarks>
public sealed class QueryCache
{
    /// <summary>Makes a cache.</summary>
    /// <param name="options">How it works.</param>
    /// <param name="store">Where responses are kept.</param>
    /// <param name="timeProvider">The clock; default that of the system.</param>
    /// <param name="loggerFactory">Makes the logger of category <c>HttpQuery.Cache</c>; <see langword="null"/>, the default, logs nothing.</param>
    /// <param name="meterFactory">Makes the meter <c>HttpQuery</c>; <see langword="null"/>, the default, takes one of the process, without the gauges of memory.</param>
    /// <exception cref="ArgumentException">The name is not printable ASCII.</exception>
    public QueryCache(QueryCacheOptions options, IQueryCacheStore store, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null, IMeterFactory? meterFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(store);
        if (!CacheStatus.IsName(options.Name)) throw new ArgumentException("QueryCacheOptions.Name must be printable ASCII, and not empty.", nameof(options));
        (Options, Time) = (options, timeProvider ?? TimeProvider.System);
        Pending = new(options.MaximumPendingSize);
        Telemetry = new(options.Name, store, Pending, Time, loggerFactory, meterFactory);
        Pending.Full = () => Telemetry.PendingFull(options.MaximumPendingSize);

        // Longer than any response: one whose epoch is lost is not used.
        var epochLifetime = options.MaximumRetention < TimeSpan.MaxValue / 30 ? 30 * options.MaximumRetention : TimeSpan.MaxValue;
        MaximumItemSize = store.MaximumItemSize;
        Store = new(store, options.StoreTimeout, epochLifetime, Time, Telemetry);
        Collapsing = new(options.CollapsePause, options.FollowerTimeout, Time);
    }

    /// <summary>How it works.</summary>
    public QueryCacheOptions Options { get; }

    internal TimeProvider Time { get; }

    internal StoreAccess Store { get; }

    internal Collapsing Collapsing { get; }

    /// <summary>The largest item that can be stored, in bytes.</summary>
    internal long MaximumItemSize { get; }

    internal PendingMemory Pending { get; }

    internal CacheTelemetry Telemetry { get; }

    internal ResourceKeys Resources { get; } = new();

    internal ConcurrentDictionary<QueryCacheKey, bool> Revalidating { get; } = new();

    /// <summary>Looks a request up.</summary>
    /// <param name="request">The request; it is used until the transaction is over.</param>
    /// <param name="cancellationToken">Ends the waiting for another request that asks the same.</param>
    public async ValueTask<CacheTransaction> BeginAsync(CacheRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var transaction = new CacheTransaction(this, request);
        try
        {
            await transaction.BeginAsync(cancellationToken).ConfigureAwait(false);
            return transaction;
        }
        catch
        {
            // Its client left while it waited. Nobody else ends it, nor counts it.
            transaction.Dispose();
            throw;
        }
    }

    /// <summary>Makes everything stored for a URI unusable, whatever the method, content and headers, and however clients spell the URI (docs/cache-key.md §9).</summary>
    /// <param name="uri">An absolute URI; its fragment does not count.</param>
    /// <param name="cancellationToken">Checked before the store is called. An eviction that has begun goes on: half of it would be none.</param>
    /// <returns><see langword="true"/> if the store was reached. If not, this process serves nothing until it has invalidated the whole store; others go on.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before the store was called; nothing is evicted.</exception>
    public ValueTask<bool> EvictAsync(Uri uri, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<bool>(cancellationToken);
        return Store.InvalidateAsync(CacheKeySet.ResourceOf(uri));
    }

    /// <summary>Removes what has a tag.</summary>
    /// <param name="tag">The tag; not empty.</param>
    /// <param name="cancellationToken">Checked before the store is called. An eviction that has begun goes on: half of it would be none.</param>
    /// <returns><see langword="true"/> if the store was reached. If not, this process serves nothing until it has invalidated the whole store; others go on.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before the store was called; nothing is evicted.</exception>
    public ValueTask<bool> EvictByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<bool>(cancellationToken);
        return Store.InvalidateTagAsync(tag);
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
