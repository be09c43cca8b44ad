using Microsoft.Extensions.Logging;

namespace HttpQuery.Diagnostics;

/// <summary>All log messages of this package. None contains the content or any other data that a client sent.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "A request to a path with a QUERY endpoint was refused with {Status}: {Reason}.")]
    public static partial void Rejected(ILogger logger, int status, string reason);

    [LoggerMessage(2, LogLevel.Debug,
        "The response to a QUERY is longer than {MaximumLength} bytes or streamed. "
        + "It is sent without an entity tag and without ranges.")]
    public static partial void ResponseNotBuffered(ILogger logger, int maximumLength);

    [LoggerMessage(3, LogLevel.Debug,
        "The content of a QUERY is longer than {MaximumLength} bytes. It has no key, and its conditions are not evaluated.")]
    public static partial void ContentNotBuffered(ILogger logger, int maximumLength);

    [LoggerMessage(4, LogLevel.Warning,
        "The store of equivalent resources and results failed, {Count} times since the last warning. Meanwhile, responses name no URI, or "
        + "a GET of one gets 503.")]
    public static partial void LocationStoreFailed(ILogger logger, Exception exception, long count);

    [LoggerMessage(5, LogLevel.Warning,
        "HttpQuery:LocationKeys is empty. The URIs of equivalent resources and results are valid in this process alone, until it ends. "
        + "Set one secret of at least 32 characters.")]
    public static partial void NoLocationKeys(ILogger logger);

    [LoggerMessage(6, LogLevel.Debug,
        "Long queries and results are kept in the memory of this process. Other machines do not find them, unless all use one "
        + "IDistributedCache.")]
    public static partial void LocationsInMemory(ILogger logger);

    [LoggerMessage(10, LogLevel.Debug, "A QUERY bypasses output caching: {Obstacle}.")]
    public static partial void BypassesOutputCaching(ILogger logger, string obstacle);

    [LoggerMessage(11, LogLevel.Debug, "The response to a QUERY is not stored by output caching: {Obstacle}.")]
    public static partial void NotStoredByOutputCaching(ILogger logger, string obstacle);
}
