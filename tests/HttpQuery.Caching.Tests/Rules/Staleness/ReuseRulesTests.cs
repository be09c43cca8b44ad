using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Rules;

/// <summary>RFC 9111 §4.2.4, §5.2; RFC 5861; RFC 8246: whether a stored response may be used.</summary>
public class ReuseRulesTests
{
    [Theory]
    [InlineData("max-age=60", 10, "", ReuseOutcome.Fresh, ReuseReason.Fresh)]
    [InlineData("max-age=60", 60, "", ReuseOutcome.MustValidate, ReuseReason.Stale)]
    [InlineData("max-age=60, no-cache", 10, "", ReuseOutcome.MustValidate, ReuseReason.ResponseNoCache)]
    [InlineData("max-age=60, no-cache=\"a\"", 10, "", ReuseOutcome.Fresh, ReuseReason.Fresh)]
    [InlineData("max-age=60", 10, "no-cache", ReuseOutcome.MustValidate, ReuseReason.RequestNoCache)]
    [InlineData("max-age=60", 10, "no-store", ReuseOutcome.MustValidate, ReuseReason.RequestNoStore)]
    [InlineData("max-age=60", 10, "max-age=10", ReuseOutcome.Fresh, ReuseReason.Fresh)]
    [InlineData("max-age=60", 10, "max-age=9", ReuseOutcome.MustValidate, ReuseReason.RequestMaxAge)]
    [InlineData("max-age=60", 10, "max-age=0", ReuseOutcome.MustValidate, ReuseReason.RequestMaxAge)]
    [InlineData("max-age=60", 10, "max-age=9, max-stale=5", ReuseOutcome.MustValidate, ReuseReason.RequestMaxAge)]
    [InlineData("max-age=60, immutable", 10, "max-age=0", ReuseOutcome.Fresh, ReuseReason.Fresh)]
    [InlineData("max-age=60, immutable", 10, "no-cache", ReuseOutcome.MustValidate, ReuseReason.RequestNoCache)]
    [InlineData("max-age=60, immutable", 60, "max-age=100", ReuseOutcome.MustValidate, ReuseReason.Stale)]
    [InlineData("max-age=60", 10, "min-fresh=50", ReuseOutcome.Fresh, ReuseReason.Fresh)]
    [InlineData("max-age=60", 10, "min-fresh=51", ReuseOutcome.MustValidate, ReuseReason.RequestMinFresh)]
    [InlineData("max-age=60", 10, "min-fresh=x", ReuseOutcome.MustValidate, ReuseReason.RequestMinFresh)]
    [InlineData("max-age=60", 70, "min-fresh=0, max-stale", ReuseOutcome.MustValidate, ReuseReason.RequestMinFresh)]
    [InlineData("max-age=60", 70, "max-stale", ReuseOutcome.ServeStale, ReuseReason.RequestMaxStale)]
    [InlineData("max-age=60", 70, "max-stale=10", ReuseOutcome.ServeStale, ReuseReason.RequestMaxStale)]
    [InlineData("max-age=60", 70, "max-stale=9", ReuseOutcome.MustValidate, ReuseReason.Stale)]
    [InlineData("max-age=60", 70, "max-stale=x", ReuseOutcome.MustValidate, ReuseReason.Stale)]
    [InlineData("max-age=60", 70, "max-age=70, max-stale=10", ReuseOutcome.ServeStale, ReuseReason.RequestMaxStale)]
    [InlineData("max-age=60", 70, "max-age=69, max-stale=10", ReuseOutcome.MustValidate, ReuseReason.RequestMaxAge)]
    [InlineData("max-age=60, must-revalidate", 10, "", ReuseOutcome.Fresh, ReuseReason.Fresh)]
    [InlineData("max-age=60, must-revalidate", 70, "max-stale", ReuseOutcome.MustValidate, ReuseReason.StaleForbidden)]
    [InlineData("max-age=60, stale-while-revalidate=10", 70, "", ReuseOutcome.ServeStaleAndRevalidate, ReuseReason.StaleWhileRevalidate)]
    [InlineData("max-age=60, stale-while-revalidate=9", 70, "", ReuseOutcome.MustValidate, ReuseReason.Stale)]
    [InlineData("max-age=60, stale-while-revalidate=10", 70, "max-age=100", ReuseOutcome.MustValidate, ReuseReason.Stale)]
    [InlineData("max-age=60, stale-while-revalidate=10", 70, "max-stale=5", ReuseOutcome.MustValidate, ReuseReason.Stale)]
    [InlineData("max-age=60, stale-while-revalidate=10", 70, "no-cache", ReuseOutcome.MustValidate, ReuseReason.RequestNoCache)]
    [InlineData("max-age=60, stale-while-revalidate=10, must-revalidate", 70, "", ReuseOutcome.MustValidate, ReuseReason.StaleForbidden)]
    [InlineData("max-age=60", 10, "only-if-cached", ReuseOutcome.Fresh, ReuseReason.Fresh)]
    [InlineData("max-age=60", 10, "only-if-cached, no-store", ReuseOutcome.Fresh, ReuseReason.Fresh)]
    [InlineData("max-age=60", 70, "only-if-cached", ReuseOutcome.Unsatisfiable, ReuseReason.Stale)]
    [InlineData("max-age=60", 70, "only-if-cached, max-stale", ReuseOutcome.ServeStale, ReuseReason.RequestMaxStale)]
    [InlineData("max-age=60", 10, "only-if-cached, no-cache", ReuseOutcome.Unsatisfiable, ReuseReason.RequestNoCache)]
    public void A_stored_response_is_used_as_both_sides_allow(
        string cacheControl, double age, string request, Enum outcome, Enum reason)
    {
        var decision = Decide(Message.Private, cacheControl, age, request);
        Assert.Equal((outcome, reason), (decision.Outcome, decision.Reason));
        Assert.Equal((Message.Seconds(age), Message.Seconds(60 - age)), (decision.Age, decision.Remaining));
        Assert.Equal(outcome is not (ReuseOutcome.MustValidate or ReuseOutcome.Unsatisfiable), decision.IsServed);
    }

    [Theory]
    [InlineData("max-age=60, proxy-revalidate")]
    [InlineData("s-maxage=60, max-age=60")]
    [InlineData("s-maxage=60, max-age=60, stale-while-revalidate=100")]
    public void Only_a_shared_cache_is_bound_by_what_is_said_to_proxies(string cacheControl)
    {
        Assert.Equal(ReuseOutcome.ServeStale, Decide(Message.Private, cacheControl, 70, "max-stale").Outcome);
        Assert.Equal(ReuseReason.StaleForbidden, Decide(Message.Shared, cacheControl, 70, "max-stale").Reason);
        Assert.Equal(ReuseReason.StaleForbidden, Decide(Message.Shared, cacheControl, 70, "").Reason);
        Assert.Equal(ReuseOutcome.Fresh, Decide(Message.Shared, cacheControl, 10, "").Outcome);
    }

    [Theory]
    [InlineData("max-age=60", 70, "", false, false)]
    [InlineData("max-age=60, stale-if-error=10", 70, "", true, true)]
    [InlineData("max-age=60, stale-if-error=9", 70, "", false, false)]
    [InlineData("max-age=60", 70, "stale-if-error=10", true, true)]
    [InlineData("max-age=60, stale-if-error=5", 70, "stale-if-error=10", true, true)]
    [InlineData("max-age=60, stale-if-error=10", 70, "max-age=0", true, true)]
    [InlineData("max-age=60, stale-if-error=10", 70, "no-cache", false, false)]
    [InlineData("max-age=60, stale-if-error=10", 70, "no-store", false, false)]
    [InlineData("max-age=60, stale-if-error=10, no-cache", 10, "", false, false)]
    [InlineData("max-age=60, stale-if-error=10, must-revalidate", 70, "stale-if-error=10", false, false)]
    [InlineData("max-age=60, stale-if-error=x", 70, "", false, false)]
    [InlineData("max-age=60, must-revalidate", 10, "max-age=0", true, true)]
    [InlineData("max-age=60", 65, "", false, true)]
    [InlineData("max-age=60", 65.1, "", false, false)]
    [InlineData("max-age=60, must-revalidate", 65, "", false, false)]
    public void A_stored_response_stands_in_for_an_error_where_that_is_allowed(
        string cacheControl, double age, string request, bool onError, bool whenDisconnected)
    {
        var options = Message.Private with { MaximumStaleWhenDisconnected = Message.Seconds(5) };
        var stored = Message.Stored(options, $"Cache-Control: {cacheControl}");
        var directives = Message.Request(request);
        Assert.Equal(onError, ReuseRules.MayServeStaleOnError(OriginFailure.Error, directives, stored, Message.At(age)));
        Assert.Equal(whenDisconnected, ReuseRules.MayServeStaleOnError(OriginFailure.Disconnected, directives, stored, Message.At(age)));
    }

    [Fact]
    public void Without_an_option_being_disconnected_allows_nothing() => Assert.False(ReuseRules.MayServeStaleOnError(
        OriginFailure.Disconnected, default, Message.Stored(Message.Private, "Cache-Control: max-age=60"), Message.At(60)));

    [Theory]
    [InlineData(500, true)]
    [InlineData(502, true)]
    [InlineData(503, true)]
    [InlineData(504, true)]
    [InlineData(501, false)]
    [InlineData(505, false)]
    [InlineData(404, false)]
    public void Four_status_codes_are_errors_of_the_origin(int status, bool expected) => Assert.Equal(expected, ReuseRules.IsError(status));

    [Fact]
    public void Must_revalidate_is_never_served_stale() => RandomCases.AllHold(
        from options in CacheGenerators.Options
        from cacheControl in CacheGenerators.CacheControl
        from forbids in Gen.Elements("must-revalidate", "MUST-REVALIDATE=x", "no-cache")
        from fields in CacheGenerators.ResponseHeaders
        from request in CacheGenerators.Request
        from delay in CacheGenerators.Delay
        select (options, Headers: Forbidding(fields, forbids, cacheControl), request, delay),
        random =>
        {
            var stored = new StoredResponse(random.options, 200, random.Headers, Message.Received, Message.Received);
            var now = Message.Received + random.delay;
            var decision = ReuseRules.Decide(random.request, stored, now);
            var standsIn = ReuseRules.MayServeStaleOnError(OriginFailure.Error, random.request, stored, now)
                || ReuseRules.MayServeStaleOnError(OriginFailure.Disconnected, random.request, stored, now);
            return stored.IsFresh(now)
                ? decision.Outcome is not (ReuseOutcome.ServeStale or ReuseOutcome.ServeStaleAndRevalidate)
                : !decision.IsServed && !standsIn;
        });

    [Fact]
    public void A_stricter_request_is_never_served_more() => RandomCases.AllHold(
        from stored in CacheGenerators.Stored(CacheGenerators.Options)
        from request in CacheGenerators.Request
        from delay in CacheGenerators.Delay
        select (stored, request, Now: Message.Received + delay),
        random =>
        {
            var plain = ReuseRules.Decide(random.request with { NoCache = false }, random.stored, random.Now);
            var strict = ReuseRules.Decide(random.request with { NoCache = true }, random.stored, random.Now);
            var aged = ReuseRules.Decide(random.request with { MinFresh = TimeSpan.MaxValue }, random.stored, random.Now);
            return !strict.IsServed && !aged.IsServed
                && plain.Outcome is ReuseOutcome.Unsatisfiable == (random.request.OnlyIfCached && !plain.IsServed)
                && plain.Outcome is ReuseOutcome.Fresh == (plain.IsServed && random.stored.IsFresh(random.Now));
        });

    [Fact]
    public void What_is_stale_without_leniency_of_the_request_stays_unserved() => RandomCases.AllHold(
        from stored in CacheGenerators.Stored(CacheGenerators.Options)
        from request in CacheGenerators.Request
        from first in CacheGenerators.Delay
        from further in CacheGenerators.Delay
        let earlier = Message.Received + first
        select (stored, Request: request with { MaxStale = null }, earlier, Later: earlier + further),
        random => ReuseRules.Decide(random.Request, random.stored, random.earlier).IsServed
            || !ReuseRules.Decide(random.Request, random.stored, random.Later).IsServed);

    [Fact]
    public void A_decision_allocates_nothing()
    {
        var stored = Message.Stored(Message.Shared, "Cache-Control: max-age=60, stale-while-revalidate=30, no-cache=\"a\"", "ETag: \"a\"");
        var request = Message.Headers("Cache-Control: max-age=40, max-stale=5");
        Assert.Equal(0, Allocation.Of(() =>
        {
            var directives = RequestDirectives.Parse(request);
            ReuseRules.Decide(directives, stored, Message.At(10));
            ReuseRules.Decide(default, stored, Message.At(70));
            ReuseRules.MayServeStaleOnError(OriginFailure.Error, directives, stored, Message.At(70));
        }));
    }

    private static ReuseDecision Decide(CacheRuleOptions options, string cacheControl, double age, string request) =>
        ReuseRules.Decide(Message.Request(request), Message.Stored(options, $"Cache-Control: {cacheControl}"), Message.At(age));

    // A targeted field could take the place of the one that forbids.
    private static HeaderCollection Forbidding(HeaderCollection fields, string forbids, string cacheControl) => new(
        [Message.Line($"Cache-Control: {forbids}, {cacheControl}"), .. fields.Where(field => field.Key is not "CDN-Cache-Control")]);
}
