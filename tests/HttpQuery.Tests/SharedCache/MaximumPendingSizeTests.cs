using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Tests.SharedCache;

/// <summary><see cref="HttpQuery.Caching.QueryCacheOptionsBase.MaximumPendingSize"/>, the least that is allowed: slow clients give way to others, and all memory comes back.</summary>
public sealed class MaximumPendingSizeTests : IAsyncLifetime
{
    private const int MaximumPendingSize = 1024 * 1024;
    private const int Length = 520_000;

    // In pieces of 16 KiB one content of this length takes all that contents may have together.
    private const int TakenByContent = 512 * 1024;

    private readonly CacheMeter _meter = new();
    private readonly Events _log = new();
    private CachedServer _server = null!;
    private int _count;

    public async ValueTask InitializeAsync() => _server = await CachedServer.StartAsync(
        app =>
        {
            _meter.Listen(app.Services.GetRequiredService<IMeterFactory>());
            app.MapMethods("/content/{way}", ["QUERY"], async (HttpContext context, string way) =>
            {
                var content = await ReadAsync(context, way);
                context.Response.Headers.CacheControl = "max-age=60";
                await context.Response.WriteAsync($"{Hash(content)} #{Interlocked.Increment(ref _count)}");
            });
            app.MapMethods("/response/{length:int}", ["GET"], async (HttpContext context, int length) =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                var content = Octets(length, Interlocked.Increment(ref _count));
                for (var start = 0; start < length; start += 16 * 1024) await context.Response.Body.WriteAsync(content.AsMemory(start, Math.Min(16 * 1024, length - start)), context.RequestAborted);
            });
        },
        options => options.MaximumPendingSize = MaximumPendingSize,
        builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_log);
            SlowClient.UseSmallBuffers(builder);
        });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _meter.Dispose();
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("pipe")]
    [InlineData("synchronous")]
    public async Task Content_that_stalls_gives_way_to_a_newer_one_and_is_forwarded_as_it_was_sent(string way)
    {
        var (slow, quick) = (Octets(Length, 1), Octets(Length, 2));
        using var client = await StartContentAsync(way);
        await client.SendAsync(slow.AsMemory(0, Length - 1));
        await _meter.UntilPendingAsync(size => size == TakenByContent);

        var stored = await _server.SendOctetsAsync("QUERY /content/stream", "text/plain", quick);
        Assert.Equal(($"{Hash(quick)} #1", "HttpQuery; fwd=uri-miss; fwd-status=200; stored; ttl=60"), (stored.ContentText, stored["Cache-Status"]));
        var hit = await _server.SendOctetsAsync("QUERY /content/stream", "text/plain", quick);
        Assert.Equal(($"{Hash(quick)} #1", "HttpQuery; hit; ttl=60"), (hit.ContentText, hit["Cache-Status"]));

        await client.SendAsync(slow.AsMemory(Length - 1));
        var forwarded = await client.ReadAsync();
        Assert.Equal(($"{Hash(slow)} #2", "HttpQuery; fwd=bypass; fwd-status=200"), (forwarded.ContentText, forwarded["Cache-Status"]));
        Assert.Contains(_log.Lines, line => line.Text is "A request bypasses the cache: the memory of MaximumPendingSize is used up.");
        await _meter.UntilPendingAsync(size => size == 0);
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("pipe")]
    [InlineData("synchronous")]
    public async Task Content_that_gives_way_before_its_first_byte_is_forwarded_as_it_was_sent(string way)
    {
        var slow = Octets(Length, 1);
        using var client = await StartContentAsync(way);
        await _meter.UntilPendingAsync(size => size == 4096);
        await _server.SendOctetsAsync("QUERY /content/stream", "text/plain", Octets(Length, 2));

        await client.SendAsync(slow);
        var forwarded = await client.ReadAsync();
        Assert.Equal((200, $"{Hash(slow)} #2", "HttpQuery; fwd=bypass; fwd-status=200"), (forwarded.Status, forwarded.ContentText, forwarded["Cache-Status"]));
        await _meter.UntilPendingAsync(size => size == 0);
    }

    [Fact]
    public async Task A_response_that_is_read_slowly_gives_way_to_a_newer_one()
    {
        using var client = await SlowClient.StartAsync(_server.Port, "GET /response/900000");
        await _meter.UntilPendingAsync(size => size > 32 * 1024);

        Assert.Equal("HttpQuery; fwd=uri-miss; fwd-status=200; stored; ttl=60", (await _server.SendAsync("GET /response/1000000"))["Cache-Status"]);
        var hit = await _server.SendAsync("GET /response/1000000");
        Assert.Equal("HttpQuery; hit; ttl=60", hit["Cache-Status"]);
        Assert.Equal(Octets(1_000_000, 2), hit.Content);

        Assert.Equal(Octets(900_000, 1), (await client.ReadAsync()).Content);
        Assert.Equal(Octets(900_000, 3), (await _server.SendAsync("GET /response/900000")).Content);
        Assert.Contains(_log.Lines, line => line.Text.EndsWith("because MaximumPendingSize is used up, and newer responses need the memory.", StringComparison.Ordinal));
        await _meter.UntilPendingAsync(size => size == 0);
    }

    [Theory]
    [InlineData("content", false)]
    [InlineData("content", true)]
    [InlineData("response", false)]
    [InlineData("response", true)]
    public async Task A_client_that_leaves_in_the_middle_leaves_no_memory_behind(string what, bool hasGivenWay)
    {
        using (var client = what is "content" ? await StartContentAsync("stream") : await SlowClient.StartAsync(_server.Port, "GET /response/900000"))
        {
            if (what is "content") await client.SendAsync(Octets(Length - 1, 1));
            await _meter.UntilPendingAsync(size => what is "content" ? size == TakenByContent : size > 32 * 1024);
            if (hasGivenWay && what is "content") await _server.SendOctetsAsync("QUERY /content/stream", "text/plain", Octets(Length, 2));
            if (hasGivenWay && what is "response") await _server.SendAsync("GET /response/1000000");
            Assert.Equal(hasGivenWay, _log.Lines.Any(line => line.Id == 46));
        }
        await _meter.UntilPendingAsync(size => size == 0);
    }

    [Fact]
    public async Task Content_in_the_servers_own_buffers_is_looked_up_though_the_memory_is_used_up()
    {
        var slow = Octets(Length, 1);
        using var client = await StartContentAsync("stream");
        await client.SendAsync(slow.AsMemory(0, Length - 1));
        await _meter.UntilPendingAsync(size => size == TakenByContent);

        Assert.EndsWith("stored; ttl=60", (await _server.SendQueryAsync("/content/stream", "small"))["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal("HttpQuery; hit; ttl=60", (await _server.SendQueryAsync("/content/stream", "small"))["Cache-Status"]);

        // Nothing had to give way.
        Assert.DoesNotContain(_log.Lines, line => line.Id == 46);
        await client.SendAsync(slow.AsMemory(Length - 1));
        Assert.Equal("HttpQuery; fwd=uri-miss; fwd-status=200; stored; ttl=60", (await client.ReadAsync())["Cache-Status"]);
        await _meter.UntilPendingAsync(size => size == 0);
    }

    [Fact]
    public async Task The_log_warns_once_a_minute()
    {
        const string Text = "MaximumPendingSize (1048576 bytes) is used up by requests in progress: {0} contents or responses, the oldest first, bypassed the cache or were not stored since the last warning.";
        var clients = new List<SlowClient>();
        for (var i = 0; i < 5; i++)
        {
            if (i == 4) _server.Clock.Advance(TimeSpan.FromMinutes(1));
            clients.Add(await StartContentAsync("stream"));
            await clients[^1].SendAsync(Octets(Length - 1, i));
            while (_log.Bypasses < i) await Task.Delay(5, TestContext.Current.CancellationToken);
            await _meter.UntilPendingAsync(size => size == TakenByContent);
        }
        foreach (var client in clients) client.Dispose();
        await _meter.UntilPendingAsync(size => size == 0);

        var warnings = _log.Lines.Where(line => line.Id == 46).ToArray();
        Assert.All(warnings, warning => Assert.Equal(LogLevel.Warning, warning.Level));
        Assert.Collection(
            warnings,
            first => Assert.StartsWith(Text.Replace("{0}", "1", StringComparison.Ordinal), first.Text, StringComparison.Ordinal),
            second => Assert.StartsWith(Text.Replace("{0}", "3", StringComparison.Ordinal), second.Text, StringComparison.Ordinal));
    }

    private Task<SlowClient> StartContentAsync(string way) => SlowClient.StartAsync(_server.Port, $"QUERY /content/{way}", "Content-Type: text/plain", $"Content-Length: {Length}");

    private static byte[] Octets(int length, int number)
    {
        var octets = new byte[length];
        for (var i = 0; i < length; i++) octets[i] = (byte)((i * 31) + (i >> 8) + number);
        return octets;
    }

    private static string Hash(byte[] octets) => Convert.ToHexString(SHA256.HashData(octets));

    private static async Task<byte[]> ReadAsync(HttpContext context, string way)
    {
        using var content = new MemoryStream();
        if (way is "pipe")
        {
            while (await context.Request.BodyReader.ReadAsync(context.RequestAborted) is var result)
            {
                content.Write(result.Buffer.ToArray());
                context.Request.BodyReader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;
            }
        }
        else if (way is "synchronous")
        {
            context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
            var buffer = new byte[1000];
            while (context.Request.Body.Read(buffer, 0, buffer.Length) is > 0 and var count) content.Write(buffer, 0, count);
        }
        else
        {
            await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        }
        return content.ToArray();
    }

    private sealed class Events : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, int Id, string Text)> Lines { get; } = [];

        /// <summary>How many requests passed by the cache.</summary>
        public int Bypasses => Lines.Count(line => line.Id == 20);

        public ILogger CreateLogger(string categoryName) => categoryName is "HttpQuery.Cache" ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue((logLevel, eventId.Id, formatter(state, exception)));

        public void Dispose()
        {
        }
    }
}
