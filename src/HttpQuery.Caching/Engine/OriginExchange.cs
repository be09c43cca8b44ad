using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Rules;
using HttpQuery.Caching.Status;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Engine;

/// <summary>The second phase: a request is at the origin. Receives the response, once.</summary>
/// <remarks>Not thread-safe. Disposing it is always allowed: if no response came, the requests that wait for it continue. If a
/// <see cref="ResponseCapture"/> or a second exchange has taken something over, that object is responsible for it.</remarks>
internal sealed class OriginExchange : IDisposable
{
    private readonly RequestContext _context;
    private readonly RequestPlan _plan;
    private RequestCollapser.Leader? _leader;
    private bool _isUserUnknown;
    private bool _isOver;

    internal OriginExchange(RequestContext context, in RequestPlan plan, RequestCollapser.Leader? leader) =>
        (_context, _plan, _leader, _isUserUnknown) = (context, plan, leader, context.Request.IsUserUncertain);

    /// <summary>Whether the request's method is known to be safe: its response invalidates nothing.</summary>
    public bool IsSafe => _context.IsSafe;

    /// <summary>Conditions to forward in place of the request's own, and without its range; empty if the request is forwarded
    /// unchanged.</summary>
    public ValidationConditions Conditions => _plan.Validation?.Conditions ?? default;

    /// <summary>Whether the cache needs the response. If not, the request can be forwarded without <see cref="ReceiveAsync"/>.</summary>
    public bool NeedsResponse => !IsSafe || _plan.Flight is not null || _plan.Stored is not null;

    /// <summary>Reports that the response may be for another user than the one of the lookup: authentication ran, or
    /// credentials were added, after the lookup.</summary>
    /// <remarks>Then a response is stored only if RFC 9111 §3.5 lets caches share it, and it is stored for everyone. A 304 to the cache's
    /// own conditions leads to a retry, and no stale response stands in.</remarks>
    public void ReportUnknownUser() => _isUserUnknown = true;

    /// <summary>Returns the lines of Cache-Status for a response that is not handed over, because <see cref="NeedsResponse"/> is
    /// false.</summary>
    /// <param name="status">The status code, if there is one.</param>
    /// <param name="upstream">The lines that came with the response.</param>
    public StringValues StatusLines(int? status, StringValues upstream) => Outcome(PassedResult, status).ToLines(_context.Cache, upstream);

    /// <summary>Receives the head of the response. The invalidations of an unsafe request are complete when this returns: await it before
    /// the first byte of the response goes out.</summary>
    /// <exception cref="InvalidOperationException">The exchange has already received its response.</exception>
    public async ValueTask<ResponseAction> ReceiveAsync(OriginResponseHead response)
    {
        Use();
        var received = response.Headers as HeaderCollection ?? new HeaderCollection(response.Headers);
        var status = response.Status;
        if (!IsSafe)
        {
            await UnsafeRequestInvalidator.InvalidateAsync(_context, status, received).ConfigureAwait(false);
            return Relay(status, PassedResult, null);
        }
        if (_plan.Validation is { } validation && status == 304) return await FreshenAsync(validation, received).ConfigureAwait(false);

        var failure = response.IsUnreached ? OriginFailure.Disconnected : OriginFailure.Error;
        if ((response.IsUnreached || ReuseRules.IsError(status)) && await StandInAsync(failure).ConfigureAwait(false) is { } stale)
            return Serve(stale, CacheResult.StaleIfError, response.IsUnreached ? null : status);
        if (_context.Request.Method is "HEAD" && status == 200 && !_isUserUnknown && _plan.Stored is { } stored)
            await ResponseFreshener.CompareAsync(_context.Cache, stored, received).ConfigureAwait(false);
        return Store(response, received);
    }

    /// <summary>Reports that the response is for another request than the one that was looked up. Nothing is stored, and no stored
    /// response is used.</summary>
    /// <param name="status">The status code.</param>
    /// <param name="refusal">The reason, if it is reported.</param>
    /// <exception cref="InvalidOperationException">The exchange has already received its response.</exception>
    public ResponseAction Decline(int status, StorageRefusal? refusal)
    {
        Use();
        return _plan.Validation is not null && status == 304 ? Retry() : Relay(status, PassedResult, refusal);
    }

    /// <summary>Invalidates everything stored for the target of an unsafe request whose response is not known, for example because its
    /// handler threw an exception.</summary>
    public async ValueTask InvalidateTargetAsync() =>
        await _context.Cache.Epochs.InvalidateAsync(CacheKeySet.GetResourceKey(_context.Request)).ConfigureAwait(false);

    /// <summary>Ends the wait of the requests that wait for the response, because it is cut off.</summary>
    public void ReleaseFollowers() => Release(RequestCollapser.End.Failed);

    /// <summary>Reports that no response came.</summary>
    /// <returns>A stale response that stands in (RFC 9111 §4.2.4, RFC 5861 §4), or none.</returns>
    /// <exception cref="InvalidOperationException">The exchange has already received its response.</exception>
    public async ValueTask<CachedMessage?> FailAsync()
    {
        Use();
        var stale = await StandInAsync(OriginFailure.Disconnected).ConfigureAwait(false);
        Release(RequestCollapser.End.Failed);
        if (stale is not null) return Serve(stale, CacheResult.StaleIfError, null).Message;
        _context.Report(Outcome(IsSafe ? CacheResult.Failed : CacheResult.Method, null));
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Also after a response that could not be received.
        Release(RequestCollapser.End.Failed);
        if (_isOver) return;
        _isOver = true;
        _context.Report(Outcome(NeedsResponse && IsSafe ? CacheResult.Cancelled : PassedResult, null));
    }

    private void Use()
    {
        if (_isOver) throw new InvalidOperationException("The exchange has already received its response.");
        _isOver = true;
    }

    private CacheResult PassedResult => _plan.Reason switch
    {
        _ when !InvalidationRules.IsSafe(_context.Request.Method)
            || _context.Request.Method is not ("GET" or "QUERY" or "HEAD") => CacheResult.Method,
        ForwardReason.Bypass => CacheResult.Bypass,
        _ => _context.Request.IsBackground ? CacheResult.Revalidation : CacheResult.Miss,
    };

    private CacheOutcome Outcome(CacheResult result, int? status) =>
        new(result) { Reason = _plan.Reason, ForwardStatus = status, IsCollapsed = _plan.IsCollapsed, Refusal = _plan.Refusal };

    private ResponseAction.Relay Relay(int status, CacheResult result, StorageRefusal? refusal)
    {
        Release(RequestCollapser.End.NotShared);
        var outcome = Outcome(result, status) with { Refusal = refusal ?? _plan.Refusal };
        _context.Report(outcome);
        return new(_context.Cache, outcome);
    }

    private ResponseAction.Serve Serve(CachedResponse item, CacheResult result, int? status, bool isStored = false)
    {
        Release(isStored ? RequestCollapser.End.Stored : RequestCollapser.End.NotShared);
        var (cache, now) = (_context.Cache, _context.Cache.Time.GetUtcNow());
        var outcome = Outcome(result, status) with { IsStored = isStored, Response = item.Response };
        _context.Report(outcome);
        var lines = outcome.ToLines(cache, item.Response.Headers[CacheStatus.HeaderName]);
        var conditional = ValidationRules.EvaluateConditions(_context.Request.Headers, item.Response, now);
        return new(CachedMessage.Create(_context.Request, item, conditional, lines, now));
    }

    private ResponseAction.Retry Retry()
    {
        var leader = _leader;
        _leader = null;
        var exchange = new OriginExchange(_context, _plan with { Validation = null, Stored = null }, leader);
        if (_isUserUnknown) exchange.ReportUnknownUser();
        return new(exchange);
    }

    private ResponseAction Store(OriginResponseHead response, HeaderCollection received)
    {
        var result = response.IsUnreached ? CacheResult.Failed : PassedResult;
        if (_plan.Flight is not { } flight) return Relay(response.Status, result, null);
        var (cache, now) = (_context.Cache, _context.Cache.Time.GetUtcNow());
        if (ResponseStorage.GetRefusal(_context, response.Status, received, _plan.RequestTime, now, _isUserUnknown) is { } refusal)
            return Relay(response.Status, result, refusal);

        var rules = _context.Rules;
        var stored = new StoredResponse(rules, response.Status, StorageRules.SelectHeaders(received, rules.Mode), _plan.RequestTime, now);
        var storage = new ResponseStorage(_context, flight, stored);
        if ((storage.DeclaredLength ?? 0) > storage.MaximumLength) return Relay(response.Status, result, StorageRefusal.TooLong);
        var terms = response.Terms?.Invoke() ?? new(null, []);
        if (terms.Refusal is { } own) return Relay(response.Status, result, own);

        var leader = _leader;
        _leader = null;
        var outcome = Outcome(result, response.Status) with { IsStored = true, Response = stored };
        _context.Report(outcome);
        return new ResponseAction.RelayAndStore(cache, outcome, new(storage, terms, leader, _isUserUnknown));
    }

    private async ValueTask<ResponseAction> FreshenAsync(Validation validation, HeaderCollection notModified)
    {
        if (_isUserUnknown || ValidationRules.SelectForUpdate(notModified, validation.Stored.Item.Response).Count == 0) return Retry();
        var (item, isStored) =
            await ResponseFreshener.StoreAsync(_context, validation, _plan.RequestTime, notModified).ConfigureAwait(false);
        return Serve(item, CacheResult.Validated, 304, isStored);
    }

    // Meanwhile, an unsafe request may have invalidated the response that was found before.
    private async ValueTask<CachedResponse?> StandInAsync(OriginFailure failure)
    {
        if (_isUserUnknown || _plan.Stored is not { } stored
            || !ReuseRules.MayServeStaleOnError(failure, _context.Directives, stored.Item.Response, _context.Cache.Time.GetUtcNow()))
            return null;
        var reads = _context.Cache.Store.StartReading();
        bool isCurrent;
        while (!LookupResult.TryCheck(_context, reads, stored.Item, out isCurrent)) await reads.FetchAsync().ConfigureAwait(false);
        return isCurrent ? stored.Item : null;
    }

    private void Release(RequestCollapser.End end)
    {
        _leader?.Release(end);
        _leader = null;
    }
}
