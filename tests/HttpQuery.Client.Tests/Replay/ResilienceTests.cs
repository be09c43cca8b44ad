#pragma warning disable xUnit1051
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Time.Testing;
using Polly;

namespace HttpQuery.Client.Tests.Replay;

/// <summary>Retries by Microsoft.Extensions.Http.Resilience, on a server that closes connections, is overloaded, or is slow.</summary>
public sealed class ResilienceTests
{
    private const string Content = """{"name":"a query that is sent again"}""";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Theory]
    [InlineData(Moment.BeforeTheRequest)]
    [InlineData(Moment.DuringTheRequest)]
    [InlineData(Moment.AfterTheRequest)]
    public async Task A_query_is_sent_again_with_its_content_until_the_server_answers(Moment moment)
    {
        await using var server = new ClosingServer(moment, closed: 5);
        await using var services = Build();
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        var content = moment is Moment.DuringTheRequest ? new string('x', 4 * 1024 * 1024) : Content;
        Assert.Equal("200 done", await client.TextAsync(Cached.Query(server.Uri, content)));

        // Each attempt of the retry handler is two requests: the second for a connection that might have been one of the pool.
        Assert.Equal(6, server.Connections);
        Assert.EndsWith("\r\n\r\n" + content, server.LastRequest, StringComparison.Ordinal);
        Assert.StartsWith("QUERY / HTTP/1.1\r\n", server.LastRequest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Moment.BeforeTheRequest)]
    [InlineData(Moment.DuringTheRequest)]
    [InlineData(Moment.AfterTheRequest)]
    public async Task A_POST_is_sent_once(Moment moment)
    {
        await using var server = new ClosingServer(moment, closed: 5);
        await using var services = Build();
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        var content = new string('x', moment is Moment.DuringTheRequest ? 4 * 1024 * 1024 : 10);
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.TextAsync(new(HttpMethod.Post, server.Uri) { Content = new StringContent(content) }));
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData("QUERY", "200 done", 3)]
    [InlineData("POST", "503 ", 1)]
    public async Task After_a_503_with_Retry_After_only_a_query_is_sent_again(string method, string expected, int count)
    {
        const string Overloaded = "HTTP/1.1 503 Service Unavailable\nRetry-After: 0\nContent-Length: 0\n\n";
        var received = new ConcurrentQueue<string>();
        await using var origin = Origin.Start(request =>
        {
            received.Enqueue(request);
            return received.Count < 3 ? Overloaded : Origin.Ok("done");
        });
        await using var services = Build();
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        Assert.Equal(expected,
            await client.TextAsync(new(new HttpMethod(method), origin.Uri("/")) { Content = Wire.Content("application/json", Content) }));
        Assert.Equal(count, received.Count);
        Assert.All(received, request => Assert.EndsWith("\n\n" + Content, request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_query_to_a_slow_server_is_sent_again()
    {
        await using var origin = Origin.Start();
        await using var services = Build();
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        var sending = client.TextAsync(Cached.Query(origin.Uri("/"), Content));
        var slow = await origin.NextAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = await origin.NextAsync();
        Assert.Equal(slow.Request, second.Request);
        await second.SendAsync(Origin.Ok("done"));
        Assert.Equal("200 done", await sending);
    }

    [Fact]
    public async Task JSON_with_a_sequence_that_is_read_once_is_sent_again_whole()
    {
        var received = new ConcurrentQueue<string>();
        await using var origin = Origin.Start(request =>
        {
            received.Enqueue(request);
            return received.Count < 3 ? "" : Origin.Ok("[]", "Content-Type: application/json");
        });
        await using var services = Build();
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        Assert.Empty((await client.QueryFromJsonAsync<IEnumerable<int>, int[]>(origin.Uri("/"), Once()))!);
        Assert.Equal(3, received.Count);
        Assert.All(received, request => Assert.EndsWith("\nContent-Length: 7\n\n[1,2,3]", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fallback_is_retried_as_the_query_it_stands_for()
    {
        var received = new ConcurrentQueue<string>();
        await using var origin = Origin.Start(request =>
        {
            received.Enqueue(string.Join(' ', request.Split(' ').Take(2)));
            return request.StartsWith("QUERY", StringComparison.Ordinal) ? "HTTP/1.1 405 Method Not Allowed\nContent-Length: 0\n\n"
                : received.Count < 5 ? "HTTP/1.1 503 Service Unavailable\nContent-Length: 0\n\n" : Origin.Ok("done", Cached.Fresh);
        });
        await using var services = Build(options =>
        {
            options.UseCache = options.UseFallback = true;
            options.Fallback.Paths.TryAdd("/pods", "/pods/_search");
        });
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        for (var i = 0; i < 2; i++) Assert.Equal("200 done", await client.TextAsync(Cached.Query(origin.Uri("/pods"), Content)));
        Assert.Equal(["QUERY /pods", "POST /pods/_search", "POST /pods/_search", "POST /pods/_search", "POST /pods/_search"], received);
    }

    [Fact]
    public async Task The_standard_handler_of_the_package_composes_as_well()
    {
        await using var server = new ClosingServer(Moment.AfterTheRequest, closed: 2);
        var services = new ServiceCollection();
        services.AddHttpClient("api").AddHttpQuery(options => options.UseCache = false).AddStandardResilienceHandler(options =>
        {
            options.Retry.Delay = TimeSpan.Zero;
            options.Retry.DisableForUnsafeHttpMethods();
        });
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        Assert.Equal("200 done", await client.TextAsync(Cached.Query(server.Uri, Content)));
        Assert.Equal(3, server.Connections);
    }

    private static IEnumerable<int> Once()
    {
        yield return 1;
        yield return 2;
        yield return 3;
    }

    private ServiceProvider Build(Action<HttpQueryClientOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddHttpClient("api")
            .AddHttpQuery(options =>
            {
                options.UseCache = false;
                options.MaximumReplayLength = 8 * 1024 * 1024;
                configure?.Invoke(options);
            })
            .AddResilienceHandler("retry", pipeline =>
            {
                pipeline.TimeProvider = _time;
                var retry = new HttpRetryStrategyOptions { MaxRetryAttempts = 5, Delay = TimeSpan.Zero };
                retry.DisableForUnsafeHttpMethods();
                pipeline.AddRetry(retry).AddTimeout(TimeSpan.FromSeconds(1));
            });
        return services.BuildServiceProvider();
    }

    /// <summary>When the server closes a connection.</summary>
    public enum Moment
    {
        /// <summary>As soon as it is accepted.</summary>
        BeforeTheRequest,

        /// <summary>After the headers, before the content.</summary>
        DuringTheRequest,

        /// <summary>After the content, before a response.</summary>
        AfterTheRequest,
    }

    /// <summary>Closes the first connections, then answers.</summary>
    private sealed class ClosingServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Moment _moment;
        private readonly int _closed;
        private readonly Task _accepting;
        private int _connections;
        private volatile string _lastRequest = "";

        public ClosingServer(Moment moment, int closed)
        {
            (_moment, _closed) = (moment, closed);
            _listener.Start();
            Uri = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
            _accepting = AcceptAsync();
        }

        public Uri Uri { get; }

        public int Connections => Volatile.Read(ref _connections);

        /// <summary>The request that was answered.</summary>
        public string LastRequest => _lastRequest;

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _accepting;
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    using var connection = await _listener.AcceptTcpClientAsync();
                    await ServeAsync(connection, Interlocked.Increment(ref _connections) <= _closed);
                }
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException) { }
        }

        private async Task ServeAsync(TcpClient connection, bool isClosed)
        {
            if (isClosed && _moment is Moment.BeforeTheRequest) return;
            var (received, buffer) = (new MemoryStream(), new byte[64 * 1024]);
            var head = -1;
            var length = 0;
            while (head < 0 || received.Length - head - 4 < length)
            {
                var read = await connection.GetStream().ReadAsync(buffer);
                if (read == 0) return;
                received.Write(buffer, 0, read);
                if (head >= 0) continue;
                head = received.GetBuffer().AsSpan(0, (int)received.Length).IndexOf("\r\n\r\n"u8);
                if (head < 0) continue;
                if (isClosed && _moment is Moment.DuringTheRequest) return;
                var headers = Encoding.Latin1.GetString(received.GetBuffer(), 0, head);
                length = int.Parse(headers.Split("Content-Length: ")[1].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
            }
            if (isClosed) return;
            _lastRequest = Encoding.Latin1.GetString(received.GetBuffer(), 0, (int)received.Length);
            await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone"u8.ToArray());
        }
    }
}
