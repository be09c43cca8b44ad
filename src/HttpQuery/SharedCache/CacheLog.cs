using Microsoft.Extensions.Logging;

namespace HttpQuery.SharedCache;

/// <summary>All log messages of the cache. None contains the content or any other data that a client sent.</summary>
internal static partial class CacheLog
{
    [LoggerMessage(20, LogLevel.Debug, "A request bypasses the cache: {Reason}.")]
    public static partial void Bypassed(ILogger logger, string reason);

    [LoggerMessage(21, LogLevel.Warning, "Requests bypass the cache: {Reason}. {Remedy}")]
    public static partial void Misplaced(ILogger logger, string reason, string remedy);

    [LoggerMessage(22, LogLevel.Error, "An endpoint failed. Its stored response is served, because stale-if-error allows it.")]
    public static partial void ServedStored(ILogger logger, Exception exception);

    [LoggerMessage(23, LogLevel.Warning, "A background revalidation failed. The stored response stays unchanged.")]
    public static partial void RevalidationFailed(ILogger logger, Exception exception);

    [LoggerMessage(24, LogLevel.Error,
        "PartitionBy or UserBy threw an exception; the request bypasses the cache, or its response is not stored.")]
    public static partial void PolicyFailed(ILogger logger, Exception exception);

    [LoggerMessage(25, LogLevel.Warning,
        "The claims of authenticated users change with each token (jti, iat, exp and the like), "
        + "so each renewed token counts as a new user. "
        + "Name the user with .CacheQuery(policy => policy.UserBy(context => context.User.FindFirst(\"sub\")?.Value)).")]
    public static partial void TokenClaims(ILogger logger);

    [LoggerMessage(26, LogLevel.Error, "Tag threw an exception; the response is not stored.")]
    public static partial void TagsFailed(ILogger logger, Exception exception);

    [LoggerMessage(27, LogLevel.Warning,
        "Endpoints have a cache policy (CacheQuery), but the cache is not in the pipeline: "
        + "nothing is cached. Call app.UseHttpQueryCache() after UseAuthorization().")]
    public static partial void NotInPipeline(ILogger logger);
}
