using System.Net.Sockets;
using System.Text;
using HttpQuery.Caching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace HttpQuery.Tests.SharedCache;

/// <summary>Responses on their way through the cache: whole or broken off, validated, in the place of an error, revalidated in the background.</summary>
public sealed class QueryCacheMiddlewareTests
{
    public static TheoryData<string> WaysToWrite { get; } = ["stream", "flush", "writer", "unflushed", "synchronous", "complete", "file", "start", "empty", "length"];

    [Theory]
    [MemberData(nameof(WaysToWrite))]
    public async Task However_a_response_is_written_it_passes_and_is_stored(string way)
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "hello world", TestContext.Current.CancellationToken);
        var count = 0;
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/", ["QUERY"], async context =>
            {
                count++;
                var (response, octets) = (context.Response, "hello world"u8.ToArray());
                response.Headers.CacheControl = "max-age=60";
                if (way is "length") response.ContentLength = octets.Length;
                switch (way)
                {
                    case "stream" or "length": await response.Body.WriteAsync(octets); break;
                    case "flush":
                        await response.Body.WriteAsync(octets.AsMemory(0, 4));
                        await response.Body.FlushAsync();
                        await response.Body.WriteAsync(octets.AsMemory(4));
                        break;
                    case "writer": await response.BodyWriter.WriteAsync(octets); break;
                    case "unflushed":
                        octets.CopyTo(response.BodyWriter.GetMemory(octets.Length));
                        response.BodyWriter.Advance(octets.Length);
                        break;
                    case "synchronous":
                        context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
                        response.Body.Write(octets);
                        response.Body.Flush();
                        break;
                    case "complete":
                        await response.BodyWriter.WriteAsync(octets);
                        await response.CompleteAsync();
                        break;
                    case "file": await response.SendFileAsync(path); break;
                    case "start":
                        await response.StartAsync();
                        Assert.True(response.HasStarted);
                        await response.WriteAsync("hello world");
                        break;
                }
            }));
        try
        {
            for (var i = 0; i < 2; i++) Assert.Equal(way is "empty" ? "" : "hello world", await server.QueryAsync("/", "a"));
            Assert.Equal(1, count);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("abort")]
    [InlineData("throw")]
    [InlineData("short")]
    public async Task A_response_that_breaks_off_is_not_stored_and_the_client_sees_it(string way)
    {
        var count = 0;
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/", ["QUERY"], async context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            if (way is "short") context.Response.ContentLength = 100;
            await context.Response.WriteAsync($"begin #{++count}");
            await context.Response.Body.FlushAsync();
            if (count > 1) return;
            if (way is "abort") context.Abort();
            if (way is "throw") throw new InvalidOperationException("It broke.");
        }));
        var first = await ReadAsync(server.Port);
        Assert.False(first.EndsWith("0\r\n\r\n", StringComparison.Ordinal), first);
        if (way is not "short") Assert.Contains("begin #2", await ReadAsync(server.Port), StringComparison.Ordinal);
        Assert.Equal(way is "short" ? 1 : 2, count);
    }

    [Fact]
    public async Task A_client_that_goes_away_leaves_no_part_behind()
    {
        var (count, gone) = (0, new TaskCompletionSource());
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/", ["QUERY"], async context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.WriteAsync($"begin #{Interlocked.Increment(ref count)}");
            await context.Response.Body.FlushAsync();
            if (count > 1) return;
            var aborted = new TaskCompletionSource();
            using var registration = context.RequestAborted.Register(aborted.SetResult);
            await aborted.Task;
            gone.SetResult();
        }));
        using (var socket = new TcpClient("127.0.0.1", server.Port))
        {
            await socket.GetStream().WriteAsync(Query(close: false), TestContext.Current.CancellationToken);
            await socket.GetStream().ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);
        }
        await gone.Task;
        Assert.Equal("begin #2", await server.QueryAsync("/", "a"));
    }

    [Fact]
    public async Task A_stale_response_is_validated_by_the_endpoint_with_the_content_of_the_query()
    {
        var works = 0;
        await using var server = await CachedServer.StartAsync(app => app.MapQuery("/", async (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "max-age=10";
            using var reader = new StreamReader(context.Request.Body);
            var content = await reader.ReadToEndAsync();
            if (await context.CheckConditionsAsync(new EntityTag($"v-{content}")) is { } answer) return answer;
            return Results.Text($"{content} #{++works}");
        }).WithAcceptQuery("text/plain"));
        Assert.Equal("a #1", await server.QueryAsync("/", "a"));
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        var validated = await server.SendQueryAsync("/", "a");
        Assert.Equal((200, "a #1", "HttpQuery; fwd=stale; fwd-status=304; stored; ttl=10"), (validated.Status, validated.ContentText, validated["Cache-Status"]));
        Assert.Equal("HttpQuery; hit; ttl=10", (await server.SendQueryAsync("/", "a"))["Cache-Status"]);
        Assert.Equal(1, works);
    }

    [Fact]
    public async Task A_clients_own_condition_is_back_when_the_endpoint_has_answered_ours()
    {
        var seen = new List<string>();
        await using var server = await CachedServer.StartAsync(
            "max-age=10",
            answer: context =>
            {
                seen.Add($"{context.Request.Headers.IfNoneMatch}|{context.Request.Headers.Range}");
                context.Response.Headers.ETag = "\"1\"";
                if (context.Request.Headers.IfNoneMatch == "\"1\"") context.Response.StatusCode = 304;
            },
            before: app => app.Use(async (context, next) =>
            {
                await next(context);
                seen.Add($"{context.Request.Headers.IfNoneMatch}|{context.Request.Headers.Range}");
            }));
        await server.QueryAsync("/", "a");
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        var part = await server.SendQueryAsync("/", "a", "If-None-Match: \"2\"", "Range: bytes=0-1");
        Assert.Equal((206, "QU"), (part.Status, part.ContentText));
        Assert.Equal(["|", "|", "\"1\"|", "\"2\"|bytes=0-1"], seen);
    }

    [Fact]
    public async Task A_304_that_speaks_of_another_response_is_asked_about_once_more()
    {
        var seen = new List<string>();
        await using var server = await CachedServer.StartAsync("max-age=10", answer: context =>
        {
            seen.Add(context.Request.Headers.IfNoneMatch.ToString());
            context.Response.Headers.ETag = seen.Count == 1 ? "\"1\"" : "\"2\"";
            if (context.Request.Headers.IfNoneMatch.Count > 0) context.Response.StatusCode = 304;
        });
        await server.QueryAsync("/", "a");
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        var again = await server.SendQueryAsync("/", "a");
        Assert.Equal((200, "QUERY a #3", "\"2\""), (again.Status, again.ContentText, again["ETag"]));
        Assert.Equal(["", "\"1\"", ""], seen);
        Assert.Equal("QUERY a #3", await server.QueryAsync("/", "a"));
    }

    [Theory]
    [InlineData("throw")]
    [InlineData("status")]
    [InlineData("broken")]
    public async Task An_error_is_answered_by_what_is_stale_where_the_response_allows_it(string way)
    {
        var fails = false;
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/", ["QUERY"], async context =>
        {
            context.Response.Headers.CacheControl = "max-age=10, stale-if-error=100";
            if (fails)
            {
                if (way is "throw") throw new InvalidOperationException("It broke.");
                context.Response.StatusCode = 503;
                context.Response.Headers["X-Error"] = "1";
                if (way is "broken")
                {
                    context.Response.ContentLength = 100;
                    await context.Response.WriteAsync("sorr");
                    context.Response.Headers["X-Late"] = "1";
                    context.Abort();
                    return;
                }
            }
            await context.Response.WriteAsync(fails ? "sorry" : "good");
        }));
        await server.QueryAsync("/", "a");
        fails = true;
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        var instead = await server.SendQueryAsync("/", "a");
        Assert.Equal((200, "good", "11", null, null), (instead.Status, instead.ContentText, instead["Age"], instead["X-Error"], instead["X-Late"]));
        server.Clock.Advance(TimeSpan.FromSeconds(100));
        if (way is "status") Assert.Equal(503, (await server.SendQueryAsync("/", "a")).Status);
    }

    [Theory]
    [InlineData(0, 502)]
    [InlineData(60, 200)]
    public async Task Where_nobody_is_reached_what_is_stale_may_stand_in(int seconds, int status)
    {
        var isReached = true;
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/", ["QUERY"], (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "max-age=10";
                if (isReached) return context.Response.WriteAsync("good");
                context.Response.Headers.CacheControl = default;
                context.Response.StatusCode = 502;
                return Task.CompletedTask;
            }),
            options => options.MaximumStaleWhenDisconnected = TimeSpan.FromSeconds(seconds));
        await server.QueryAsync("/", "a");
        isReached = false;
        server.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(status, (await server.SendQueryAsync("/", "a")).Status);
    }

    [Fact]
    public async Task A_stale_response_is_served_at_once_and_asked_for_anew_behind_it()
    {
        var (count, seen) = (0, new TaskCompletionSource<string>());
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/{name}", ["QUERY"], async (HttpContext context, string name, Scoped scoped) =>
            {
                using var reader = new StreamReader(context.Request.Body);
                var content = await reader.ReadToEndAsync();
                context.Response.Headers.CacheControl = "max-age=10, stale-while-revalidate=100";
                var number = Interlocked.Increment(ref count);
                if (number == 2) seen.SetResult($"{name} {content} {context.Request.ContentType} {context.User.Identity?.Name} {scoped.IsDisposed}");
                await context.Response.WriteAsync($"#{number}");
            }),
            build: builder => builder.Services.AddScoped<Scoped>(),
            before: app => app.Use((context, next) =>
            {
                context.User = new(new System.Security.Claims.ClaimsIdentity([new("name", "ann")], "Test", "name", "role"));
                return next(context);
            }));
        Assert.Equal("#1", await server.QueryAsync("/x", "a"));
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        var stale = await server.SendQueryAsync("/x", "a");
        Assert.Equal(("#1", "11"), (stale.ContentText, stale["Age"]));
        Assert.Equal("x a text/plain ann False", await seen.Task);

        // The new one is there as soon as it has been stored.
        string fresh;
        while ((fresh = await server.QueryAsync("/x", "a")) == "#1") await Task.Yield();
        Assert.Equal("#2", fresh);
        Assert.Equal(2, count);
    }

    [Fact]
    public async Task A_revalidation_that_fails_harms_nobody_and_is_tried_again()
    {
        var count = 0;
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/", ["QUERY"], (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "max-age=10, stale-while-revalidate=100";
            return Interlocked.Increment(ref count) is var number && number == 2 ? throw new InvalidOperationException("It broke.") : context.Response.WriteAsync($"#{number}");
        }));
        await server.QueryAsync("/", "a");
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        string answer;
        while ((answer = await server.QueryAsync("/", "a")) == "#1") await Task.Yield();
        Assert.Equal("#3", answer);
    }

    [Fact]
    public async Task What_was_made_before_an_unsafe_request_and_comes_after_it_is_not_used()
    {
        var (count, started, release) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await CachedServer.StartAsync(app =>
        {
            app.MapMethods("/", ["QUERY"], async context =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                var number = Interlocked.Increment(ref count);
                if (number == 1)
                {
                    started.SetResult();
                    await release.Task;
                }
                await context.Response.WriteAsync($"#{number}");
            });
            app.MapPost("/", () => Results.NoContent());
        });
        var slow = server.QueryAsync("/", "a");
        await started.Task;
        await server.SendAsync("POST /", "text/plain", "x");
        var meanwhile = server.QueryAsync("/", "a");
        Assert.Equal("#2", await meanwhile);
        release.SetResult();
        Assert.Equal("#1", await slow);
        Assert.Equal("#2", await server.QueryAsync("/", "a"));
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("private")]
    [InlineData("abort")]
    public async Task Followers_of_a_leader_that_cannot_be_shared_go_each_for_itself(string way)
    {
        var (count, release) = (0, new TaskCompletionSource());
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/", ["QUERY"], async context =>
        {
            var number = Interlocked.Increment(ref count);
            if (number == 1)
            {
                await release.Task;
                if (way is "fail") throw new InvalidOperationException("It broke.");
                if (way is "abort") context.Abort();
            }
            context.Response.Headers.CacheControl = "private";
            await context.Response.WriteAsync($"#{number}");
        }));
        var leader = ReadAsync(server.Port);
        while (Volatile.Read(ref count) == 0) await Task.Yield();
        var followers = Enumerable.Range(0, 5).Select(_ => server.QueryAsync("/", "a")).ToArray();
        release.SetResult();
        await leader;
        var answers = await Task.WhenAll(followers);
        Assert.Equal(5, answers.Distinct().Count());
        Assert.DoesNotContain("#1", answers);
    }

    [Fact]
    public async Task A_coded_response_is_stored_with_its_coding()
    {
        var count = 0;
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                app.UseResponseCompression();
                app.MapMethods("/", ["QUERY"], (HttpContext context) =>
                {
                    context.Response.Headers.CacheControl = "max-age=60";
                    return $"{++count} {new string('x', 2000)}";
                });
            },
            build: builder => builder.Services.AddResponseCompression(),
            before: app => app.UseRouting());
        var coded = await server.SendQueryAsync("/", "a", "Accept-Encoding: gzip");
        var again = await server.SendQueryAsync("/", "a", "Accept-Encoding: gzip");
        var plain = await server.SendQueryAsync("/", "a");
        Assert.Equal(("gzip", "gzip", null), (coded["Content-Encoding"], again["Content-Encoding"], plain["Content-Encoding"]));
        Assert.Equal(coded.Content, again.Content);
        Assert.StartsWith("2 xxx", plain.ContentText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_goes_to_the_handler_before_the_cache_with_what_endpoints_add_at_the_start()
    {
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/", ["QUERY"], _ => throw new InvalidOperationException("It broke.")),
            before: app => app.UseExceptionHandler(error => error.Run(context => context.Response.WriteAsync("handled"))));
        var failed = await server.SendQueryAsync("/", "a");
        Assert.Equal((500, "handled"), (failed.Status, failed.ContentText));
        Assert.NotNull(failed["Accept-Query"]);
    }

    [Fact]
    public async Task Content_that_breaks_off_is_a_400_of_the_client()
    {
        await using var server = await CachedServer.StartAsync();
        const string Request = "QUERY / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
        Assert.Equal(400, (await RawHttp.SendAsync(server.Port, Request)).Status);
    }

    private static byte[] Query(bool close = true) =>
        Encoding.ASCII.GetBytes($"QUERY / HTTP/1.1\r\nHost: localhost\r\n{(close ? "Connection: close\r\n" : "")}Content-Type: text/plain\r\nContent-Length: 1\r\n\r\na");

    // All that comes, however it ends.
    private static async Task<string> ReadAsync(int port)
    {
        using var socket = new TcpClient("127.0.0.1", port);
        await socket.GetStream().WriteAsync(Query());
        var received = new MemoryStream();
        try
        {
            await socket.GetStream().CopyToAsync(received);
        }
        catch (IOException)
        {
            // Reset, which is an end as well.
        }
        return Encoding.Latin1.GetString(received.ToArray());
    }

    private sealed class Scoped : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
