using Microsoft.Extensions.Logging;

namespace HttpQuery.Caching.Diagnostics;

/// <summary>All log messages of the engine. They never contain content, keys, or anything else that a client sent.</summary>
internal static partial class CacheEvents
{
    [LoggerMessage(40, LogLevel.Debug, "{Method}: {Result} ({Status}).")]
    public static partial void Ended(ILogger logger, string method, string result, string status);

    [LoggerMessage(41, LogLevel.Debug, "The response to a {Method} request is not stored, because {Reason}.")]
    public static partial void NotStored(ILogger logger, string method, string reason);

    [LoggerMessage(42, LogLevel.Warning,
        "The cache's store failed ({Operation}), {Count} times since the last warning. Meanwhile, requests are forwarded.")]
    public static partial void StoreFailed(ILogger logger, Exception exception, string operation, long count);

    [LoggerMessage(43, LogLevel.Warning,
        "The cache's store took longer than {Timeout} ({Operation}), {Count} times since the last warning. "
        + "Requests are forwarded, and the store is skipped for {Pause}. If the store works, raise StoreTimeout.")]
    public static partial void StoreTimedOut(ILogger logger, TimeSpan timeout, string operation, long count, TimeSpan pause);

    [LoggerMessage(44, LogLevel.Error,
        "An invalidation did not reach the cache's store, {Count} times since the last such message. "
        + "This process serves nothing from the store until it has invalidated all of it; "
        + "other processes may serve the invalidated responses until they are stale.")]
    public static partial void Distrusted(ILogger logger, long count);

    [LoggerMessage(45, LogLevel.Information,
        "The cache's store can be written again. Everything in it was invalidated, and it is used again.")]
    public static partial void Trusted(ILogger logger);

    [LoggerMessage(46, LogLevel.Warning,
        "MaximumPendingSize ({MaximumSize} bytes) is used up by requests in progress: {Count} contents or responses, "
        + "the oldest first, bypassed the cache or were not stored since the last warning. "
        + "Slow clients or a limit too low for the traffic cause this. Contents can use half of it.")]
    public static partial void PendingFull(ILogger logger, long maximumSize, long count);
}
