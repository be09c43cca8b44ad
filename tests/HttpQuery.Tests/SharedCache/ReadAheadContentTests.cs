using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.SharedCache;

/// <summary>Content that the cache has read, in pooled memory: handlers, error pages and middleware read it as without a cache.</summary>
public sealed class ReadAheadContentTests
{
    private static readonly string Long = string.Concat(Enumerable.Range(0, 20_000).Select(number => $"{number} "));

    [Fact]
    public async Task A_handler_that_disposes_the_body_is_asked_once_more_with_the_same_content()
    {
        var seen = new List<string>();
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/", ["QUERY"], async context =>
        {
            using (var reader = new StreamReader(context.Request.Body)) seen.Add(await reader.ReadToEndAsync());
            Overwrite();
            context.Response.Headers.CacheControl = "max-age=10";
            context.Response.Headers.ETag = seen.Count == 1 ? "\"1\"" : "\"2\"";
            if (context.Request.Headers.IfNoneMatch.Count > 0) context.Response.StatusCode = 304;
            else await context.Response.WriteAsync($"#{seen.Count}");
        }));
        Assert.Equal("#1", await server.QueryAsync("/", Long));
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("#3", await server.QueryAsync("/", Long));
        Assert.Equal([Long, Long, Long], seen);
    }

    [Fact]
    public async Task An_error_page_of_a_request_that_is_asked_once_more_reads_its_own_content()
    {
        var count = 0;
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                app.MapMethods("/", ["QUERY"], async context =>
                {
                    // The last time it answers without reading.
                    if (++count < 3) await context.Request.Body.CopyToAsync(Stream.Null);
                    context.Response.Headers.CacheControl = "max-age=10";
                    context.Response.Headers.ETag = count == 1 ? "\"1\"" : "\"2\"";
                    if (count == 2) context.Response.StatusCode = 304;
                    if (count == 3) context.Response.StatusCode = 404;
                    if (count == 1) await context.Response.WriteAsync("good");
                });
                app.MapMethods("/error", ["QUERY"], EchoAsync);
            },
            before: app =>
            {
                app.UseStatusCodePagesWithReExecute("/error");
                app.UseRouting();
            });
        Assert.Equal("good", await server.QueryAsync("/", Long));
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(Long, await server.QueryAsync("/", Long));
        Assert.Equal(3, count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_reads_the_body_after_another_has_disposed_it_finds_its_end(bool isLong)
    {
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/", ["QUERY"], async context =>
        {
            using (var reader = new StreamReader(context.Request.Body)) await reader.ReadToEndAsync();
            await context.Response.WriteAsync($"{await context.Request.Body.ReadAsync(new byte[1])}");
        }));
        Assert.Equal("0", await server.QueryAsync("/", isLong ? Long : "short"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Middleware_before_the_cache_may_read_the_rest_of_the_body(bool isLong)
    {
        var count = 0;
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/", ["QUERY"], context =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                return context.Response.WriteAsync("answer");
            }),
            before: app => app.Use(async (context, next) =>
            {
                await next(context);
                await context.Request.Body.CopyToAsync(Stream.Null);
                Interlocked.Increment(ref count);
            }));

        // Forwarded, then from the store.
        for (var i = 0; i < 2; i++) Assert.Equal("answer", await server.QueryAsync("/", isLong ? Long : "short"));
        while (Volatile.Read(ref count) < 2) await Task.Yield();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_error_page_for_what_is_served_from_the_store_may_read_the_body(bool isLong)
    {
        var count = 0;
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                app.MapMethods("/", ["QUERY"], context =>
                {
                    count++;
                    context.Response.Headers.CacheControl = "max-age=60";
                    context.Response.StatusCode = 404;
                    return Task.CompletedTask;
                });
                app.MapMethods("/error", ["QUERY"], async context =>
                {
                    await context.Request.Body.CopyToAsync(Stream.Null);
                    await context.Response.WriteAsync("not found");
                });
            },
            before: app =>
            {
                app.UseStatusCodePagesWithReExecute("/error");
                app.UseRouting();
            });
        for (var i = 0; i < 2; i++)
        {
            var answer = await server.SendQueryAsync("/", isLong ? Long : "short");
            Assert.Equal((404, "not found"), (answer.Status, answer.ContentText));
        }
        Assert.Equal(1, count);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        Overwrite();
        using var reader = new StreamReader(context.Request.Body);
        await context.Response.WriteAsync(await reader.ReadToEndAsync());
    }

    // Whatever the pool has of these sizes is another's now.
    private static void Overwrite()
    {
        foreach (var size in new[] { 4096, 8192, 16384, 32768, 65536, 131072, 262144 })
        {
            var others = Enumerable.Range(0, 100).Select(_ => ArrayPool<byte>.Shared.Rent(size)).ToArray();
            foreach (var other in others) other.AsSpan().Fill((byte)'X');
            foreach (var other in others) ArrayPool<byte>.Shared.Return(other);
        }
    }
}
