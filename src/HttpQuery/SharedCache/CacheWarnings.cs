using System.Collections.Concurrent;
using HttpQuery.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HttpQuery.SharedCache;

/// <summary>Logs problems of the application around the cache; each warning is logged once.</summary>
internal sealed class CacheWarnings(ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<CacheBypass, bool> _warned = new();
    private bool _hasWarnedAboutTokenClaims;

    public ILogger Logger { get; } = loggers.CreateLogger(Caching.Diagnostics.CacheTelemetry.LogCategory);

    /// <summary>Logs a bypass that has a remedy, such as a wrong pipeline order, once as a warning; all others at debug level.</summary>
    public void LogBypass(CacheBypass bypass)
    {
        if (bypass.Remedy is { } remedy && _warned.TryAdd(bypass, true)) CacheLog.Misplaced(Logger, bypass.Reason, remedy);
        else CacheLog.Bypassed(Logger, bypass.Reason);
    }

    /// <summary>Warns once if the user's claims change with each token.</summary>
    public void WarnAboutTokenClaims(HttpContext context)
    {
        if (!Volatile.Read(ref _hasWarnedAboutTokenClaims)
            && UserDigest.ChangesWithToken(context)
            && !Interlocked.Exchange(ref _hasWarnedAboutTokenClaims, true))
            CacheLog.TokenClaims(Logger);
    }
}
