using Microsoft.Extensions.Logging;

namespace HttpQuery.SharedCache;

/// <summary>All log messages of the cache. None contains the content or any other data that a client sent.</summary>
internal static partial class CacheLog
{
    [LoggerMessage(20, LogLevel.Debug, "A request passes by the cache: {Reason}.")]
    public static partial void Bypassed(ILogger logger, string reason);

    [LoggerMessage(21, LogLevel.Warning, "Requests pass by the cache: {Reason}. {Remedy}")]
    public static partial void Misplaced(ILogger logger, string reason, string remedy);

    [LoggerMessage(22, LogLevel.Error, "An endpoint failed; its stored response is served, as stale-if-error allows.")]
    public static partial void ServedStored(ILogger logger, Exception exception);

    [LoggerMessage(23, LogLevel.Warning, "A revalidation in the background failed; the stored response stays as it is.")]
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
        + "nothing is cached. Call app.UseHttpQueryCache() behind UseAuthorization().")]
    public static partial void NotInPipeline(ILogger logger);
}
