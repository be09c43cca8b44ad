using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Rules;

/// <summary>RFC 9111 §4.2, §5.1, §5.3: lifetime and age.</summary>
public class FreshnessRulesTests
{
    [Theory]
    [InlineData(CacheMode.Shared, "Cache-Control: s-maxage=3600, max-age=1", 3600, LifetimeSource.SharedMaxAge)]
    [InlineData(CacheMode.Private, "Cache-Control: s-maxage=3600, max-age=1", 1, LifetimeSource.MaxAge)]
    [InlineData(CacheMode.Private, "Cache-Control: s-maxage=3600", 0, LifetimeSource.None)]
    [InlineData(CacheMode.Shared, "Cache-Control: max-age=60|Expires: {+5}", 60, LifetimeSource.MaxAge)]
    [InlineData(CacheMode.Shared, "Cache-Control: max-age=0|Expires: {+5}", 0, LifetimeSource.MaxAge)]
    [InlineData(CacheMode.Shared, "Cache-Control: max-age=x|Expires: {+5}", 0, LifetimeSource.MaxAge)]
    [InlineData(CacheMode.Private, "Expires: {+60}|Date: {0}", 60, LifetimeSource.Expires)]
    [InlineData(CacheMode.Private, "Expires: {+60}|Date: {+50}", 10, LifetimeSource.Expires)]
    [InlineData(CacheMode.Private, "Expires: {+60}", 60, LifetimeSource.Expires)]
    [InlineData(CacheMode.Private, "Expires: {+60}|Date: foo", 60, LifetimeSource.Expires)]
    [InlineData(CacheMode.Private, "Expires: {-60}|Date: {0}", 0, LifetimeSource.Expires)]
    [InlineData(CacheMode.Private, "Expires: {+300}|Date: {+400}", 0, LifetimeSource.Expires)]
    [InlineData(CacheMode.Private, "Expires: 0|Last-Modified: {-1000}", 0, LifetimeSource.Expires)]
    [InlineData(CacheMode.Private, "Expires:|Last-Modified: {-1000}", 0, LifetimeSource.Expires)]
    [InlineData(CacheMode.Private, "Expires: {+60}|Expires: {+5}", 60, LifetimeSource.Expires)]
    [InlineData(CacheMode.Private, "Expires: Thu, 18 Aug 2050 2:01:18 GMT", 0, LifetimeSource.Expires)]
    [InlineData(CacheMode.Private, "Expires: Wed, 01 Jul 2026 12:01:00 UTC", 0, LifetimeSource.Expires)]
    [InlineData(CacheMode.Private, "Expires: Wednesday, 01-Jul-26 12:01:00 GMT", 60, LifetimeSource.Expires)]
    [InlineData(CacheMode.Private, "Expires: Wed Jul  1 12:01:00 2026", 60, LifetimeSource.Expires)]
    [InlineData(CacheMode.Shared, "CDN-Cache-Control: max-age=9|Cache-Control: max-age=1|Expires: {+5}", 9, LifetimeSource.MaxAge)]
    [InlineData(CacheMode.Shared, "CDN-Cache-Control: foo|Cache-Control: max-age=1|Expires: {+5}", 0, LifetimeSource.None)]
    [InlineData(CacheMode.Private, "Last-Modified: {-1000}", 100, LifetimeSource.Heuristic)]
    [InlineData(CacheMode.Private, "Last-Modified: {-1000}|Date: {-500}", 50, LifetimeSource.Heuristic)]
    [InlineData(CacheMode.Private, "Last-Modified: {+1000}", 0, LifetimeSource.None)]
    [InlineData(CacheMode.Private, "Last-Modified: x", 0, LifetimeSource.None)]
    [InlineData(CacheMode.Private, "Last-Modified: {-1000000000}", 86400, LifetimeSource.Heuristic)]
    [InlineData(CacheMode.Private, "ETag: \"a\"", 0, LifetimeSource.None)]
    public void The_strongest_statement_is_the_lifetime(CacheMode mode, string fields, long expected, Enum source) =>
        Assert.Equal(new(Message.Seconds(expected), (LifetimeSource)source), Lifetime(new() { Mode = mode }, 200, fields));

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    [InlineData(202, false)]
    [InlineData(203, true)]
    [InlineData(204, true)]
    [InlineData(300, true)]
    [InlineData(301, true)]
    [InlineData(302, false)]
    [InlineData(308, true)]
    [InlineData(403, false)]
    [InlineData(404, true)]
    [InlineData(405, true)]
    [InlineData(410, true)]
    [InlineData(414, true)]
    [InlineData(500, false)]
    [InlineData(501, true)]
    [InlineData(503, false)]
    [InlineData(599, false)]
    public void Only_some_status_codes_get_a_lifetime_that_is_not_stated(int status, bool expected)
    {
        var byDefault = new CacheRuleOptions { DefaultLifetime = Message.Seconds(7) };
        Assert.Equal(expected ? LifetimeSource.Heuristic : LifetimeSource.None, Lifetime(new(), status, "Last-Modified: {-1000}").Source);

        // A lifetime by default is for results alone: errors and redirects state their own.
        var source = expected && status is >= 200 and <= 299 ? LifetimeSource.Default : expected ? LifetimeSource.Heuristic : LifetimeSource.None;
        Assert.Equal(source, Lifetime(byDefault, status, "Last-Modified: {-1000}").Source);
        Assert.Equal(LifetimeSource.Heuristic, Lifetime(new(), status, "Last-Modified: {-1000}|Cache-Control: public").Source);
    }

    [Fact]
    public void What_is_not_stated_is_up_to_the_options()
    {
        const string modified = "Last-Modified: {-1000}";
        Assert.Equal(default, Lifetime(new() { AllowHeuristicFreshness = false }, 200, modified));
        Assert.Equal(Message.Seconds(500), Lifetime(new() { HeuristicFraction = 0.5 }, 200, modified).Value);
        Assert.Equal(Message.Seconds(9), Lifetime(new() { MaximumHeuristicLifetime = Message.Seconds(9) }, 200, modified).Value);
        var byDefault = new CacheRuleOptions { DefaultLifetime = Message.Seconds(7), AllowHeuristicFreshness = false };
        Assert.Equal(new(Message.Seconds(7), LifetimeSource.Default), Lifetime(byDefault, 200, modified));
        Assert.Equal(LifetimeSource.MaxAge, Lifetime(byDefault, 200, "Cache-Control: max-age=0").Source);
    }

    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("Date: {0}", 0, 0)]
    [InlineData("Date: {-100}", 0, 100)]
    [InlineData("Date: {+100}", 0, 0)]
    [InlineData("Date: foo", 0, 0)]
    [InlineData("Age: 30", 0, 30)]
    [InlineData("Age: 30", 5, 35)]
    [InlineData("Age: 30", -5, 30)]
    [InlineData("Age: 30|Date: {-100}", 5, 100)]
    [InlineData("Age: 100|Date: {-30}", 5, 105)]
    [InlineData("Age: 7200,0", 0, 7200)]
    [InlineData("Age: 0,7200", 0, 0)]
    [InlineData("Age: 7200 , 0", 0, 7200)]
    [InlineData("Age: 0|Age: 7200", 0, 0)]
    [InlineData("Age: 7200|Age: 0", 0, 7200)]
    [InlineData("Age: abc", 0, 0)]
    [InlineData("Age: -7200", 0, 0)]
    [InlineData("Age: 7200.0", 0, 0)]
    [InlineData("Age: 7200;foo=bar", 0, 0)]
    [InlineData("Age: \"7200\"", 0, 0)]
    [InlineData("Age: ,7200", 0, 0)]
    [InlineData("Age:", 0, 0)]
    [InlineData("Age: 99999999999999999999", 0, 2147483648)]
    public void The_first_age_is_the_greater_of_two_readings(string fields, double delay, double expected) => Assert.Equal(
        Message.Seconds(expected), FreshnessRules.InitialAge(Headers(fields), Message.At(-delay), Message.Received));

    [Fact]
    public void A_response_grows_older_with_the_clock_and_never_younger()
    {
        Assert.Equal(Message.Seconds(40), FreshnessRules.CurrentAge(Message.Seconds(30), Message.Received, Message.At(10)));
        Assert.Equal(Message.Seconds(30), FreshnessRules.CurrentAge(Message.Seconds(30), Message.Received, Message.At(-10)));
        Assert.Equal(TimeSpan.MaxValue, FreshnessRules.CurrentAge(TimeSpan.MaxValue, Message.Received, Message.At(10)));
    }

    [Fact]
    public void A_response_is_fresh_while_its_lifetime_is_greater_than_its_age()
    {
        var stored = Message.Stored(Message.Private, "Cache-Control: max-age=60", "Age: 20");
        Assert.True(stored.IsFresh(Message.At(39.9)));
        Assert.False(stored.IsFresh(Message.At(40)));
        Assert.Equal(Message.Seconds(45), stored.CurrentAge(Message.At(25)));
        Assert.Equal(Message.Seconds(15), stored.RemainingLifetime(Message.At(25)));
    }

    [Fact]
    public void The_formula_of_the_section_in_seconds_comes_to_the_same_age() => RandomCases.AllHold(
        from date in Gen.Choose(-5000, 5000)
        from hasDate in CacheGenerators.Bool
        from age in Gen.Choose(0, 5000)
        from hasAge in CacheGenerators.Bool
        from delay in Gen.Choose(0, 50)
        from resident in Gen.Choose(0, 5000)
        select (date, hasDate, age, hasAge, delay, resident),
        random =>
        {
            string[] lines =
            [
                .. random.hasDate ? [$"Date: {{{random.date}}}"] : (string[])[],
                .. random.hasAge ? [$"Age: {random.age}"] : (string[])[],
            ];
            var initial = FreshnessRules.InitialAge(Message.Headers(lines), Message.At(-random.delay), Message.Received);

            var apparentAge = Math.Max(0, random.hasDate ? -random.date : 0);
            var correctedAge = (random.hasAge ? random.age : 0) + random.delay;
            var currentAge = Math.Max(apparentAge, correctedAge) + random.resident;
            return FreshnessRules.CurrentAge(initial, Message.Received, Message.At(random.resident)) == Message.Seconds(currentAge);
        });

    [Fact]
    public void A_naive_reading_of_directives_comes_to_the_same_lifetime() => RandomCases.AllHold(
        from options in CacheGenerators.Options
        from cacheControl in CacheGenerators.WellFormedCacheControl
        from expires in Gen.Elements<int?>(null, -10, 0, 10, 5000)
        from modified in Gen.Elements<int?>(null, -100, 100, -10_000_000)
        from status in Gen.Elements(200, 404, 500)
        select (options, cacheControl, expires, modified, status),
        random =>
        {
            string[] lines =
            [
                $"Cache-Control: {random.cacheControl}",
                .. random.expires is { } expires ? [$"Expires: {{{expires}}}"] : (string[])[],
                .. random.modified is { } modified ? [$"Last-Modified: {{{modified}}}"] : (string[])[],
            ];
            return Lifetime(random.options, random.status, string.Join('|', lines)).Value
                == Message.Seconds(Naive(random.options, random.cacheControl, random.expires, random.modified, random.status));
        });

    [Fact]
    public void What_is_fresh_was_fresh_before_and_what_is_stale_stays_stale() => RandomCases.AllHold(
        from stored in CacheGenerators.Stored(CacheGenerators.Options)
        from first in CacheGenerators.Delay
        from further in CacheGenerators.Delay
        select (stored, Earlier: Message.Received + first, Later: Message.Received + first + further),
        random => random.stored.IsFresh(random.Earlier) || !random.stored.IsFresh(random.Later));

    [Fact]
    public void Any_fields_and_any_clock_are_answered() => RandomCases.AllHold(
        from options in CacheGenerators.Options
        from fields in CacheGenerators.ResponseHeaders
        from times in Gen.Elements(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Message.Received).ArrayOf(3)
        select (options, fields, times),
        random =>
        {
            var stored = new StoredResponse(random.options, 200, random.fields, random.times[0], random.times[1]);
            return stored.InitialAge >= TimeSpan.Zero && stored.Lifetime.Value >= TimeSpan.Zero
                && stored.CurrentAge(random.times[2]) >= stored.InitialAge
                && stored.IsFresh(random.times[2]) == stored.RemainingLifetime(random.times[2]) > TimeSpan.Zero;
        });

    private static long Naive(CacheRuleOptions options, string cacheControl, int? expires, int? modified, int status)
    {
        var directives = cacheControl.Split(", ").Select(directive => directive.Split('=')).ToList();
        long? Value(string name) =>
            directives.Find(pair => pair[0] == name) is [_, var seconds] ? Math.Min(long.Parse(seconds, null), 1L << 31) : null;
        if (options.Mode is CacheMode.Shared && Value("s-maxage") is { } shared) return shared;
        if (Value("max-age") is { } maxAge) return maxAge;
        if (expires is { } end) return Math.Max(0, end);
        var mayGuess = options.AllowHeuristicFreshness && (status is 200 or 404 || directives.Exists(pair => pair is ["public"]));
        return mayGuess && modified < 0 ? Math.Min(86400, -modified.Value / 10) : 0;
    }

    private static FreshnessLifetime Lifetime(CacheRuleOptions options, int status, string fields) => FreshnessRules.Lifetime(
        options, status, Headers(fields), ResponseDirectives.Parse(Headers(fields), options.Mode), Message.Received);

    private static HeaderCollection Headers(string lines) => Message.Headers(lines.Split('|', StringSplitOptions.RemoveEmptyEntries));
}
