using Microsoft.Extensions.Logging;

namespace HttpQuery.Diagnostics;

/// <summary>All log messages of the private cache. They contain names of headers, but never their values or content.</summary>
internal static partial class PrivateCacheLog
{
    [LoggerMessage(30, LogLevel.Warning, "Credentials were added below the private cache of HttpClient '{Client}' ({Headers}), "
        + "by a handler or by the primary handler's own credentials. "
        + "The cache cannot tell the users of such requests apart, so it stores and serves only responses that say public or s-maxage. "
        + "If a handler adds them, move it above the cache: call AddHttpMessageHandler before AddQueryCache.")]
    public static partial void CredentialsBelow(ILogger logger, string client, string headers);

    [LoggerMessage(31, LogLevel.Warning, "PrivateCacheOptions.Partition returned another key below the private cache "
        + "of HttpClient '{Client}' than above it. "
        + "The response was not stored, unless it says public or s-maxage. "
        + "A handler that sends a copy of the request must copy its Options, too.")]
    public static partial void PartitionChanged(ILogger logger, string client);

    [LoggerMessage(32, LogLevel.Information, "HttpClient '{Client}' got no response from the origin. "
        + "The private cache served a stale response, as stale-if-error allows.")]
    public static partial void ServedInstead(ILogger logger, string client, Exception exception);

    [LoggerMessage(33, LogLevel.Information, "A background revalidation failed for HttpClient '{Client}'. "
        + "The stored response stays as it is.")]
    public static partial void RevalidationFailed(ILogger logger, string client, Exception exception);
}
