using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.SharedCache;

/// <summary>Handlers and middleware that do with a response what they may: the cache changes nothing of it, and stores it as it was or not at all.</summary>
public sealed class ForwardedResponseFeatureTests
{
    [Fact]
    public async Task What_is_left_in_the_writer_comes_before_what_the_stream_takes_next()
    {
        await using var server = await StartAsync(async context =>
        {
            context.Response.BodyWriter.Write("1 "u8);
            await context.Response.Body.WriteAsync("2 "u8.ToArray());
            context.Response.BodyWriter.Write("3 "u8);
            await context.Response.Body.FlushAsync();
            await context.Response.Body.WriteAsync("4"u8.ToArray());
        });
        for (var i = 0; i < 2; i++) Assert.Equal("1 2 3 4", await server.QueryAsync("/", "a"));
    }

    [Fact]
    public async Task What_a_callback_writes_at_the_start_is_stored_with_the_rest()
    {
        await using var server = await StartAsync(async context =>
        {
            context.Response.OnStarting(() => context.Response.WriteAsync("first "));
            await context.Response.WriteAsync("second");
        });
        for (var i = 0; i < 2; i++) Assert.Equal("first second", await server.QueryAsync("/", "a"));
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("length")]
    [InlineData("synchronous")]
    public async Task What_could_not_be_written_is_not_stored(string way)
    {
        await using var server = await StartAsync(async context =>
        {
            try
            {
                if (way is "length") context.Response.ContentLength = 4;
                if (way is not "synchronous") await context.Response.Body.WriteAsync("lost"u8.ToArray(), new CancellationToken(canceled: true));
                else context.Response.Body.Write("lost"u8.ToArray());
            }
            catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException)
            {
                // Something else is said then.
            }
            await context.Response.WriteAsync("kept");
        });
        for (var i = 0; i < 2; i++) Assert.Equal("kept", await server.QueryAsync("/", "a"));
    }

    [Fact]
    public async Task A_response_that_a_time_limit_behind_the_cache_has_cut_is_not_stored()
    {
        var count = 0;
        await using var server = await CachedServer.StartAsync(app =>
        {
            app.Use(async (context, next) =>
            {
                // As UseRequestTimeouts does it.
                using var limit = new CancellationTokenSource();
                var before = context.RequestAborted;
                context.RequestAborted = limit.Token;
                context.Items["limit"] = limit;
                await next(context);
                context.RequestAborted = before;
            });
            app.MapMethods("/", ["QUERY"], async context =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                await context.Response.WriteAsync("begin");
                if (Interlocked.Increment(ref count) == 1) await ((CancellationTokenSource)context.Items["limit"]!).CancelAsync();
                if (!context.RequestAborted.IsCancellationRequested) await context.Response.WriteAsync(" end");
            });
        });
        Assert.Equal("begin", await server.QueryAsync("/", "a"));
        Assert.Equal("begin end", await server.QueryAsync("/", "a"));
    }

    [Fact]
    public async Task A_page_that_is_made_of_an_empty_error_before_the_cache_is_made_of_a_stored_one_too()
    {
        await using var server = await StartAsync(
            context =>
            {
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            },
            app => app.UseStatusCodePages("text/plain", "page {0}"));
        for (var i = 0; i < 2; i++) Assert.Equal("page 404", await server.QueryAsync("/", "a"));
    }

    [Theory]
    [InlineData("GET /")]
    [InlineData("QUERY /")]
    [InlineData("POST /")]
    public async Task A_response_that_has_started_before_the_cache_goes_on(string requestLine)
    {
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/", ["GET", "QUERY", "POST"], context => context.Response.WriteAsync("second")),
            before: app => app.Use(async (context, next) =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                await context.Response.WriteAsync("first ");
                await next(context);
            }));
        for (var i = 0; i < 2; i++)
        {
            var response = await server.SendAsync(requestLine, "text/plain", requestLine is "GET /" ? null : "a");
            Assert.Equal("first second", response.ContentText);
        }
    }

    [Fact]
    public async Task Fields_to_vary_by_take_nothing_from_Vary_when_a_response_is_validated()
    {
        var works = 0;
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/", ["QUERY"], async context =>
        {
            context.Response.Headers.CacheControl = "max-age=10";
            context.Response.Headers.ETag = "\"1\"";
            if (context.Request.Headers.IfNoneMatch == "\"1\"")
            {
                context.Response.StatusCode = 304;
                return;
            }
            context.Response.Headers.Vary = "Accept";
            await context.Response.WriteAsync($"#{++works}");
        }).CacheQuery(policy => policy.SetVaryByHeader("X-View")));
        await server.QueryAsync("/", "a");
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        var validated = await server.SendQueryAsync("/", "a");
        Assert.Equal(("#1", "Accept, X-View"), (validated.ContentText, validated["Vary"]));
        Assert.Equal("#2", await server.QueryAsync("/", "a", "Accept: text/html"));
        Assert.Equal("HttpQuery; hit; ttl=10", (await server.SendQueryAsync("/", "a"))["Cache-Status"]);
    }

    [Fact]
    public async Task A_field_from_before_the_cache_that_the_endpoint_takes_away_is_away_each_time()
    {
        await using var server = await StartAsync(
            context =>
            {
                context.Response.Headers.Remove("X-Frame-Options");
                return context.Response.WriteAsync("framed");
            },
            app => app.Use((context, next) =>
            {
                context.Response.Headers.XFrameOptions = "DENY";
                return next(context);
            }));
        for (var i = 0; i < 2; i++) Assert.Null((await server.SendQueryAsync("/", "a"))["X-Frame-Options"]);
    }

    [Fact]
    public async Task Who_asks_for_events_waits_for_nobody()
    {
        var (count, second) = (0, new TaskCompletionSource());
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/", ["QUERY"], async context =>
        {
            // Nothing is sent before there is an event.
            var number = Interlocked.Increment(ref count);
            if (number == 2) second.SetResult();
            await second.Task;
            await context.Response.WriteAsync($"#{number}");
        }));
        var answers = await Task.WhenAll(server.QueryAsync("/", "a", "Accept: text/event-stream"), server.QueryAsync("/", "a", "Accept: text/event-stream"));
        Assert.Equal(["#1", "#2"], answers.Order());
    }

    private static Task<CachedServer> StartAsync(RequestDelegate handler, Action<WebApplication>? before = null) => CachedServer.StartAsync(
        app => app.MapMethods("/", ["QUERY"], context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            return handler(context);
        }),
        before: before);
}
