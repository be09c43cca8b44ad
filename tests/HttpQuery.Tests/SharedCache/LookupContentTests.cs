using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.SharedCache;

/// <summary>Content that has arrived as a whole before the cache looks at it: it is compared where the server keeps it, and counted if it is long.</summary>
public sealed class LookupContentTests
{
    private const int MaximumPendingSize = 1024 * 1024;

    [Theory]
    [InlineData(65_536, 0)]
    [InlineData(65_537, 81_920)]
    [InlineData(300_000, 311_296)]
    [InlineData(524_287, 524_288)]
    public async Task It_is_looked_up_and_forwarded_once_more_as_it_was_sent(int length, int taken)
    {
        using var meter = new CacheMeter();
        var (content, seen) = (new string('x', length - 1) + "y", new List<string>());
        await using var server = await StartAsync(meter, async context =>
        {
            // What is forwarded once is the server's own again; what may be forwarded twice is kept.
            await meter.UntilPendingAsync(size => size == (seen.Count == 0 ? 0 : taken));
            using (var reader = new StreamReader(context.Request.Body)) seen.Add(await reader.ReadToEndAsync());
            context.Response.Headers.CacheControl = "max-age=10";
            context.Response.Headers.ETag = seen.Count == 1 ? "\"1\"" : "\"2\"";
            if (context.Request.Headers.IfNoneMatch.Count > 0) context.Response.StatusCode = 304;
            else await context.Response.WriteAsync($"#{seen.Count}");
        });
        Assert.Equal("#1", await server.QueryAsync("/", content));
        Assert.Equal("HttpQuery; hit; ttl=10", (await server.SendQueryAsync("/", content))["Cache-Status"]);
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("#3", await server.QueryAsync("/", content));
        Assert.Equal("#3", await server.QueryAsync("/", content));
        Assert.Equal([content, content, content], seen);
        await meter.UntilPendingAsync(size => size == 0);
    }

    [Fact]
    public async Task It_bypasses_the_cache_if_the_memory_is_used_up()
    {
        using var meter = new CacheMeter();
        var (longest, next) = (new string('x', 524_287), new string('y', 65_537));
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await StartAsync(meter, async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var content = await reader.ReadToEndAsync();
            begun.TrySetResult();
            if (content == longest) await release.Task;
            context.Response.Headers.CacheControl = "max-age=10";
            await context.Response.WriteAsync($"{content.Length}");
        });
        var leader = server.QueryAsync("/", longest);
        await begun.Task;
        await meter.UntilPendingAsync(size => size == 0);
        var follower = server.QueryAsync("/", longest);
        await meter.UntilPendingAsync(size => size == MaximumPendingSize / 2);

        var forwarded = await server.SendQueryAsync("/", next);
        Assert.Equal(("65537", "HttpQuery; fwd=bypass; fwd-status=200"), (forwarded.ContentText, forwarded["Cache-Status"]));
        release.SetResult();
        Assert.Equal(("524287", "524287"), (await leader, await follower));
        await meter.UntilPendingAsync(size => size == 0);
        Assert.Equal("HttpQuery; fwd=uri-miss; fwd-status=200; stored; ttl=10", (await server.SendQueryAsync("/", next))["Cache-Status"]);
    }

    [Theory]
    [InlineData("HTTP/1.1", 0)]
    [InlineData("HTTP/2", 311_296)]
    public async Task It_is_read_if_requests_of_a_connection_share_a_window(string protocol, int pending)
    {
        using var meter = new CacheMeter();
        await using var server = await StartAsync(
            meter,
            async context =>
            {
                await meter.UntilPendingAsync(size => size == pending);
                using var reader = new StreamReader(context.Request.Body);
                await context.Response.WriteAsync($"{(await reader.ReadToEndAsync()).Length}");
            },
            protocol);
        Assert.Equal("300000", await server.QueryAsync("/", new string('x', 300_000)));
        await meter.UntilPendingAsync(size => size == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_leaves_no_memory_behind_if_the_endpoint_fails(bool hasRead)
    {
        using var meter = new CacheMeter();
        await using var server = await StartAsync(meter, async context =>
        {
            if (hasRead) await context.Request.Body.CopyToAsync(Stream.Null);
            throw new InvalidOperationException("The endpoint fails.");
        });
        Assert.Equal(500, (await server.SendQueryAsync("/", new string('x', 100_000))).Status);
        await meter.UntilPendingAsync(size => size == 0);
    }

    private static Task<CachedServer> StartAsync(CacheMeter meter, RequestDelegate handler, string protocol = "HTTP/1.1") => CachedServer.StartAsync(
        app =>
        {
            meter.Listen(app.Services.GetRequiredService<IMeterFactory>());
            app.MapMethods("/", ["QUERY"], handler);
        },
        options => options.MaximumPendingSize = MaximumPendingSize,
        before: app =>
        {
            app.Use(async (context, next) =>
            {
                await ArriveAsync(context);
                context.Request.Protocol = protocol;
                await next(context);
            });
            app.UseRouting();
        });

    /// <summary>Waits for all of the content, and leaves it in place.</summary>
    internal static async Task ArriveAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (await reader.ReadAsync() is var result)
        {
            var isWhole = result.Buffer.Length == context.Request.ContentLength;
            reader.AdvanceTo(result.Buffer.Start, isWhole ? result.Buffer.Start : result.Buffer.End);
            if (isWhole) return;
        }
    }
}
