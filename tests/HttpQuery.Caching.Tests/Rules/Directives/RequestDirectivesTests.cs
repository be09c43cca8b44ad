using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Rules;

/// <summary>RFC 9111 §5.2.1, §5.4; RFC 5861 §4: the cache directives of a request.</summary>
public class RequestDirectivesTests
{
    [Fact]
    public void Each_directive_is_read() => Assert.Equal(
        new RequestDirectives
        {
            MaxAge = Message.Seconds(1),
            MaxStale = Message.Seconds(2),
            MinFresh = Message.Seconds(3),
            StaleIfError = Message.Seconds(4),
            NoCache = true,
            NoStore = true,
            NoTransform = true,
            OnlyIfCached = true,
        },
        RequestDirectives.Parse("max-age=1,MAX-STALE=\"2\" , min-fresh=3,, stale-if-error=4,No-Cache,no-store, foo=\"no, max-age=9\","
            + "no-transform,only-if-cached"));

    [Fact]
    public void Without_directives_there_is_the_default()
    {
        Assert.Equal(default, RequestDirectives.Parse(default(StringValues)));
        Assert.Equal(default, RequestDirectives.Parse("foo, bar=\"no-store\", =, \"no-cache\", public, max-agex=1"));
        Assert.Equal(default, RequestDirectives.Parse("a-name-that-is-longer-than-any-other=1"));
    }

    [Fact]
    public void A_max_stale_without_a_time_has_no_end() => Assert.Equal(TimeSpan.MaxValue, RequestDirectives.Parse("max-stale").MaxStale);

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("'1'")]
    [InlineData("\"1")]
    [InlineData("1 2")]
    [InlineData("\"\\1\"")]
    public void An_age_that_cannot_be_read_is_the_strictest(string age)
    {
        Assert.Equal(TimeSpan.Zero, RequestDirectives.Parse($"max-age={age}").MaxAge);
        Assert.Equal(TimeSpan.Zero, RequestDirectives.Parse($"max-stale={age}").MaxStale);
        Assert.Equal(TimeSpan.Zero, RequestDirectives.Parse($"stale-if-error={age}").StaleIfError);
        Assert.Equal(TimeSpan.MaxValue, RequestDirectives.Parse($"min-fresh={age}").MinFresh);
    }

    [Fact]
    public void Of_two_ages_the_first_counts()
    {
        Assert.Equal(Message.Seconds(1), RequestDirectives.Parse("max-age=1, max-age=2").MaxAge);
        Assert.Equal(Message.Seconds(2), RequestDirectives.Parse(new StringValues(["max-age=2", "max-age=1"])).MaxAge);
    }

    [Theory]
    [InlineData("no-cache", true)]
    [InlineData("foo, No-Cache", true)]
    [InlineData("foo", false)]
    [InlineData("x=\"no-cache\"", false)]
    public void Pragma_counts_where_there_is_no_cache_control(string pragma, bool expected)
    {
        Assert.Equal(expected, RequestDirectives.Parse(Message.Headers($"Pragma: {pragma}")).NoCache);
        Assert.False(RequestDirectives.Parse(Message.Headers($"Pragma: {pragma}", "Cache-Control: max-age=1")).NoCache);
        Assert.False(RequestDirectives.Parse("max-age=1", pragma).NoCache);
    }

    [Fact]
    public void Directives_are_read_without_allocating()
    {
        var fields = Message.Headers("Cache-Control: max-age=60, min-fresh=\"5\"", "Cache-Control: no-transform, foo=\"a, b\"");
        var pragma = Message.Headers("Pragma: no-cache");
        Assert.Equal(0, Allocation.Of(() => RequestDirectives.Parse(fields)));
        Assert.Equal(0, Allocation.Of(() => RequestDirectives.Parse(pragma)));
    }

    [Fact]
    public void Any_text_is_read_and_no_age_is_negative() => RandomCases.AllHold(
        TextGenerators.Several(CacheGenerators.CacheControl, 3),
        lines => RequestDirectives.Parse(lines, lines) is var request
            && new[] { request.MaxAge, request.MaxStale, request.MinFresh, request.StaleIfError }.All(age => !(age < TimeSpan.Zero)));
}
