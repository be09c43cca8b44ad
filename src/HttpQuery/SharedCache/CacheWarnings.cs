using System.Collections.Concurrent;
using HttpQuery.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HttpQuery.SharedCache;

/// <summary>What the log says about the application around the cache: each warning once.</summary>
internal sealed class CacheWarnings(ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<CacheBypass, bool> _warned = new();
    private bool _hasWarnedOfTokenClaims;

    public ILogger Logger { get; } = loggers.CreateLogger(Caching.Diagnostics.CacheTelemetry.LogCategory);

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
}
