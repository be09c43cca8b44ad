using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.SharedCache;

/// <summary>What the public suite is too old to ask: RFC 9213, the reading of Age (RFC 9111 §5.1), the limits of RFC 5861, RFC 8246.</summary>
public sealed class CacheRulesTests
{
    [Theory]
    [InlineData("max-age=60", "no-store", 1)]
    [InlineData("no-store", "max-age=60", 2)]
    [InlineData("max-age=0", "max-age=60", 2)]
    [InlineData("not a structured field (", "max-age=60", 1)]
    public async Task CDN_Cache_Control_takes_the_place_of_Cache_Control(string targeted, string general, int number)
    {
        await using var server = await CachedServer.StartAsync(general, answer: context => context.Response.Headers["CDN-Cache-Control"] = targeted);
        await server.QueryAsync("/", "a");
        var second = await server.SendQueryAsync("/", "a");
        Assert.Equal($"QUERY a #{number}", second.ContentText);
        Assert.Equal((targeted, general), (second["CDN-Cache-Control"], second["Cache-Control"]));
    }

    [Theory]
    [InlineData("59", "59")]
    [InlineData("60", null)]
    [InlineData("0, 100", "0")]
    [InlineData("100, 0", null)]
    [InlineData("abc", "0")]
    [InlineData("-100", "0")]
    [InlineData("1.5", "0")]
    [InlineData("99999999999999999999", null)]
    public async Task The_age_of_a_response_that_came_from_another_cache_counts(string age, string? hit)
    {
        await using var server = await CachedServer.StartAsync(answer: context => context.Response.Headers.Age = age);
        await server.QueryAsync("/", "a");
        var second = await server.SendQueryAsync("/", "a");
        Assert.Equal(hit is null ? ("QUERY a #2", age) : ("QUERY a #1", hit), (second.ContentText, second["Age"]));
    }

    [Theory]
    [InlineData("max-age=10, stale-while-revalidate=20", 29, true)]
    [InlineData("max-age=10, stale-while-revalidate=20", 31, false)]
    [InlineData("max-age=10, stale-while-revalidate=20, must-revalidate", 15, false)]
    [InlineData("max-age=10, s-maxage=10, stale-while-revalidate=20", 15, false)]
    public async Task Stale_while_revalidate_has_its_limits(string cacheControl, int seconds, bool isStale)
    {
        await using var server = await CachedServer.StartAsync(cacheControl);
        await server.QueryAsync("/", "a");
        server.Clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(isStale ? "QUERY a #1" : "QUERY a #2", await server.QueryAsync("/", "a"));
    }

    [Fact]
    public async Task A_reload_of_what_is_immutable_is_answered_while_it_is_fresh()
    {
        await using var server = await CachedServer.StartAsync("max-age=60, immutable");
        await server.QueryAsync("/", "a");
        Assert.Equal("QUERY a #1", await server.QueryAsync("/", "a", "Cache-Control: max-age=0"));
    }

    [Theory]
    [InlineData("no-cache")]
    [InlineData("max-age=0")]
    [InlineData("min-fresh=61")]
    public async Task Who_asks_for_something_newer_gets_it(string directive)
    {
        await using var server = await CachedServer.StartAsync();
        await server.QueryAsync("/", "a");
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("QUERY a #2", await server.QueryAsync("/", "a", $"Cache-Control: {directive}"));
        Assert.Equal("QUERY a #2", await server.QueryAsync("/", "a"));
    }

    [Fact]
    public async Task Groups_are_invalidated_together()
    {
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                var count = 0;
                app.MapMethods("/{name}", ["QUERY"], (HttpContext context, string name) =>
                {
                    context.Response.Headers.CacheControl = "max-age=60";
                    context.Response.Headers["Cache-Groups"] = name is "other" ? "\"others\"" : "\"rfcs\"";
                    return $"#{++count}";
                });
                app.MapPost("/", (HttpContext context) =>
                {
                    context.Response.Headers["Cache-Group-Invalidation"] = "\"rfcs\"";
                });
            });
        foreach (var name in new[] { "a", "b", "other" }) await server.QueryAsync($"/{name}", "");
        await server.SendAsync("POST /", "text/plain", "");
        Assert.Equal("#4", await server.QueryAsync("/a", ""));
        Assert.Equal("#5", await server.QueryAsync("/b", ""));
        Assert.Equal("#3", await server.QueryAsync("/other", ""));
    }
}
