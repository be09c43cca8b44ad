using HttpQuery.Caching.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

// What is told of a request: in Cache-Status, in metrics and in the log.
public sealed partial class CacheTransaction
{
    /// <summary>What has become of the request so far.</summary>
    public CacheStatus Status
    {
        get
        {
            var isForwarded = Result is not (CacheResult.Hit or CacheResult.MaxStale or CacheResult.StaleWhileRevalidate or CacheResult.Refused);
            var isStored = _isStored || _received is not null;
            return new()
            {
                Forward = isForwarded ? _reason : null,
                IsRefused = Action is CacheAction.Refuse,
                ForwardStatus = _forwardStatus,
                IsStored = isStored,
                IsCollapsed = _isCollapsed,
                TimeToLive = Action is CacheAction.Refuse ? null : (_stored?.Response ?? _received)?.RemainingLifetime(Now(_cache)),
                Detail = DetailOf(isForwarded && !isStored),
            };
        }
    }

    /// <summary>The result of the request so far.</summary>
    internal CacheResult Result
    {
        get
        {
            if (Action is CacheAction.Refuse) return CacheResult.Refused;
            if (_isHit && _isCollapsed is true) return CacheResult.Collapsed;
            if (_isHit)
            {
                return _reuse switch
                {
                    ReuseOutcome.ServeStaleAndRevalidate => CacheResult.StaleWhileRevalidate,
                    ReuseOutcome.ServeStale => CacheResult.MaxStale,
                    _ => CacheResult.Hit,
                };
            }
            if (_reason is ForwardReason.Method) return CacheResult.Method;
            if (_isStandIn) return CacheResult.StaleIfError;
            if (_isValidated) return CacheResult.Validated;
            if (_isFailed) return CacheResult.Failed;
            if (_reason is ForwardReason.Bypass) return CacheResult.Bypass;
            if (_forwardStatus is null && NeedsResponse) return CacheResult.Cancelled;
            return _request.IsBackground ? CacheResult.Revalidation : CacheResult.Miss;
        }
    }

    /// <summary>The lines of Cache-Status for a response that was forwarded (RFC 9211).</summary>
    /// <param name="upstream">The lines as they came from the origin.</param>
    /// <returns><paramref name="upstream"/> if <see cref="QueryCacheOptions.SendsCacheStatus"/> is off.</returns>
    public StringValues StatusValue(StringValues upstream) => _cache.Options.SendsCacheStatus ? Status.AppendTo(upstream, _cache.Options.Name) : upstream;

    private string? DetailOf(bool isNotStored)
    {
        if (_isStandIn) return "stale-if-error";
        if (Action is CacheAction.Refuse) return "only-if-cached";
        return isNotStored ? _refusal?.Detail : null;
    }

    // Each request is counted once: when it is known what it gets.
    private void End()
    {
        if (_isEnded) return;
        _isEnded = true;
        var telemetry = _cache.Telemetry;
        if (!telemetry.IsEnabled) return;
        telemetry.Count(_request.Method, Result);
        if (!telemetry.LogsRequests) return;
        telemetry.Log(_request.Method, Result, Status);
        if (_refusal is { } refusal && _request.IsStorable) telemetry.NotStored(_request.Method, refusal);
    }

    private void Refuse(StorageRefusal refusal)
    {
        if (_refusal is not null) return;
        _refusal = refusal;
        if (_isEnded && _cache.Telemetry.LogsRequests) _cache.Telemetry.NotStored(_request.Method, refusal);
    }
}
