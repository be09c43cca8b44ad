#pragma warning disable xUnit1051
using System.Net;
using System.Net.Sockets;
using System.Text;
using HttpQuery.Client.Tests.PrivateCache;

namespace HttpQuery.Client.Tests.Fallback;

/// <summary>Servers that answer early, never end, or send wrong lengths: the fallback goes on, and the handler works afterwards.</summary>
public sealed class HostileFallbackTests
{
    private const string NotAllowed = "HTTP/1.1 405 Method Not Allowed\nContent-Length: 0\n\n";

    [Fact]
    public async Task A_405_whose_body_never_ends_does_not_hold_the_POST()
    {
        await using var origin = Origin.Start();
        using var client = Client();
        var sending = client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        await (await origin.NextAsync()).SendAsync("HTTP/1.1 405 Method Not Allowed\nContent-Length: 10000000\n\nbegin");
        await (await origin.NextAsync()).SendAsync(Origin.Ok("done"));
        Assert.Equal("200 done", await sending);
    }

    [Fact]
    public async Task A_405_before_the_content_is_through_leads_to_a_POST_with_the_whole_content()
    {
        var content = new string('x', 1024 * 1024);
        await using var server = new EarlyServer();
        using var client = Client();
        for (var i = 0; i < 2; i++) Assert.Equal("200 1048576", await client.TextAsync(Cached.Query(server.Uri, content)));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 10\n\nshort")]
    [InlineData("HTTP/1.1 abc\n\n")]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\n")]
    public async Task A_POST_with_a_wrong_length_is_an_error_and_the_next_query_works(string wrong)
    {
        var count = 0;
        await using var origin = Origin.Start();
        using var client = Client();
        var failing = client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        await (await origin.NextAsync()).SendAsync(NotAllowed);
        var post = await origin.NextAsync();
        await post.SendAsync(wrong);
        post.Close();
        await Assert.ThrowsAsync<HttpRequestException>(() => failing);

        var sending = client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        for (var exchange = await origin.NextAsync(); ; exchange = await origin.NextAsync())
        {
            var isQuery = exchange.Request.StartsWith("QUERY", StringComparison.Ordinal);
            await exchange.SendAsync(isQuery ? NotAllowed : Origin.Ok("done"));
            if (!isQuery) break;
            count++;
        }
        Assert.Equal("200 done", await sending);
        Assert.InRange(count, 0, 1);
    }

    private static HttpClient Client() => new(new QueryFallbackHandler(new() { Paths = { { "/pods", "/pods/_search" } } })
    {
        InnerHandler = new SocketsHttpHandler(),
    });

    /// <summary>Answers a QUERY with 405 and closes the connection when its headers have arrived. Answers a POST with the length that
    /// arrived.</summary>
    private sealed class EarlyServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _accepting;

        public EarlyServer()
        {
            _listener.Start();
            Uri = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/pods");
            _accepting = AcceptAsync();
        }

        public Uri Uri { get; }

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
                    await ServeAsync(connection.GetStream());
                }
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException) { }
        }

        private static async Task ServeAsync(NetworkStream stream)
        {
            var (received, buffer) = (new MemoryStream(), new byte[64 * 1024]);
            int head;
            do
            {
                var read = await stream.ReadAsync(buffer);
                if (read == 0) return;
                received.Write(buffer, 0, read);
                head = received.GetBuffer().AsSpan(0, (int)received.Length).IndexOf("\r\n\r\n"u8);
            }
            while (head < 0);
            if (Encoding.Latin1.GetString(received.GetBuffer(), 0, 5) is "QUERY")
            {
                await stream.WriteAsync("HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                return;
            }
            var length = received.Length - head - 4;
            while (length < 1024 * 1024) length += await stream.ReadAsync(buffer);
            await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{length}"));
        }
    }
}
