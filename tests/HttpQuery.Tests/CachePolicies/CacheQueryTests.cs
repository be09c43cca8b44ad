using HttpQuery.Caching;
using HttpQuery.Tests.SharedCache;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.CachePolicies;

/// <summary><c>CacheQuery</c>, and eviction from code.</summary>
public sealed class CacheQueryTests
{
    [Fact]
    public async Task A_lifetime_is_that_of_responses_that_state_none()
    {
        await using var server = await CachedServer.StartAsync(null, endpoint => endpoint.CacheQuery(policy => policy.Expire(TimeSpan.FromSeconds(30))));
        await server.QueryAsync("/rfcs", "a");
        server.Clock.Advance(TimeSpan.FromSeconds(29));
        var hit = await server.SendQueryAsync("/rfcs", "a");
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("QUERY a #1", "HttpQuery; hit; ttl=1"), (hit.ContentText, hit["Cache-Status"]));
        Assert.Equal("QUERY a #2", await server.QueryAsync("/rfcs", "a"));
    }

    [Theory]
    [InlineData("no-store", 2)]
    [InlineData("private", 2)]
    [InlineData("max-age=10", 1)]
    public async Task What_a_response_says_of_itself_counts(string cacheControl, int number)
    {
        await using var server = await CachedServer.StartAsync(cacheControl, endpoint => endpoint.CacheQuery(policy => policy.Expire(TimeSpan.FromSeconds(30))));
        await server.QueryAsync("/rfcs", "a");
        Assert.Equal($"QUERY a #{number}", await server.QueryAsync("/rfcs", "a"));
        server.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal($"QUERY a #{number + 1}", await server.QueryAsync("/rfcs", "a"));
    }

    [Fact]
    public async Task The_policy_of_an_endpoint_takes_the_place_of_its_groups()
    {
        var count = 0;
        await using var server = await CachedServer.StartAsync(app =>
        {
            var group = app.MapGroup("/").CacheQuery(policy => policy.Expire(TimeSpan.FromSeconds(30)));
            group.MapMethods("/short", ["QUERY"], () => $"#{++count}").CacheQuery(policy => policy.Expire(TimeSpan.FromSeconds(5)));
            group.MapMethods("/long", ["QUERY"], () => $"#{++count}");
        });
        await server.QueryAsync("/short", "");
        await server.QueryAsync("/long", "");
        server.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("#3", await server.QueryAsync("/short", ""));
        Assert.Equal("#2", await server.QueryAsync("/long", ""));
    }

    [Fact]
    public async Task What_has_a_tag_is_evicted_by_it()
    {
        await using var server = await CachedServer.StartAsync(
            refine: endpoint => endpoint.CacheQuery(policy => policy.Tag("rfcs").Tag(context => [$"path {context.Request.Path}"])),
            before: app => app.Use(async (context, next) =>
            {
                if (context.Request.Headers["X-Evict"].ToString() is { Length: > 0 } tag) await context.RequestServices.GetRequiredService<QueryCache>().EvictByTagAsync(tag);
                await next(context);
            }));
        await server.QueryAsync("/a", "");
        await server.QueryAsync("/b", "");
        Assert.Equal("QUERY  #3", await server.QueryAsync("/a", "", "X-Evict: path /a"));
        Assert.Equal("QUERY  #2", await server.QueryAsync("/b", ""));
        Assert.Equal("QUERY  #4", await server.QueryAsync("/b", "", "X-Evict: rfcs"));
        Assert.Equal("QUERY  #5", await server.QueryAsync("/a", ""));
    }

    [Fact]
    public async Task What_a_URI_has_is_evicted_by_it()
    {
        await using var server = await CachedServer.StartAsync(before: app => app.Use(async (context, next) =>
        {
            if (context.Request.Headers["X-Evict"].ToString() is { Length: > 0 } uri) await context.RequestServices.GetRequiredService<QueryCache>().EvictAsync(new(uri));
            await next(context);
        }));
        await server.QueryAsync("/a?x=%41", "1");
        await server.SendAsync("GET /a?x=%41");
        await server.QueryAsync("/b", "1");
        Assert.Equal("QUERY 1 #4", await server.QueryAsync("/a?x=%41", "1", "X-Evict: http://localhost/a?x=%41"));
        Assert.Equal("GET  #5", (await server.SendAsync("GET /a?x=%41")).ContentText);
        Assert.Equal("QUERY 1 #3", await server.QueryAsync("/b", "1"));
    }

    [Fact]
    public async Task A_partition_keeps_tenants_apart()
    {
        await using var server = await CachedServer.StartAsync(refine: endpoint => endpoint.CacheQuery(policy => policy.PartitionBy(context => context.Request.Headers["X-Tenant"])));
        Assert.Equal("QUERY a #1", await server.QueryAsync("/rfcs", "a", "X-Tenant: one"));
        Assert.Equal("QUERY a #2", await server.QueryAsync("/rfcs", "a", "X-Tenant: two"));
        Assert.Equal("QUERY a #3", await server.QueryAsync("/rfcs", "a"));
        Assert.Equal("QUERY a #1", await server.QueryAsync("/rfcs", "a", "X-Tenant: one"));
    }

    [Fact]
    public async Task Fields_to_vary_by_are_told_to_other_caches_too()
    {
        await using var server = await CachedServer.StartAsync(refine: endpoint => endpoint.CacheQuery(policy => policy.SetVaryByHeader("X-View")));
        var first = await server.SendQueryAsync("/rfcs", "a", "X-View: short");
        Assert.Equal("X-View", first["Vary"]);
        Assert.Equal("QUERY a #2", await server.QueryAsync("/rfcs", "a", "X-View: long"));
        var hit = await server.SendQueryAsync("/rfcs", "a", "X-View: short");
        Assert.Equal(("QUERY a #1", "X-View"), (hit.ContentText, hit["Vary"]));
    }

    [Fact]
    public void What_cannot_be_a_policy_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Policy(policy => policy.Expire(TimeSpan.Zero)));
        Assert.Throws<ArgumentException>(() => Policy(policy => policy.SetVaryByHeader("a b")));
        Assert.Throws<ArgumentException>(() => Policy(policy => policy.SetVaryByHeader("*")));
        Assert.Throws<ArgumentException>(() => Policy(policy => policy.Tag("")));
    }

    private static void Policy(Action<QueryCachePolicyBuilder> configure) => WebApplication.CreateBuilder().Build().MapGet("/", () => "").CacheQuery(configure);
}
