using System.Diagnostics;
using System.Diagnostics.Metrics;
using HttpQuery.Caching.Status;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HttpQuery.Caching.Diagnostics;

/// <summary>Telemetry of a cache for operators: metrics of the meter <c>HttpQuery</c> and logs of category <c>HttpQuery.Cache</c>. Names:
/// docs/caching.md.</summary>
internal sealed class CacheTelemetry
{
    public const string MeterName = "HttpQuery";
    public const string LogCategory = "HttpQuery.Cache";

    private const string NameLabel = "httpquery.cache.name";

    // Without a container, one meter serves the whole process. A meter from the container's factory ends with the container.
    private static readonly Meter ProcessMeter = new(MeterName);

    private readonly string _name;
    private readonly Meter? _gauges;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _storeErrors;
    private readonly Counter<long> _distrusts;
    private readonly BoundedWarning _failures;
    private readonly BoundedWarning _timeouts;
    private readonly BoundedWarning _distrustWarnings;
    private readonly BoundedWarning _pendingWarnings;

    public CacheTelemetry(string name, TimeProvider time, ILoggerFactory? loggers, IMeterFactory? meters)
    {
        _name = name;
        Logger = loggers?.CreateLogger(LogCategory) ?? NullLogger.Instance;
        (_failures, _timeouts, _distrustWarnings, _pendingWarnings) = (new(time), new(time), new(time), new(time));

        // A process without a container may create a cache for each client, and gauges would keep each of them forever.
        _gauges = meters?.Create(MeterName);
        var meter = _gauges ?? ProcessMeter;
        _requests = meter.CreateCounter<long>("httpquery.cache.requests", "{request}", "Requests by result.");
        _storeErrors = meter.CreateCounter<long>("httpquery.cache.store.errors", "{error}",
            "Calls of the store that failed or took longer than StoreTimeout.");
        _distrusts = meter.CreateCounter<long>("httpquery.cache.store.distrusts", "{event}",
            "Invalidations that did not reach the store: nothing is served from it until all of it is invalidated.");
    }

    public ILogger Logger { get; }

    /// <summary>Whether the metrics or the log record results of requests.</summary>
    public bool IsEnabled => _requests.Enabled || LogsRequests;

    /// <summary>Whether the log records a line for each request.</summary>
    public bool LogsRequests => Logger.IsEnabled(LogLevel.Debug);

    /// <summary>Reports the memory of requests in progress, in bytes.</summary>
    public void ObservePending(Func<long> size) =>
        Observe("httpquery.cache.pending", "By", "Memory of contents and responses in progress.", size);

    /// <summary>Reports the memory of a store, in bytes, and the number of its items.</summary>
    public void ObserveStore(Func<long> size, Func<long> count)
    {
        Observe("httpquery.cache.size", "By", "Memory of stored items.", size);
        Observe("httpquery.cache.items", "{item}", "Stored items.", count);
    }

    public void Count(string method, CacheResult result) =>
        _requests.Add(1, new TagList
        {
            { "httpquery.cache.result", GetLabel(result) }, { "http.request.method", KnownMethod(method) }, { NameLabel, _name }
        });

    public void Log(string method, CacheResult result, CacheStatus status) =>
        CacheEvents.Ended(Logger, KnownMethod(method), GetLabel(result), status.ToFieldValue(_name));

    public void NotStored(string method, StorageRefusal refusal) => CacheEvents.NotStored(Logger, KnownMethod(method), refusal.Reason);

    public void StoreFailed(StoreOperation operation, Exception exception)
    {
        var name = GetName(operation);
        _storeErrors.Add(1, new TagList
        {
            { "httpquery.cache.store.operation", name }, { "error.type", exception.GetType().FullName }, { NameLabel, _name }
        });
        if (_failures.IsDue(out var count)) CacheEvents.StoreFailed(Logger, exception, name, count);
    }

    public void StoreTimedOut(StoreOperation operation, TimeSpan timeout, TimeSpan pause)
    {
        var name = GetName(operation);
        _storeErrors.Add(1, new TagList
        {
            { "httpquery.cache.store.operation", name }, { "error.type", "timeout" }, { NameLabel, _name }
        });
        if (_timeouts.IsDue(out var count)) CacheEvents.StoreTimedOut(Logger, timeout, name, count, pause);
    }

    public void Distrusted()
    {
        _distrusts.Add(1, new KeyValuePair<string, object?>(NameLabel, _name));
        if (_distrustWarnings.IsDue(out var count)) CacheEvents.Distrusted(Logger, count);
    }

    public void Trusted() => CacheEvents.Trusted(Logger);

    public void PendingFull(long maximumSize)
    {
        if (_pendingWarnings.IsDue(out var count)) CacheEvents.PendingFull(Logger, maximumSize, count);
    }

    private void Observe(string instrument, string unit, string description, Func<long> value)
    {
        KeyValuePair<string, object?>[] tags = [new(NameLabel, _name)];
        _gauges?.CreateObservableGauge(instrument, () => new Measurement<long>(value(), tags), unit, description);
    }

    public static string GetLabel(CacheResult result) => result switch
    {
        CacheResult.Hit => "hit",
        CacheResult.StaleWhileRevalidate => "stale_while_revalidate",
        CacheResult.MaxStale => "max_stale",
        CacheResult.StaleIfError => "stale_if_error",
        CacheResult.Validated => "validated",
        CacheResult.Collapsed => "collapsed",
        CacheResult.Miss => "miss",
        CacheResult.Revalidation => "revalidation",
        CacheResult.Bypass => "bypass",
        CacheResult.Method => "method",
        CacheResult.Refused => "refused",
        CacheResult.Failed => "failed",
        _ => "cancelled",
    };

    // A label needs a bounded set of values, but a client can send any method.
    private static string KnownMethod(string method) =>
        method is "GET" or "HEAD" or "QUERY" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? method : "_OTHER";

    private static string GetName(StoreOperation operation) => operation switch
    {
        StoreOperation.Read => "read",
        StoreOperation.Write => "write",
        _ => "invalidate",
    };
}

/// <summary>The operations of a store.</summary>
internal enum StoreOperation
{
    Read,
    Write,
    Invalidate,
}
