using Microsoft.Extensions.Logging;

namespace HttpQuery.Diagnostics;

/// <summary>All log messages of a client's handlers, except its cache. They contain methods, statuses and origins, but never paths, URI
/// queries, credentials or content.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(40, LogLevel.Debug, "HttpClient '{Client}': {Method} was redirected with {Status}. {Next} is sent to {Origin}.")]
    public static partial void Redirected(ILogger logger, string client, string method, int status, string next, string origin);

    [LoggerMessage(41, LogLevel.Warning, "HttpClient '{Client}': {Method} was redirected with {Status}, and the redirect was not followed. "
        + "{Reason} The caller gets the redirect response. Redirects not followed since the last warning: {Count}.")]
    public static partial void RedirectRefused(ILogger logger, string client, string method, int status, string reason, long count);

    [LoggerMessage(42, LogLevel.Debug, "HttpClient '{Client}': the content of a query is sent again. Reason: {Reason}.")]
    public static partial void Replayed(ILogger logger, string client, string reason);

    [LoggerMessage(43, LogLevel.Debug, "HttpClient '{Client}': {Method} is sent in place of QUERY. Reason: {Reason}.")]
    public static partial void FellBack(ILogger logger, string client, string method, string reason);

    [LoggerMessage(44, LogLevel.Information, "HttpClient '{Client}': QUERY does not work at {Origin} ({Reason}). "
        + "Queries to the paths that were named for the fallback are sent in another way. QUERY is tried again after {Lifetime}.")]
    public static partial void LearnedFallback(ILogger logger, string client, string origin, string reason, TimeSpan lifetime);

    [LoggerMessage(45, LogLevel.Debug, "HttpClient '{Client}': the server refused {Refused} with 415. The query is sent as {Accepted}.")]
    public static partial void Renegotiated(ILogger logger, string client, MediaType refused, MediaType accepted);

    [LoggerMessage(46, LogLevel.Debug, "HttpClient '{Client}': a GET of an earlier Location got {Status}, which {Is} used as the "
        + "response to the query.")]
    public static partial void Switched(ILogger logger, string client, int? status, string @is);
}
