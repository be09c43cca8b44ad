using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Tests.SharedCache;

/// <summary>Content that is examined for its key, and that no endpoint reads: the server is left with nothing half read when the client goes.</summary>
/// <remarks>Kestrel passes over unread content where the client is still there, and otherwise reads on as if it had been read: it then warns of a reading in progress.</remarks>
public sealed class UnreadContentTests
{
    private const int Connections = 200;
    private const int RequestsOfEach = 10;

    public static TheoryData<string, int, string?, bool> Ways { get; } = new()
    {
        { "/cached/hit", 200, null, false },
        { "/cached/hit", 200, null, true },
        { "/cached/hit", 304, "If-None-Match: *", false },
        { "/cached/none", 504, "Cache-Control: only-if-cached", false },
        { "/cached/unread", 200, null, false },
        { "/keyed", 200, null, false },
        { "/conditions", 304, "If-None-Match: \"v\"", false },
        { "/output", 200, null, false },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Clients_that_go_after_an_answer_leave_no_warning(string target, int status, string? field, bool inParts)
    {
        var warnings = new Warnings();
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                // Ends each request of a client that is gone only when the server knows it.
                app.Use(next => async context =>
                {
                    await next(context);
                    if (context.Request.Headers.ContainsKey("Last")) context.Response.OnCompleted(() => context.Features.GetRequiredFeature<Gone>().Task);
                });
                app.UseWhen(context => context.Request.Path.StartsWithSegments("/cached"), branch => branch.UseHttpQueryCache());
                app.UseOutputCache();
                app.MapMethods("/cached/hit", ["QUERY"], async (HttpContext context) =>
                {
                    (context.Response.Headers.CacheControl, context.Response.Headers.ETag) = ("max-age=600", "\"v\"");
                    using var reader = new StreamReader(context.Request.Body);
                    await WriteAsync(context, await reader.ReadToEndAsync());
                });
                app.MapQuery("/cached/unread", context => WriteAsync(context, "unread"));
                app.MapQuery("/cached/none", context => context.Response.WriteAsync("none"));
                app.MapQuery("/keyed", context => WriteAsync(context, "keyed")).WithQueryKey();
                app.MapQuery("/conditions", async context =>
                {
                    if (await context.CheckConditionsAsync(new EntityTag("v")) is { } result) await result.ExecuteAsync(context);
                });
                app.MapQuery("/output", context => WriteAsync(context, "stored")).CacheOutput(policy => policy.VaryByQueryContent());
            },
            builder =>
            {
                builder.Logging.AddProvider(warnings);
                builder.Services.AddHttpQueryCache();
                builder.Services.AddOutputCache();
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Use(Gone.Watch)));
            });

        await server.SendAsync($"QUERY {target}", "text/plain", "some content");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Connections / 8; i++) await TalkAsync(server.Port, target, status, field, inParts);
        })));

        Assert.Empty(warnings.Lines);
    }

    // By its length, so that it comes in one piece.
    private static Task WriteAsync(HttpContext context, string text)
    {
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text);
    }

    [Fact]
    public async Task Clients_that_go_in_the_middle_of_their_content_leave_no_warning()
    {
        var (warnings, gone, never) = (new Warnings(), 0, TestContext.Current.CancellationToken);
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseHttpQueryCache();
                app.MapQuery("/", context => context.Response.WriteAsync("never"));
            },
            builder =>
            {
                builder.Logging.AddProvider(warnings);
                builder.Services.AddHttpQueryCache();
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => async connection =>
                {
                    await next(connection);
                    Interlocked.Increment(ref gone);
                })));
            });

        for (var i = 0; i < Connections; i++)
        {
            using var connection = new TcpClient { NoDelay = true };
            await connection.ConnectAsync(IPAddress.Loopback, server.Port, never);
            var stream = connection.GetStream();
            await stream.WriteAsync("QUERY / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n"u8.ToArray(), never);

            // The interim response says that the content is being read.
            Assert.NotEqual(0, await stream.ReadAsync(new byte[100], never));
            await stream.WriteAsync("some"u8.ToArray(), never);
        }
        await UntilAsync(() => Volatile.Read(ref gone) == Connections);

        Assert.Empty(warnings.Lines);
    }

    [Fact]
    public async Task Clients_that_go_while_they_wait_for_another_leave_no_warning()
    {
        var (warnings, arrived, leading, gone, never) = (new Warnings(), 0, 0, 0, TestContext.Current.CancellationToken);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.Use(next => context =>
                {
                    Interlocked.Increment(ref arrived);
                    return next(context);
                });
                app.UseHttpQueryCache();
                app.MapQuery("/", async context =>
                {
                    Interlocked.Increment(ref leading);
                    await answer.Task;
                    await WriteAsync(context, "late");
                });
            },
            builder =>
            {
                builder.Logging.AddProvider(warnings);
                // On a slow machine, no waiting request may become one of its own.
                builder.Services.AddHttpQueryCache(options => options.CollapseTimeout = TimeSpan.FromMinutes(5));
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => async connection =>
                {
                    await next(connection);
                    Interlocked.Increment(ref gone);
                })));
            });

        var leader = server.SendAsync("QUERY /", "text/plain", "some content");

        // Not only arrived: one of the others would ask the endpoint in its place, and its connection would wait for the answer.
        await UntilAsync(() => Volatile.Read(ref leading) == 1);
        var connections = new List<TcpClient>();
        for (var i = 0; i < Connections; i++)
        {
            var connection = new TcpClient { NoDelay = true };
            connections.Add(connection);
            await connection.ConnectAsync(IPAddress.Loopback, server.Port, never);
            await connection.GetStream().WriteAsync("QUERY / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nsome content"u8.ToArray(), never);
        }
        await UntilAsync(() => Volatile.Read(ref arrived) == Connections + 1);
        foreach (var connection in connections) connection.Dispose();
        await UntilAsync(() => Volatile.Read(ref gone) == Connections);

        answer.SetResult();
        Assert.Equal("late", (await leader).ContentText);
        Assert.Empty(warnings.Lines);
    }

    [Theory]
    [InlineData(50_000)]
    [InlineData(100_000)]
    public async Task Clients_that_go_before_a_validation_leave_no_warning(int length)
    {
        var (warnings, arrived, done, never) = (new Warnings(), 0, 0, TestContext.Current.CancellationToken);
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.Use(next => async context =>
                {
                    if (context.Request.Headers.ContainsKey("Last"))
                    {
                        await LookupContentTests.ArriveAsync(context);
                        Interlocked.Increment(ref arrived);
                        await context.Features.GetRequiredFeature<Gone>().Task;
                        context.Response.OnCompleted(() =>
                        {
                            Interlocked.Increment(ref done);
                            return Task.CompletedTask;
                        });
                    }
                    await next(context);
                });
                app.UseRouting();
                app.UseHttpQueryCache();
                app.MapQuery("/", async context =>
                {
                    await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
                    (context.Response.Headers.CacheControl, context.Response.Headers.ETag) = ("no-cache", "\"v\"");
                    await WriteAsync(context, "stored");
                });
            },
            builder =>
            {
                builder.Logging.AddProvider(warnings);
                builder.Services.AddHttpQueryCache();
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Use(Gone.Watch)));
            });

        var content = new string('x', length);
        await server.SendAsync("QUERY /", "text/plain", content);
        for (var i = 0; i < 10; i++)
        {
            using (var connection = new TcpClient { NoDelay = true })
            {
                await connection.ConnectAsync(IPAddress.Loopback, server.Port, never);
                var head = $"QUERY / HTTP/1.1\r\nHost: localhost\r\nLast: 1\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n";
                await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + content), never);
                await UntilAsync(() => Volatile.Read(ref arrived) == i + 1);
            }
            await UntilAsync(() => Volatile.Read(ref done) == i + 1);
        }
        Assert.Empty(warnings.Lines);
    }

    // What never comes is a failure, and not a run without an end.
    private static async Task UntilAsync(Func<bool> isReached)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!isReached()) await Task.Delay(5, limit.Token);
    }

    private static async Task TalkAsync(int port, string target, int status, string? field, bool inParts)
    {
        using var connection = new TcpClient { NoDelay = true };
        await connection.ConnectAsync(IPAddress.Loopback, port);
        var stream = connection.GetStream();
        var buffer = new byte[4096];
        for (var i = 1; i <= RequestsOfEach; i++)
        {
            var fields = (field is null ? "" : $"{field}\r\n") + (i == RequestsOfEach ? "Last: 1\r\n" : "");
            var request = Encoding.ASCII.GetBytes($"QUERY {target} HTTP/1.1\r\nHost: localhost\r\n{fields}Content-Type: text/plain\r\nContent-Length: 12\r\n\r\nsome content");
            if (inParts)
            {
                await stream.WriteAsync(request.AsMemory(0, request.Length - 5));
                await Task.Yield();
                await stream.WriteAsync(request.AsMemory(request.Length - 5));
            }
            else await stream.WriteAsync(request);
            var count = await stream.ReadAsync(buffer);
            Assert.StartsWith($"HTTP/1.1 {status} ", Encoding.ASCII.GetString(buffer, 0, count), StringComparison.Ordinal);
        }
    }

    /// <summary>Done when the server has taken note that the connection is closed.</summary>
    private sealed class Gone
    {
        private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _gone.Task;

        // Before the server registers itself, so that this is called after it.
        public static ConnectionDelegate Watch(ConnectionDelegate next) => async connection =>
        {
            var gone = new Gone();
            connection.Features.Set(gone);
            using var registration = connection.ConnectionClosed.Register(gone._gone.SetResult);
            await next(connection);
        };
    }

    private sealed class Warnings : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Lines.Enqueue($"{formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }
    }
}
