using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Epochs;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Rules;
using HttpQuery.Caching.Status;

namespace HttpQuery.Caching.Engine;

/// <summary>The first phase: reads the store, waits for an identical request, and decides.</summary>
internal static class RequestLookup
{
    public static ValueTask<CacheDecision> RunAsync(RequestContext context, CancellationToken cancellationToken) =>
        context.Cache.Store.IsImmediate && TryServe(context) is { } served ? new(served) : RunSlowlyAsync(context, cancellationToken);

    // A hit in memory needs no wait, and no preparation for a forward.
    private static CacheDecision.Serve? TryServe(RequestContext context)
    {
        if (!LookupResult.TryFind(context, context.Cache.Store.StartReading(), out var finding) || finding.Response is null) return null;
        var plan = Decide(context, finding, GetRequestRefusal(context));
        return plan is { Action: PlannedAction.Serve, Stored: { } stored } ? Serve(context, plan, stored, GetResult(plan.Reuse)) : null;
    }

    private static async ValueTask<CacheDecision> RunSlowlyAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var cache = context.Cache;
        var start = cache.Time.GetTimestamp();
        var (leader, isCollapsed, awaited) = (default(RequestCollapser.Leader), default(bool?), default(QueryCacheKey?));
        var (finding, plan) = await ReadAsync(context).ConfigureAwait(false);
        try
        {
            while (plan.Flight is not null && leader is null && MayCollapse(context))
            {
                // The response was of no use here, so do not wait for it again.
                var key = finding.Variant ?? context.Keys.Primary;
                if (key == awaited) break;
                cache.RequestCollapser.Join(new(key, plan.Flight.Resource.Marker.Number), out leader, out var follower);
                if (leader is not null && cache.Store.IsImmediate)
                {
                    // Another request may have stored it between the lookup and now.
                    (finding, plan) = await ReadAsync(context).ConfigureAwait(false);
                    if (plan is { Action: PlannedAction.Serve, Stored: { } found })
                    {
                        leader.Release(RequestCollapser.End.Stored);
                        return Serve(context, plan, found, GetResult(plan.Reuse));
                    }
                }
                if (follower is null) break;

                var left = cache.Options.CollapseTimeout - cache.Time.GetElapsedTime(start);
                var waited = await follower.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cache.Time, cancellationToken)
                    .ConfigureAwait(false);
                (awaited, leader, isCollapsed) = (key, waited.Leader, false);
                if (waited.End is RequestCollapser.End.TimedOut)
                {
                    follower.Leader.Release(RequestCollapser.End.NotShared);
                    break;
                }

                var reason = plan.Reason;
                (finding, plan) = await ReadAsync(context).ConfigureAwait(false);
                if (plan is { Action: PlannedAction.Serve, Stored: { } shared })
                {
                    leader?.Release(RequestCollapser.End.Stored);
                    return Serve(context, plan with { Reason = reason }, shared, CacheResult.Collapsed);
                }
            }
        }
        catch
        {
            // The client left during the wait. No other code counts this request.
            leader?.Release(RequestCollapser.End.Failed);
            context.Report(new(CacheResult.Cancelled) { Reason = plan.Reason, IsCollapsed = isCollapsed });
            throw;
        }

        return plan.Action switch
        {
            PlannedAction.Serve when plan.Stored is { } stored => Serve(context, plan, stored, GetResult(plan.Reuse)),
            PlannedAction.Refuse => Refuse(context),
            _ => new CacheDecision.Forward(
                new(context, plan with { IsCollapsed = isCollapsed, RequestTime = cache.Time.GetUtcNow() }, leader)),
        };
    }

    /// <summary>Decides about a request that cannot be looked up.</summary>
    public static CacheDecision Bypass(RequestContext context, StorageRefusal? refusal)
    {
        if (context.Directives.OnlyIfCached) return Refuse(context);
        return new CacheDecision.Forward(new(context, new() { Reason = ForwardReason.Bypass, Refusal = refusal }, null));
    }

    private static CacheDecision.Refuse Refuse(RequestContext context)
    {
        var outcome = new CacheOutcome(CacheResult.Refused);
        context.Report(outcome);
        return new(outcome.ToLines(context.Cache, default));
    }

    private static CacheDecision.Serve Serve(RequestContext context, in RequestPlan plan, StoredItem stored, CacheResult result)
    {
        var cache = context.Cache;
        var outcome = new CacheOutcome(result)
        {
            Reason = plan.Reason,
            IsCollapsed = result is CacheResult.Collapsed ? true : null,
            Response = stored.Item.Response
        };
        context.Report(outcome);

        // Never for a request with only-if-cached: it must not reach the origin.
        var isStale = plan.Reuse is ReuseOutcome.ServeStaleAndRevalidate && !context.Directives.OnlyIfCached;
        var (now, isWhole) = (cache.Time.GetUtcNow(),
            plan.Conditional is not ConditionalResult.NotModified
                && context.Request.Method is not "HEAD" && context.Request.Headers["Range"].Count == 0);
        if (!isWhole || isStale || result is not CacheResult.Hit)
            return new(Message(context, stored.Item, plan.Conditional, outcome, now), isStale ? new(cache, stored.Key) : null);

        // Many clients get the same response within one second.
        var response = stored.Item.Response;
        var (age, left) = (CachedMessage.ToSeconds(response.CurrentAge(now)), CacheStatus.ToSeconds(response.RemainingLifetime(now)));
        if (stored.Item.LastHit is CachedHit last && last.IsFor(cache.Options, age, left)) return last.Decision;
        var decision = new CacheDecision.Serve(Message(context, stored.Item, plan.Conditional, outcome, now), null);
        stored.Item.LastHit = new CachedHit(cache.Options, age, left, decision);
        return decision;
    }

    private static CachedMessage Message(
        RequestContext context, CachedResponse item, ConditionalResult conditional, in CacheOutcome outcome, DateTimeOffset now) =>
        CachedMessage.Create(
            context.Request, item, conditional, outcome.ToLines(context.Cache, item.Response.Headers[CacheStatus.HeaderName], now), now);

    private static CacheResult GetResult(ReuseOutcome reuse) => reuse switch
    {
        ReuseOutcome.ServeStaleAndRevalidate => CacheResult.StaleWhileRevalidate,
        ReuseOutcome.ServeStale => CacheResult.MaxStale,
        _ => CacheResult.Hit,
    };

    // Excludes requests that another response cannot satisfy: parts, conditions, and requests that ask for more than a fresh response.
    // Events are excluded, too: a client must be there when they come.
    private static bool MayCollapse(RequestContext context) =>
        context.Cache.Options.CollapseTimeout > TimeSpan.Zero && context.Directives == default && !context.Request.HasConditions
        && context.Request.Headers["Range"].Count == 0
        && !context.Request.Headers["Accept"].Any(line => line?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) is true);

    private static StorageRefusal? GetRequestRefusal(RequestContext context)
    {
        var (request, directives) = (context.Request, context.Directives);
        if (!request.IsStorable) return null;
        return directives.NoStore || (request.Method is "QUERY" && !StorageRules.HasContentType(request.Headers))
            ? StorageRefusal.FromRequest(directives.NoStore)
            : null;
    }

    // One step on a remote store, two if the response varies or has tags that were not known.
    private static async ValueTask<(LookupResult LookupResult, RequestPlan Plan)> ReadAsync(RequestContext context)
    {
        var cache = context.Cache;
        var refusal = GetRequestRefusal(context);
        var mayStore = refusal is null && context.Request.IsStorable;
        var begin = cache.Epochs.Now;
        var reads = cache.Store.StartReading();
        var tags = mayStore ? cache.Tags.GetKeys(context) : [];
        if (reads.IsRemote)
        {
            // Data for a miss is read in the same step. In memory a later read costs nothing.
            reads.Want(context.Keys.Primary);
            if (context.IsOfUser) reads.Want(context.Keys.Shared);
            if (mayStore) FlightStart.TryRead(reads, begin, context.Keys.Resource, tags, out _);
        }
        LookupResult finding;
        while (!LookupResult.TryFind(context, reads, out finding)) await reads.FetchAsync().ConfigureAwait(false);

        if (reads.IsRemote && finding.Response is { } found) cache.Tags.Add(context, found);

        var plan = Decide(context, finding, refusal);
        if (!mayStore || plan.Action is not PlannedAction.Forward || plan.Refusal is not null) return (finding, plan);

        FlightStart flight;
        while (!FlightStart.TryRead(reads, begin, context.Keys.Resource, tags, out flight)) await reads.FetchAsync().ConfigureAwait(false);
        if (flight.IsDoubtful) return (finding, plan with { Refusal = StorageRefusal.NoEpoch });
        var conditions = plan.Stored is { } known ? ValidationRules.Conditions(known.Item.Response) : default;
        return (finding, plan with
        {
            Flight = flight,
            Validation = plan.Stored is { } stored && !conditions.IsEmpty ? new(stored, conditions, flight) : null
        });
    }

    private static RequestPlan Decide(RequestContext context, in LookupResult finding, StorageRefusal? refusal)
    {
        var (request, directives, now) = (context.Request, context.Directives, context.Cache.Time.GetUtcNow());
        var missed = finding.Variant is null ? ForwardReason.UriMiss : ForwardReason.VaryMiss;
        if (finding.Response is not { } item)
            return directives.OnlyIfCached ? new() { Action = PlannedAction.Refuse } : new() { Reason = missed, Refusal = refusal };

        var decision = ReuseRules.Decide(directives, item.Response, now);
        if (decision.Outcome is ReuseOutcome.Unsatisfiable) return new() { Action = PlannedAction.Refuse };
        var conditional = ValidationRules.EvaluateConditions(request.Headers, item.Response, now);
        if (conditional is ConditionalResult.Forward)
            return directives.OnlyIfCached
                ? new() { Action = PlannedAction.Refuse }
                : new()
                {
                    Reason = ForwardReason.Request,
                    Refusal = StorageRefusal.Conditional,
                    Conditional = conditional,
                    Reuse = decision.Outcome
                };

        // The response was made for an anonymous visitor, but a later handler may sign this request in.
        if (request.IsUserUncertain && !context.AllowsSharing(item.Response.Directives))
            return directives.OnlyIfCached
                ? new() { Action = PlannedAction.Refuse }
                : new() { Reason = ForwardReason.Bypass, Refusal = StorageRefusal.UnknownUser };

        var stored = item.At(finding.Key);
        if (decision.IsServed)
            return new()
            {
                Action = PlannedAction.Serve,
                Reason = missed,
                Refusal = refusal,
                Conditional = conditional,
                Reuse = decision.Outcome,
                Stored = stored
            };
        return new()
        {
            Reason = decision.Reason is ReuseReason.Stale or ReuseReason.StaleForbidden ? ForwardReason.Stale : ForwardReason.Request,
            Refusal = refusal,
            Conditional = conditional,
            Reuse = decision.Outcome,
            Stored = stored,
        };
    }
}
