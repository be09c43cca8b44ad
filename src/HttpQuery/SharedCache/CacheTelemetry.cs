using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using HttpQuery.Caching;
using HttpQuery.Identity;
using HttpQuery.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HttpQuery.SharedCache;

/// <summary>What operators see of the cache. Meter <c>HttpQuery</c>: <c>httpquery.cache.requests</c> ({request}), and of the store in memory <c>httpquery.cache.size</c> (By) and
/// <c>httpquery.cache.items</c> ({item}). Names: docs/caching.md.</summary>
internal sealed class CacheTelemetry
{
    private readonly Counter<long> _requests;
    private readonly ConcurrentDictionary<CacheBypass, bool> _warned = new();
    private bool _hasWarnedOfTokenClaims;

    public CacheTelemetry(IMeterFactory meters, ILoggerFactory loggers, IQueryCacheStore store)
    {
        Logger = loggers.CreateLogger("HttpQuery.Cache");
        var meter = meters.Create(QueryTelemetry.MeterName);
        _requests = meter.CreateCounter<long>("httpquery.cache.requests", "{request}", "Requests by what the cache did.");
        if (store is not MemoryCacheStore memory) return;
        meter.CreateObservableGauge("httpquery.cache.size", () => memory.Size, "By", "Memory that stored items take.");
        meter.CreateObservableGauge("httpquery.cache.items", () => memory.Count, "{item}", "Stored items.");
    }

    public ILogger Logger { get; }

    public void Count(string method, CacheTransaction transaction)
    {
        if (!_requests.Enabled) return;
        var known = method is "GET" or "HEAD" or "QUERY" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? method : "_OTHER";
        _requests.Add(1, new TagList { { "httpquery.cache.result", ResultOf(transaction) }, { "http.request.method", known } });
    }

    /// <summary>Says once, loudly, what is wrong with the order of the pipeline; the rest is for those who look.</summary>
    public void Bypass(CacheBypass bypass)
    {
        if (bypass.Remedy is { } remedy && _warned.TryAdd(bypass, true)) CacheLog.Misplaced(Logger, bypass.Reason, remedy);
        else CacheLog.Bypassed(Logger, bypass.Reason);
    }

    /// <summary>Warns once.</summary>
    public void WarnOfTokenClaims(HttpContext context)
    {
        if (!Volatile.Read(ref _hasWarnedOfTokenClaims) && UserDigest.ChangesWithToken(context) && !Interlocked.Exchange(ref _hasWarnedOfTokenClaims, true)) CacheLog.TokenClaims(Logger);
    }

    private static string ResultOf(CacheTransaction transaction) => transaction.Status switch
    {
        _ when transaction.Action is CacheAction.Refuse => "refused",
        { Forward: null } => transaction.ShouldRevalidate ? "stale" : "hit",
        { Forward: ForwardReason.Bypass or ForwardReason.Method } => "bypass",
        { ForwardStatus: 304, Forward: ForwardReason.Stale } => "validated",
        _ => "miss",
    };
}
