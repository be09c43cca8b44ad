using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Epochs;

namespace HttpQuery.Caching;

/// <summary>The first phase: reads the store, waits for another request that asks the same, and decides.</summary>
internal static class RequestLookup
{
    public static async ValueTask<CacheDecision> RunAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var cache = context.Cache;
        var start = cache.Time.GetTimestamp();
        var (leader, isCollapsed, awaited) = (default(Collapsing.Leader), default(bool?), default(QueryCacheKey?));
        var (finding, plan) = await ReadAsync(context).ConfigureAwait(false);
        try
        {
            while (plan.Flight is not null && leader is null && MayCollapse(context))
            {
                // What came was of no use here. It is not waited for again.
                var key = finding.Variant ?? context.Keys.Primary;
                if (key == awaited) break;
                cache.Collapsing.Join(new(key, plan.Flight.Resource.Marker.Number, plan.Flight.Resource.Epoch.Number), out leader, out var follower);
                if (leader is not null && cache.Store.IsImmediate)
                {
                    // Another may have stored it between the lookup and now.
                    (finding, plan) = await ReadAsync(context).ConfigureAwait(false);
                    if (plan.Action is PlannedAction.Serve)
                    {
                        leader.Release(Collapsing.End.Stored);
                        return Serve(context, plan, ResultOf(plan.Reuse));
                    }
                }
                if (follower is null) break;

                var left = cache.Options.CollapseTimeout - cache.Time.GetElapsedTime(start);
                var waited = await follower.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cache.Time, cancellationToken).ConfigureAwait(false);
                (awaited, leader, isCollapsed) = (key, waited.Leader, false);
                if (waited.End is Collapsing.End.TimedOut)
                {
                    follower.Leader.Release(Collapsing.End.NotShared);
                    break;
                }

                var reason = plan.Reason;
                (finding, plan) = await ReadAsync(context).ConfigureAwait(false);
                if (plan.Action is PlannedAction.Serve)
                {
                    leader?.Release(Collapsing.End.Stored);
                    return Serve(context, plan with { Reason = reason }, CacheResult.Collapsed);
                }
            }
        }
        catch
        {
            // Its client left while it waited. Nobody else counts it.
            leader?.Release(Collapsing.End.Failed);
            context.Report(new(CacheResult.Cancelled) { Reason = plan.Reason, IsCollapsed = isCollapsed });
            throw;
        }

        return plan.Action switch
        {
            PlannedAction.Serve => Serve(context, plan, ResultOf(plan.Reuse)),
            PlannedAction.Refuse => Refuse(context),
            _ => new CacheDecision.Forward(new(context, plan with { IsCollapsed = isCollapsed, RequestTime = cache.Time.GetUtcNow() }, leader)),
        };
    }

    /// <summary>A request that cannot be looked up.</summary>
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

    private static CacheDecision.Serve Serve(RequestContext context, ForwardPlan plan, CacheResult result)
    {
        var (cache, stored) = (context.Cache, plan.Stored!);
        var outcome = new CacheOutcome(result) { Reason = plan.Reason, IsCollapsed = result is CacheResult.Collapsed ? true : null, Response = stored.Item.Response };
        context.Report(outcome);
        var lines = outcome.ToLines(cache, stored.Item.Response.Fields[CacheStatus.FieldName]);
        var message = CachedMessage.Of(context.Request, stored.Item, plan.Conditional, lines, cache.Time.GetUtcNow());

        // Never for a request with only-if-cached: the origin is not to be asked for it.
        var isStale = plan.Reuse is ReuseOutcome.ServeStaleAndRevalidate && !context.Directives.OnlyIfCached;
        return new(message, isStale ? new(cache, stored.Key) : null);
    }

    private static CacheResult ResultOf(ReuseOutcome reuse) => reuse switch
    {
        ReuseOutcome.ServeStaleAndRevalidate => CacheResult.StaleWhileRevalidate,
        ReuseOutcome.ServeStale => CacheResult.MaxStale,
        _ => CacheResult.Hit,
    };

    // What another answer could not stand for: parts, conditions, and requests that ask for more than what is fresh; and events, for which a client has to be there when they come.
    private static bool MayCollapse(RequestContext context) =>
        context.Cache.Options.CollapseTimeout > TimeSpan.Zero && context.Directives == default && !context.Request.HasConditions && context.Request.Fields["Range"].Count == 0
        && !context.Request.Fields["Accept"].Any(line => line?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) is true);

    private static StorageRefusal? RefusalOfRequest(RequestContext context)
    {
        var (request, directives) = (context.Request, context.Directives);
        if (!request.IsStorable) return null;
        return directives.NoStore || (request.Method is "QUERY" && !StorageRules.HasContentType(request.Fields)) ? StorageRefusal.OfRequest(directives.NoStore) : null;
    }

    // One step on a remote store, two where the response varies or has tags that were not known.
    private static async ValueTask<(Finding Finding, ForwardPlan Plan)> ReadAsync(RequestContext context)
    {
        var cache = context.Cache;
        var refusal = RefusalOfRequest(context);
        var mayStore = refusal is null && context.Request.IsStorable;
        var moment = cache.Epochs.Own.Now;
        var reads = new StoreReads(cache.Store);
        var tags = mayStore ? cache.Tags.Of(context) : [];
        if (reads.IsRemote)
        {
            // What a miss needs to know is read in the same step. In memory it costs nothing to look later.
            reads.Want(context.Keys.Primary);
            if (context.IsOfUser) reads.Want(context.Keys.Shared);
            if (mayStore) cache.Epochs.TryStart(reads, moment, context.Keys.Resource, tags, out _);
        }
        Finding finding;
        while (!Finding.TryFind(context, reads, out finding)) await reads.FetchAsync().ConfigureAwait(false);

        if (reads.IsRemote && finding.Response is { } found) cache.Tags.Add(context, found);

        var plan = Decide(context, finding, refusal);
        if (!mayStore || plan.Action is not PlannedAction.Forward || plan.Refusal is not null) return (finding, plan with { Conditions = default });

        FlightStart flight;
        while (!cache.Epochs.TryStart(reads, moment, context.Keys.Resource, tags, out flight)) await reads.FetchAsync().ConfigureAwait(false);
        return (finding, flight.IsDoubtful ? plan with { Conditions = default, Refusal = StorageRefusal.NoEpoch } : plan with { Flight = flight });
    }

    private static ForwardPlan Decide(RequestContext context, Finding finding, StorageRefusal? refusal)
    {
        var (request, directives, now) = (context.Request, context.Directives, context.Cache.Time.GetUtcNow());
        var plan = new ForwardPlan { Reason = finding.Variant is null ? ForwardReason.UriMiss : ForwardReason.VaryMiss, Refusal = refusal };
        if (finding.Response is not { } item) return directives.OnlyIfCached ? new() { Action = PlannedAction.Refuse } : plan;

        var decision = ReuseRules.Decide(directives, item.Response, now);
        if (decision.Outcome is ReuseOutcome.Unsatisfiable) return new() { Action = PlannedAction.Refuse };
        plan = plan with { Conditional = ValidationRules.Answer(request.Fields, item.Response, now), Reuse = decision.Outcome };
        if (plan.Conditional is ConditionalAnswer.Forward)
            return directives.OnlyIfCached ? new() { Action = PlannedAction.Refuse } : plan with { Reason = ForwardReason.Request, Refusal = StorageRefusal.Conditional };

        // An answer to a visitor, while a handler below may be about to sign this request in.
        if (request.IsUserUncertain && !context.AllowsSharing(item.Response.Directives))
            return directives.OnlyIfCached ? new() { Action = PlannedAction.Refuse } : new() { Reason = ForwardReason.Bypass, Refusal = StorageRefusal.UnknownUser };

        plan = plan with { Stored = new(item, finding.Key) };
        if (decision.IsServed) return plan with { Action = PlannedAction.Serve };
        return plan with
        {
            Reason = decision.Reason is ReuseReason.Stale or ReuseReason.StaleForbidden ? ForwardReason.Stale : ForwardReason.Request,
            Conditions = ValidationRules.Conditions(item.Response),
        };
    }
}
