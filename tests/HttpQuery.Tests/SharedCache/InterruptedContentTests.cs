using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HttpQuery.Tests.SharedCache;

/// <summary>Content that gave way while the cache was reading it, and that no endpoint reads: the read in progress ends with its request.</summary>
public sealed class InterruptedContentTests
{
    private const int Length = 520_000;
    private const int TakenByContent = 512 * 1024;

    private readonly string _content = new('x', Length);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)] // With Content-Length, a read that a token cancels is one that Kestrel cannot end: it closes the connection.
    public async Task It_leaves_the_connection_to_the_next_request(bool isChunked, bool isWrapped)
    {
        using var meter = new CacheMeter();
        var log = new KestrelLog();
        await using var server = await StartAsync(meter, log, HttpProtocols.Http1, isWrapped);
        using var connection = new TcpClient { NoDelay = true };
        await connection.ConnectAsync(IPAddress.Loopback, server.Port, Test);
        var stream = connection.GetStream();
        var (framing, before, after) = isChunked ? ("Transfer-Encoding: chunked", $"{Length:x}\r\n", "\r\n0\r\n\r\n") : ($"Content-Length: {Length}", "", "");
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"QUERY /unread HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n{framing}\r\n\r\n{before}{_content[1..]}"), Test);
        await meter.UntilPendingAsync(size => size == TakenByContent);

        Assert.Equal($"{Length}", (await server.SendAsync("QUERY /read", "text/plain", new string('y', Length))).ContentText);
        Assert.EndsWith("unread", await ReadAsync(stream, "unread"), StringComparison.Ordinal);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"x{after}QUERY /read HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nnext"), Test);
        Assert.EndsWith("\r\n\r\n4", await ReadAsync(stream, "\r\n\r\n4"), StringComparison.Ordinal);
        Assert.Empty(log.Lines);
        await meter.UntilPendingAsync(size => size == 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_takes_nothing_from_the_requests_that_follow_over_http2(bool isWrapped)
    {
        using var meter = new CacheMeter();
        var log = new KestrelLog();
        await using var server = await StartAsync(meter, log, HttpProtocols.Http2, isWrapped);
        using var client = new HttpClient();
        await Task.WhenAll(Enumerable.Range(1, 8).Select(async number =>
        {
            for (var i = 0; i < 25; i++)
            {
                // Whose rest comes while the response of the endpoint goes.
                Assert.Equal("unread", await SendAsync(client, server.Port, "/unread", new StalledContent(_content, Task.Delay((number + i) % 8, Test))));
                Assert.Equal($"{number}", await SendAsync(client, server.Port, "/read", new StringContent(new string('z', number))));
            }
        }));
        Assert.Empty(log.Lines);
        await meter.UntilPendingAsync(size => size == 0);
    }

    private static Task<QueryServer> StartAsync(CacheMeter meter, KestrelLog log, HttpProtocols protocols, bool isWrapped = false) => QueryServer.StartAsync(
        app =>
        {
            meter.Listen(app.Services.GetRequiredService<IMeterFactory>());
            if (isWrapped)
            {
                app.Use((context, next) =>
                {
                    context.Request.Body = new BufferedStream(context.Request.Body);
                    return next(context);
                });
            }
            app.UseRouting();
            app.UseHttpQueryCache();
            app.MapMethods("/unread", ["QUERY"], context => WriteAsync(context, "unread"));
            app.MapMethods("/read", ["QUERY"], async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                await WriteAsync(context, $"{(await reader.ReadToEndAsync()).Length}");
            });
        },
        builder =>
        {
            builder.Logging.AddProvider(log);
            builder.Services.AddHttpQueryCache(options => options.MaximumPendingSize = 1024 * 1024);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols));
        },
        plain: true);

    private static Task WriteAsync(HttpContext context, string text)
    {
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text);
    }

    private static async Task<string> ReadAsync(NetworkStream stream, string end)
    {
        var (buffer, text) = (new byte[4096], "");
        while (!text.EndsWith(end, StringComparison.Ordinal) && await stream.ReadAsync(buffer, Test) is > 0 and var count) text += Encoding.ASCII.GetString(buffer, 0, count);
        return text;
    }

    private static async Task<string> SendAsync(HttpClient client, int port, string target, HttpContent content)
    {
        using var request = new HttpRequestMessage(new("QUERY"), $"http://127.0.0.1:{port}{target}") { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.SendAsync(request, Test);
        return await response.Content.ReadAsStringAsync(Test);
    }

    private sealed class StalledContent(string text, Task rest) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var octets = Encoding.ASCII.GetBytes(text);
            await stream.WriteAsync(octets.AsMemory(1), Test);
            await stream.FlushAsync(Test);
            await rest;
            await stream.WriteAsync(octets.AsMemory(0, 1), Test);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = text.Length;
            return true;
        }
    }

    private sealed class KestrelLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) ? this : NullLogger.Instance;

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
