using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Rules;

/// <summary>RFC 9213: CDN-Cache-Control in a shared cache.</summary>
public class TargetedDirectivesTests
{
    [Fact]
    public void A_targeted_field_takes_the_place_of_cache_control()
    {
        var fields = Message.Headers("CDN-Cache-Control: max-age=60, stale-while-revalidate=5", "Cache-Control: no-store, max-age=1");
        Assert.Equal(
            new() { MaxAge = Message.Seconds(60), StaleWhileRevalidate = Message.Seconds(5), IsTargeted = true },
            ResponseDirectives.Parse(fields, CacheMode.Shared));
        Assert.Equal(new() { MaxAge = Message.Seconds(1), NoStore = true }, ResponseDirectives.Parse(fields, CacheMode.Private));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("max-age=60,")]
    [InlineData("Max-Age=60")]
    [InlineData("max-age=60 foo")]
    [InlineData("max-age = 60")]
    [InlineData("no-cache=\"a")]
    [InlineData("a=(1 2")]
    public void One_that_is_empty_or_malformed_is_ignored(string field)
    {
        var fields = Message.Headers($"CDN-Cache-Control: {field}", "Cache-Control: max-age=1");
        Assert.Equal(new() { MaxAge = Message.Seconds(1) }, ResponseDirectives.Parse(fields, CacheMode.Shared));
        Assert.False(ResponseDirectives.TryParseTargeted(field, out _));
    }

    [Fact]
    public void An_absent_one_is_ignored() => Assert.False(ResponseDirectives.TryParseTargeted(default, out _));

    [Theory]
    [InlineData("max-age=60", 60)]
    [InlineData("max-age=60;a=1", 60)]
    [InlineData("max-age=1, max-age=60", 60)]
    [InlineData("foo, max-age=60", 60)]
    [InlineData("max-age=999999999999999", 2147483648)]
    [InlineData("max-age=\"60\"", 0)]
    [InlineData("max-age=60.0", 0)]
    [InlineData("max-age=-60", 0)]
    [InlineData("max-age=?1", 0)]
    [InlineData("max-age=(60)", 0)]
    [InlineData("max-age=@60", 0)]
    [InlineData("max-age", 0)]
    public void A_lifetime_is_an_integer_or_none(string field, long expected)
    {
        Assert.True(ResponseDirectives.TryParseTargeted(field, out var directives));
        Assert.Equal(Message.Seconds(expected), directives.MaxAge);
    }

    [Fact]
    public void Parameters_and_members_of_inner_lists_are_no_directives()
    {
        Assert.True(ResponseDirectives.TryParseTargeted("a=(no-store private);public, b;no-cache", out var directives));
        Assert.Equal(new() { IsTargeted = true }, directives);
    }

    [Fact]
    public void Fields_are_named_by_a_string_and_flags_are_plain()
    {
        Assert.True(ResponseDirectives.TryParseTargeted("no-cache=\"A, b\", private=c, public=?0, must-understand=1", out var directives));
        Assert.Equal(("a, b", "c"), (directives.NoCacheFields?.ToString(), directives.PrivateFields?.ToString()));
        Assert.False(directives.Public);
        Assert.False(directives.MustUnderstand);
        Assert.True(ResponseDirectives.TryParseTargeted("public, must-understand, no-cache=?0", out directives));
        Assert.True(directives is { Public: true, MustUnderstand: true, NoCache: true });
    }

    [Fact]
    public void The_lines_are_one_dictionary()
    {
        Assert.True(ResponseDirectives.TryParseTargeted(new StringValues(["max-age=60", "no-store"]), out var directives));
        Assert.True(directives is { NoStore: true, MaxAge: not null });
        Assert.False(ResponseDirectives.TryParseTargeted(new StringValues(["max-age=60", "No-Store"]), out _));
    }

    [Fact]
    public void One_line_is_read_without_allocating()
    {
        StringValues line = "max-age=3600, stale-while-revalidate=30, foo=\"bar\"";
        Assert.Equal(0, Allocation.Of(() => Assert.True(ResponseDirectives.TryParseTargeted(line, out _))));
    }

    [Fact]
    public void Any_text_is_answered() => RandomCases.AllHold(
        TextGenerators.Several(CacheGenerators.CacheControl, 2),
        lines => ResponseDirectives.TryParseTargeted(lines, out var directives) == directives.IsTargeted);
}
