using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Rules;

/// <summary>RFC 9111 §5.2.2, §4.2.1, §1.2.2; RFC 5861; RFC 8246: the cache directives of a response.</summary>
public class ResponseDirectivesTests
{
    private static readonly TimeSpan Longest = Message.Seconds(2147483648);

    [Theory]
    [InlineData(64, false)]
    [InlineData(65, true)]
    public void More_names_than_a_response_needs_count_as_none(int count, bool isPlain)
    {
        var names = Enumerable.Range(0, count).Select(i => $"x-{i}").ToArray();
        var (apart, together) = (string.Join(',', names.Select(name => $"private=\"{name}\"")), $"private=\"{string.Join(',', names)}\"");

        foreach (var field in new[] { apart, together })
        {
            var directives = ResponseDirectives.Parse(field);
            Assert.Equal(isPlain, directives.Private);
            Assert.Equal(isPlain && field == together ? null : Math.Min(count, 64), directives.PrivateFields?.Count);
        }
    }

    [Fact]
    public void Each_directive_is_read() => Assert.Equal(
        new ResponseDirectives
        {
            MaxAge = Message.Seconds(1),
            SharedMaxAge = Message.Seconds(2),
            StaleWhileRevalidate = Message.Seconds(3),
            StaleIfError = Message.Seconds(4),
            MustRevalidate = true,
            MustUnderstand = true,
            NoCache = true,
            NoStore = true,
            NoTransform = true,
            Private = true,
            ProxyRevalidate = true,
            Public = true,
            Immutable = true,
        },
        ResponseDirectives.Parse(new StringValues(
        [
            "MaX-aGe=1, s-maxage=\"2\", stale-while-revalidate=3,stale-if-error=4", "must-revalidate ,must-understand,no-cache,no-store",
            "no-transform,private", "proxy-revalidate, public, immutable, foo",
        ])));

    [Theory]
    [InlineData("max-age=3600", 3600)]
    [InlineData("max-age=003600", 3600)]
    [InlineData("max-age=\"3600\"", 3600)]
    [InlineData("max-age='3600'", 0)]
    [InlineData("max-age=-3600", 0)]
    [InlineData("max-age=3600.0", 0)]
    [InlineData("max-age =3600", 0)]
    [InlineData("max-age= 3600", 0)]
    [InlineData("max-age=a3600", 0)]
    [InlineData("max-age=3600a", 0)]
    [InlineData("max-age=3600 1", 0)]
    [InlineData("max-age=", 0)]
    [InlineData("max-age", 0)]
    [InlineData("max-age=1, max-age=1800", 1)]
    [InlineData("max-age=1800, max-age=1", 1800)]
    [InlineData("max-age=x, max-age=1", 0)]
    [InlineData("extension=\"max-age=3600\", max-age=1", 1)]
    [InlineData("max-age=1, extension=\"max-age=3600\"", 1)]
    [InlineData("extension=\"\\\"max-age=3600\", max-age=\"1\"", 1)]
    [InlineData("extension=\"a, max-age=3600", 0)]
    [InlineData("max-age=2147483647", 2147483647)]
    [InlineData("max-age=2147483648", 2147483648)]
    [InlineData("max-age=2147483649", 2147483648)]
    [InlineData("max-age=99999999999", 2147483648)]
    [InlineData("max-age=99999999999999999999999999999", 2147483648)]
    public void A_lifetime_is_whole_seconds_or_none(string field, long expected) =>
        Assert.Equal(Message.Seconds(expected), ResponseDirectives.Parse(field).MaxAge);

    [Fact]
    public void All_lifetimes_have_an_upper_end()
    {
        var directives = ResponseDirectives.Parse("s-maxage=9999999999,stale-while-revalidate=9999999999,stale-if-error=9999999999");
        Assert.Equal((Longest, Longest, Longest), (directives.SharedMaxAge, directives.StaleWhileRevalidate, directives.StaleIfError));
    }

    [Theory]
    [InlineData("no-store=x")]
    [InlineData("no-store=")]
    [InlineData("no-store foo")]
    [InlineData("a=\"b, no-store")]
    [InlineData("\"a, no-store")]
    public void What_forbids_counts_whatever_follows_it(string field) => Assert.True(ResponseDirectives.Parse(field).NoStore);

    [Theory]
    [InlineData("public=x, must-understand=x")]
    [InlineData("public foo, must-understand bar")]
    [InlineData("a=\"b, public, must-understand")]
    public void What_allows_counts_only_without_an_argument(string field)
    {
        var directives = ResponseDirectives.Parse(field);
        Assert.False(directives.Public);
        Assert.False(directives.MustUnderstand);
    }

    [Fact]
    public void Immutable_has_no_arguments_but_they_do_no_harm() => Assert.True(ResponseDirectives.Parse("immutable=x").Immutable);

    [Theory]
    [InlineData("=\"a\"", "a")]
    [InlineData("=a", "a")]
    [InlineData("=\"Set-Cookie ,, B, b\"", "b, set-cookie")]
    [InlineData("", null)]
    [InlineData("=", null)]
    [InlineData("=\"\"", null)]
    [InlineData("=\" , \"", null)]
    [InlineData("=\"a b\"", null)]
    [InlineData("=\"*\"", null)]
    [InlineData("=\"a, Vary\"", null)]
    [InlineData("=cache-control", null)]
    [InlineData("=\"a", null)]
    [InlineData("=\"\\a\"", null)]
    [InlineData(" = a", null)]
    public void No_cache_and_private_name_fields_or_speak_of_all(string argument, string? names)
    {
        var directives = ResponseDirectives.Parse($"no-cache{argument}");
        Assert.Equal((names is null, names), (directives.NoCache, directives.NoCacheFields?.ToString()));
        directives = ResponseDirectives.Parse($"private{argument}");
        Assert.Equal((names is null, names), (directives.Private, directives.PrivateFields?.ToString()));
    }

    [Fact]
    public void Names_add_up_and_do_not_undo_what_speaks_of_all()
    {
        var directives = ResponseDirectives.Parse("private=\"a\", no-cache, no-cache=\"c\", private=b");
        Assert.Equal("a, b", directives.PrivateFields?.ToString());
        Assert.True(directives.NoCache);
        Assert.False(directives.Private);
        Assert.Equal(directives, ResponseDirectives.Parse("no-cache=C, no-cache, private=\"B, a\""));
    }

    [Fact]
    public void Directives_are_read_without_allocating()
    {
        StringValues lines = new(["public, max-age=3600, s-maxage=\"60\"", "stale-while-revalidate=30, immutable, foo=\"a, b\""]);
        Assert.Equal(0, Allocation.Of(() => ResponseDirectives.Parse(lines)));
    }

    [Fact]
    public void Any_text_is_read_and_ages_stay_in_range() => RandomCases.AllHold(
        TextGenerators.Several(CacheGenerators.CacheControl, 3),
        lines => ResponseDirectives.Parse(lines) is var response
            && new[] { response.MaxAge, response.SharedMaxAge, response.StaleIfError, response.StaleWhileRevalidate }
                .All(age => !(age < TimeSpan.Zero) && !(age > Longest)));

    [Fact]
    public void Nothing_that_follows_takes_back_what_was_forbidden() => RandomCases.AllHold(
        from before in CacheGenerators.WellFormedCacheControl
        from after in CacheGenerators.CacheControl
        select (before, after),
        random => ResponseDirectives.Parse(new StringValues([random.before + ",no-store,private,no-cache,must-revalidate", random.after]))
            is { NoStore: true, Private: true, NoCache: true, MustRevalidate: true });
}
