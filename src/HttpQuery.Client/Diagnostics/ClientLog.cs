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
}
