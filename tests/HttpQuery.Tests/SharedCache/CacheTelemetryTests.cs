using System.Diagnostics.Metrics;
using HttpQuery.Tests.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Tests.SharedCache;

/// <summary>What an application counts of its cache, and what <c>Cache-Status</c> says of responses that are not stored.</summary>
public sealed class CacheTelemetryTests : IDisposable
{
    private readonly CacheMeter _meter = new();
    private bool _fails;

    public void Dispose() => _meter.Dispose();

    [Theory]
    [InlineData("hit", "max-age=60", "miss QUERY", "hit QUERY")]
    [InlineData("stale", "max-age=10, stale-while-revalidate=60", "miss QUERY", "stale_while_revalidate QUERY", "revalidation QUERY")]
    [InlineData("fails", "max-age=10, stale-if-error=60", "miss QUERY", "stale_if_error QUERY")]
    [InlineData("long content", "max-age=60", "bypass QUERY")]
    [InlineData("POST /", "max-age=60", "method POST")]
    [InlineData("BREW /", "max-age=60", "method _OTHER")]
    [InlineData("only-if-cached", "max-age=60", "refused QUERY")]
    public async Task Each_way_has_a_label(string way, string cacheControl, params string[] labels)
    {
        await using var server = await StartAsync(cacheControl, configure: options => (options.Name, options.MaximumContentLength) = ("edge 1", 4));
        switch (way)
        {
            case "only-if-cached":
                await server.SendQueryAsync("/", "a", "Cache-Control: only-if-cached");
                break;
            case "long content":
                await server.SendQueryAsync("/", "12345");
                break;
            case "POST /" or "BREW /":
                await server.SendAsync(way);
                break;
            default:
                await server.SendQueryAsync("/", "a");
                if (way is not "hit") server.Clock.Advance(TimeSpan.FromSeconds(11));
                _fails = way is "fails";
                Assert.StartsWith(way is "hit" or "stale" ? "\"edge 1\"; hit" : "\"edge 1\"; fwd=stale", (await server.SendQueryAsync("/", "a"))["Cache-Status"], StringComparison.Ordinal);
                break;
        }
        Assert.Equal(labels.Select(label => label + " edge 1"), await _meter.UntilRequestsAsync(labels.Length));
    }

    [Fact]
    public async Task Without_AddCacheStatus_no_header_is_sent_and_all_is_counted()
    {
        await using var server = await StartAsync(configure: options => options.AddCacheStatus = false);
        for (var i = 0; i < 2; i++) Assert.Null((await server.SendQueryAsync("/", "a"))["Cache-Status"]);
        Assert.Equal(["miss QUERY HttpQuery", "hit QUERY HttpQuery"], await _meter.UntilRequestsAsync(2));
    }

    [Fact]
    public async Task A_cache_that_is_registered_twice_counts_once()
    {
        await using var server = await StartAsync(build: builder => builder.Services.AddHttpQueryCache(options => options.Name = "second"));
        await server.SendQueryAsync("/", "a");
        await server.SendQueryAsync("/", "a");
        Assert.Equal(["miss QUERY second", "hit QUERY second"], await _meter.UntilRequestsAsync(2));
        Assert.Equal(
            ["httpquery.cache.items", "httpquery.cache.pending", "httpquery.cache.requests", "httpquery.cache.size", "httpquery.cache.store.distrusts", "httpquery.cache.store.errors"],
            _meter.Instruments.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(200, null, "stored; ttl=300", 1)]
    [InlineData(404, null, "detail=no-lifetime", 2)]
    [InlineData(410, null, "detail=no-lifetime", 2)]
    [InlineData(301, null, "detail=no-lifetime", 2)]
    [InlineData(302, null, "detail=no-lifetime", 2)]
    [InlineData(308, null, "detail=no-lifetime", 2)]
    [InlineData(404, "max-age=60", "stored; ttl=60", 1)]
    public async Task Expire_gives_a_lifetime_to_responses_of_success(int status, string? cacheControl, string end, int count)
    {
        await using var server = await StartAsync(cacheControl, refine: endpoint => endpoint.CacheQuery(policy => policy.Expire(TimeSpan.FromMinutes(5))), answer: context =>
        {
            context.Response.StatusCode = status;
            if (status is > 300 and < 400) context.Response.Headers.Location = "/elsewhere";
        });
        Assert.Equal($"HttpQuery; fwd=uri-miss; fwd-status={status}; {end}", (await server.SendAsync("GET /"))["Cache-Status"]);
        Assert.Equal($"GET  #{count}", (await server.SendAsync("GET /")).ContentText);
    }

    [Fact]
    public async Task What_the_application_keeps_out_says_so()
    {
        var log = new LogLines();
        await using var server = await CachedServer.StartAsync(answer: context => context.DisableQueryCacheStorage(), build: builder => builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        const string Status = "HttpQuery; fwd=uri-miss; fwd-status=200; detail=application";
        for (var i = 0; i < 2; i++) Assert.Equal(Status, (await server.SendQueryAsync("/", "a"))["Cache-Status"]);

        // The log says what the response says.
        Assert.Contains($"QUERY: miss ({Status}).", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("stored; ttl", log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"b\"", "GET  #3")]
    [InlineData("\"a\"", "GET  #1")]
    public async Task HEAD_that_shows_another_entity_tag_makes_what_GET_stored_unusable(string tag, string expected)
    {
        var current = "\"a\"";
        await using var server = await StartAsync(answer: context => context.Response.Headers.ETag = current);
        Assert.Equal("GET  #1", (await server.SendAsync("GET /")).ContentText);
        current = tag;
        Assert.Equal(tag, (await server.SendAsync("HEAD /", fields: ["Cache-Control: no-cache"]))["ETag"]);
        Assert.Equal(expected, (await server.SendAsync("GET /")).ContentText);
    }

    [Theory]
    [InlineData(16, 206)]
    [InlineData(17, 200)]
    public async Task A_hit_with_more_ranges_than_are_read_is_answered_whole(int count, int status)
    {
        // As many ranges as are read, and all but one beyond the end: what is left is one part.
        await using var server = await StartAsync();
        var whole = (await server.SendQueryAsync("/", "a")).ContentText;
        var part = await server.SendQueryAsync("/", "a", $"Range: bytes=0-1{string.Concat(Enumerable.Repeat(",900-", count - 1))}");
        Assert.Equal((status, status == 200 ? whole : whole[..2], "HttpQuery; hit; ttl=60"), (part.Status, part.ContentText, part["Cache-Status"]));
    }

    private Task<CachedServer> StartAsync(
        string? cacheControl = "max-age=60", Action<IEndpointConventionBuilder>? refine = null, Action<HttpContext>? answer = null, Action<HttpQueryCacheOptions>? configure = null,
        Action<WebApplicationBuilder>? build = null) => CachedServer.StartAsync(
            cacheControl,
            refine,
            context =>
            {
                if (_fails) throw new InvalidOperationException("It broke.");
                answer?.Invoke(context);
            },
            configure,
            build,
            app => _meter.Listen(app.Services.GetRequiredService<IMeterFactory>()));
}
