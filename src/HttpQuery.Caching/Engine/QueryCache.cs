using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Epochs;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Rules;
using HttpQuery.Caching.Status;
using HttpQuery.Caching.Stores;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Caching;

/// <summary>A cache for GET and QUERY (RFC 9111, RFC 10008 §2.7). One instance serves any number of requests at once.</summary>
public sealed class QueryCache
{
    /// <summary>Creates a cache.</summary>
    /// <param name="options">The options of the cache.</param>
    /// <param name="store">The store for the responses.</param>
    /// <param name="timeProvider">The clock; default is the system clock.</param>
    /// <param name="loggerFactory">Creates the logger of category <c>HttpQuery.Cache</c>; <see langword="null"/>, the default, logs
    /// nothing.</param>
    /// <param name="meterFactory">Creates the meter <c>HttpQuery</c>; <see langword="null"/>, the default, uses a meter of the process,
    /// without the memory gauges.</param>
    /// <exception cref="ArgumentException">The name is not printable ASCII.</exception>
    public QueryCache(
        QueryCacheOptions options, IQueryCacheStore store, TimeProvider? timeProvider = null,
        ILoggerFactory? loggerFactory = null, IMeterFactory? meterFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(store);
        if (!CacheStatus.IsName(options.Name))
            throw new ArgumentException("QueryCacheOptions.Name must be printable ASCII, and not empty.", nameof(options));
        (Options, Time) = (options, timeProvider ?? TimeProvider.System);
        Pending = new(options.MaximumPendingSize);
        Telemetry = new(options.Name, Time, loggerFactory, meterFactory);
        Telemetry.ObservePending(() => Pending.Size);
        if (store is MemoryCacheStore memory) Telemetry.ObserveStore(() => memory.Size, () => memory.Count);
        Pending.Full = () => Telemetry.PendingFull(options.MaximumPendingSize);

        // Longer than any response: a response whose epoch is lost is not used.
        var epochLifetime = options.MaximumRetention < TimeSpan.MaxValue / 30 ? 30 * options.MaximumRetention : TimeSpan.MaxValue;
        var items = ByteItemStore.For(store, options.Rules);
        MaximumItemSize = items.MaximumItemSize;
        Store = new(items, options.StoreTimeout, Time, Telemetry);
        Epochs = new(Store, epochLifetime, options.MaximumRequestDuration, Time, Telemetry);
        Memo = new(options.MaximumMemoSize);
        RequestCollapser = new(options.CollapsePause, options.FollowerTimeout, Time);
    }

    /// <summary>The options of the cache.</summary>
    public QueryCacheOptions Options { get; }

    internal TimeProvider Time { get; }

    internal ResilientStore Store { get; }

    internal StoreEpochs Epochs { get; }

    internal TagMemo Tags { get; } = new();

    internal RequestCollapser RequestCollapser { get; }

    /// <summary>The largest item that can be stored, in bytes.</summary>
    internal long MaximumItemSize { get; }

    internal PendingMemory Pending { get; }

    internal CacheTelemetry Telemetry { get; }

    internal RequestMemo Memo { get; }

    internal ConcurrentDictionary<QueryCacheKey, bool> Revalidating { get; } = new();

    /// <summary>Looks up a request.</summary>
    /// <param name="request">The request; it is used until its response has ended.</param>
    /// <param name="cancellationToken">Cancels the wait for an identical request.</param>
    internal ValueTask<CacheDecision> LookUpAsync(CacheRequest request, CancellationToken cancellationToken = default)
    {
        var directives = RequestDirectives.Parse(request.Headers);
        if (request.Method is not ("GET" or "QUERY" or "HEAD"))
            return new(new CacheDecision.Forward(new(Context(CacheKeySet.None), new() { Reason = ForwardReason.Method }, null)));
        if (request.Content is not { } content || (request.Method is not "QUERY" && !content.IsEmpty))
            return new(RequestLookup.Bypass(Context(CacheKeySet.None), null));
        var trusted = Epochs.IsTrustedAsync();
        if (!trusted.IsCompletedSuccessfully) return LookUpAfterAsync(trusted, request, directives, cancellationToken);
        return trusted.Result
            ? RequestLookup.RunAsync(Context(Memo.GetOrAdd(Options, request)), cancellationToken)
            : new(RequestLookup.Bypass(Context(CacheKeySet.None), StorageRefusal.NoEpoch));

        RequestContext Context(CacheKeySet keys) => new(this, request, directives, keys);
    }

    private async ValueTask<CacheDecision> LookUpAfterAsync(
        ValueTask<bool> trusted, CacheRequest request, RequestDirectives directives, CancellationToken cancellationToken)
    {
        if (!await trusted.ConfigureAwait(false))
            return RequestLookup.Bypass(new(this, request, directives, CacheKeySet.None), StorageRefusal.NoEpoch);
        return await RequestLookup.RunAsync(new(this, request, directives, Memo.GetOrAdd(Options, request)), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Applies the invalidations of a response to an unsafe request, without an exchange: a request that was redirected was sent
    /// several times.</summary>
    internal ValueTask InvalidateAsync(CacheRequest request, int status, HeaderCollection headers) =>
        UnsafeRequestInvalidator.InvalidateAsync(
            new(this, request, RequestDirectives.Parse(request.Headers), CacheKeySet.None), status, headers);

    /// <summary>Invalidates everything stored for a URI, whatever the method, content and headers, and however clients spell the URI
    /// (docs/cache-key.md §9).</summary>
    /// <param name="uri">An absolute URI; its fragment is ignored.</param>
    /// <param name="cancellationToken">Checked before the store is called. An eviction that has begun always runs to its end: half of it
    /// would have no effect.</param>
    /// <returns><see langword="true"/> if the store was reached. If not, this process serves nothing until it has invalidated the whole
    /// store; other processes continue.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before the store was called; nothing is evicted.</exception>
    public ValueTask<bool> EvictAsync(Uri uri, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<bool>(cancellationToken);
        return Epochs.InvalidateAsync(CacheKeySet.GetResourceKey(uri));
    }

    /// <summary>Invalidates everything that has a tag, on all machines that share the store, and responses on their way to it as
    /// well.</summary>
    /// <param name="tag">The tag; not empty.</param>
    /// <param name="cancellationToken">Checked before the store is called. An eviction that has begun always runs to its end: half of it
    /// would have no effect.</param>
    /// <returns><see langword="true"/> if the store was reached. If not, this process serves nothing until it has invalidated the whole
    /// store; other processes continue.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before the store was called; nothing is evicted.</exception>
    public ValueTask<bool> EvictByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<bool>(cancellationToken);
        return Epochs.InvalidateAsync(EpochKeys.GetTagKey(tag));
    }

    internal TimeSpan GetRetention(StoredResponse response, DateTimeOffset now)
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
