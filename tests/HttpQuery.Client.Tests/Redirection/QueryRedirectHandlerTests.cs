using System.Net;
using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.Extensions.Time.Testing;
using static HttpQuery.Client.Tests.Redirection.Redirects;

namespace HttpQuery.Client.Tests.Redirection;

/// <summary>RFC 9110 §15.4 and RFC 10008 §2.5, with what the server received.</summary>
public sealed class QueryRedirectHandlerTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(300)]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_QUERY_is_repeated_with_its_content(int status)
    {
        await using var origin = Origin.Start(Paths(("/a", To("/b?x=1", status)), ("/b?x=1", Origin.Ok("found"))));
        using var client = CreateClient();
        using var request = Cached.Query(origin.Uri("/a"), "{}", "Authorization: Bearer ann", "Accept: text/plain");
        using var response = await client.SendAsync(request, Test);

        Assert.Equal("found", await response.Content.ReadAsStringAsync(Test));
        string Expected(string target) =>
            $$"""
            QUERY {{target}} HTTP/1.1
            Authorization: Bearer ann
            Accept: text/plain
            Content-Type: application/json
            Content-Length: 2

            {}
            """;
        Assert.Equal([Expected("/a"), Expected("/b?x=1")], await origin.ReceivedAsync(2));
        Assert.Equal((1, null), (response.GetQueryInfo().Redirects, response.GetQueryInfo().RedirectRefusal));
        Assert.Equal(("QUERY", origin.Uri("/b?x=1")), (response.RequestMessage!.Method.Method, response.RequestMessage.RequestUri));
    }

    [Fact]
    public async Task After_303_a_QUERY_becomes_GET_without_content_and_its_headers()
    {
        await using var origin = Origin.Start(Paths(("/a", To("/results/1", 303)), ("/results/1", Origin.Ok("found"))));
        using var client = CreateClient(inner: new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMilliseconds(1) });
        using var request = Cached.Query(
            origin.Uri("/a"), "{}", "Authorization: Bearer ann", "Content-Digest: sha-256=:AAAA:", "Expect: 100-continue", "X-Kept: 1");
        using var response = await client.SendAsync(request, Test);

        Assert.Equal("found", await response.Content.ReadAsStringAsync(Test));
        Assert.Equal(
            """
            GET /results/1 HTTP/1.1
            Authorization: Bearer ann
            X-Kept: 1


            """,
            (await origin.ReceivedAsync(2))[1]);
        Assert.Null(response.RequestMessage!.Content);
    }

    [Theory]
    [InlineData("GET", 301, "GET")]
    [InlineData("GET", 303, "GET")]
    [InlineData("GET", 307, "GET")]
    [InlineData("HEAD", 302, "HEAD")]
    [InlineData("HEAD", 303, "HEAD")]
    [InlineData("POST", 300, "GET")]
    [InlineData("POST", 301, "GET")]
    [InlineData("POST", 302, "GET")]
    [InlineData("POST", 303, "GET")]
    [InlineData("POST", 307, "POST body")]
    [InlineData("POST", 308, "POST body")]
    [InlineData("PUT", 301, "PUT body")]
    [InlineData("PUT", 303, "GET")]
    [InlineData("DELETE", 302, "DELETE body")]
    [InlineData("PATCH", 307, "PATCH body")]
    [InlineData("REPORT", 302, "REPORT body")]
    [InlineData("OPTIONS", 303, "GET")]
    public async Task Other_methods_are_redirected_as_by_SocketsHttpHandler(string method, int status, string expected)
    {
        var ours = await ReceivedBy(CreateClient());
        Assert.Equal(expected, ours);
        Assert.Equal(ours, await ReceivedBy(new HttpClient(new SocketsHttpHandler())));

        async Task<string> ReceivedBy(HttpClient client)
        {
            await using var origin = Origin.Start(Paths(("/a", To("/b", status)), ("/b", Origin.Ok(""))));
            using var request = new HttpRequestMessage(new(method), origin.Uri("/a"));
            if (expected.Contains(' ', StringComparison.Ordinal) || method is "POST" or "PUT") request.Content = new StringContent("body");
            using (client) (await client.SendAsync(request, Test)).Dispose();
            var text = (await origin.ReceivedAsync(2))[1];
            return $"{text.Split(' ')[0]} {text.Split("\n\n")[1]}".TrimEnd();
        }
    }

    [Fact]
    public async Task A_GET_with_content_loses_it_after_303()
    {
        await using var origin = Origin.Start(Paths(("/a", To("/b", 303)), ("/b", Origin.Ok(""))));
        using var client = CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, origin.Uri("/a")) { Content = new StringContent("body") };
        (await client.SendAsync(request, Test)).Dispose();
        Assert.DoesNotContain("body", (await origin.ReceivedAsync(2))[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(304)]
    [InlineData(305)]
    [InlineData(201)]
    public async Task Other_statuses_with_a_Location_are_not_redirects(int status)
    {
        await using var origin = Origin.Start(To("/b", status));
        using var client = CreateClient();
        using var response = await client.SendAsync(Cached.Query(origin.Uri("/a"), "{}"), Test);
        Assert.Equal((status, 1), ((int)response.StatusCode, origin.Count));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    public async Task A_redirect_without_a_Location_is_the_response(int status)
    {
        await using var origin = Origin.Start(Origin.Response($"{status} Redirect", "where?"));
        using var client = CreateClient();
        using var response = await client.SendAsync(Cached.Query(origin.Uri("/a"), "{}"), Test);
        Assert.Equal("where?", await response.Content.ReadAsStringAsync(Test));
        Assert.Null(response.GetQueryInfo().RedirectRefusal);
    }

    [Theory]
    [InlineData("#part", "/b", "#part")]
    [InlineData("#part", "/b#other", "#other")]
    [InlineData("", "/b#other", "#other")]
    [InlineData("#part", "b?x#", "#")]
    public async Task A_Location_without_a_fragment_takes_that_of_the_request(string fragment, string location, string expected)
    {
        await using var origin = Origin.Start(To(location), Origin.Ok(""));
        using var client = CreateClient();
        using var response = await client.SendAsync(Cached.Query(origin.Uri("/a" + fragment), "{}"), Test);
        Assert.Equal(expected, response.RequestMessage!.RequestUri!.Fragment);
        Assert.DoesNotContain('#', (await origin.ReceivedAsync(2))[1]);
    }

    [Fact]
    public async Task The_callers_message_is_as_it_was_and_the_response_names_the_last_hop()
    {
        await using var origin = Origin.Start(Paths(("/a", To("/b")), ("/b", To("/c", 303)), ("/c", Origin.Ok("found"))));
        using var client = CreateClient();
        using var content = System.Net.Http.Json.JsonContent.Create(new { Title = "x" });
        using var request = new HttpRequestMessage(HttpMethod.Query, origin.Uri("/a")) { Content = content, Headers = { { "X-Own", "1" } } };
        request.Options.Set(new HttpRequestOptionsKey<string>("tenant"), "ann");
        using var response = await client.SendAsync(request, Test);

        Assert.Equal(("QUERY", origin.Uri("/a")), (request.Method.Method, request.RequestUri));
        Assert.Same(content, request.Content);
        Assert.Equal("X-Own", Assert.Single(request.Headers).Key);
        Assert.Equal("tenant", Assert.Single(request.Options).Key);
        Assert.Equal(("GET", origin.Uri("/c")), (response.RequestMessage!.Method.Method, response.RequestMessage.RequestUri));
        Assert.Equal(2, response.GetQueryInfo().Redirects);
    }

    [Fact]
    public async Task Content_that_can_be_sent_once_is_an_error_that_says_so_and_the_connection_is_released()
    {
        await using var origin = Origin.Start(Paths(("/a", To("/b")), ("/b", Origin.Ok("found"))));
        using var client = CreateClient();
        using var stream = new MemoryStream(new byte[2 * 1024 * 1024]);
        using var content = new StreamContent(stream) { Headers = { ContentType = new("application/octet-stream") } };
        var exception = await Assert.ThrowsAsync<QueryContentNotReplayableException>(() => client.QueryAsync(origin.Uri("/a"), content, Test));
        Assert.Contains("1048576 bytes", exception.Message, StringComparison.Ordinal);
        Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/a"), "{}")));

        // A 303 needs no content.
        await using var other = Origin.Start(Paths(("/a", To("/b", 303)), ("/b", Origin.Ok("found"))));
        using var again = new StreamContent(new MemoryStream(new byte[2 * 1024 * 1024])) { Headers = { ContentType = new("application/octet-stream") } };
        using var response = await client.QueryAsync(other.Uri("/a"), again, Test);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_short_body_of_a_redirect_is_read_so_that_its_connection_serves_the_next_hop()
    {
        var connections = 0;
        await using var origin = Origin.Start(Paths(("/a", Origin.Response("307 Redirect", new string('x', 12_000), "Location: /b")), ("/b", Origin.Ok("found"))));
        using var sockets = new SocketsHttpHandler
        {
            MaxResponseDrainSize = 0,
            ConnectCallback = async (context, token) =>
            {
                connections++;
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(context.DnsEndPoint, token);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = CreateClient(inner: sockets);
        Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
        Assert.Equal(1, connections);
    }

    [Fact]
    public async Task A_redirect_whose_body_never_ends_is_followed_at_once_and_released_after_two_seconds()
    {
        var time = new FakeTimeProvider();
        var body = new EndlessStream();
        using var client = CreateClient(time: time, inner: new StubHandler(request => request.RequestUri!.AbsolutePath is "/a"
            ? new(HttpStatusCode.TemporaryRedirect) { RequestMessage = request, Headers = { Location = new("/b", UriKind.Relative) }, Content = new StreamContent(body) }
            : new(HttpStatusCode.OK) { RequestMessage = request, Content = new StringContent("found") }));
        Assert.Equal("200 found", await client.TextAsync(Cached.Query(new("http://localhost/a"), "{}")));
        Assert.False(body.Disposed.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        await body.Disposed.WaitAsync(TimeSpan.FromSeconds(10), Test);
    }

    [Fact]
    public async Task The_cache_below_stores_a_redirect_and_the_response_of_its_target()
    {
        await using var origin = Origin.Start(Paths(
            ("/a", Origin.Response("308 Redirect", "moved", "Location: /b", Cached.Fresh)), ("/b", Origin.Ok("found", Cached.Fresh))));
        using var client = new HttpClient(new QueryRedirectHandler { InnerHandler = new QueryCacheHandler { InnerHandler = new SocketsHttpHandler() } });
        for (var i = 0; i < 3; i++)
        {
            using var response = await client.SendAsync(Cached.Query(origin.Uri("/a"), "{}"), Test);
            Assert.Equal("found", await response.Content.ReadAsStringAsync(Test));
            Assert.Equal((i > 0, 1), (response.GetQueryInfo().FromCache, response.GetQueryInfo().Redirects));
        }
        Assert.Equal(2, origin.Count);
        Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/b"), "{}")));
        Assert.Equal(2, origin.Count);
        Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/b"), "{ }")));
        Assert.Equal(3, origin.Count);
    }

    [Fact]
    public async Task A_stored_redirect_to_GET_leads_to_a_stored_GET()
    {
        await using var origin = Origin.Start(Paths(("/a", To("/b", 303, Cached.Fresh)), ("/b", Origin.Ok("found", Cached.Fresh))));
        using var client = new HttpClient(new QueryRedirectHandler { InnerHandler = new QueryCacheHandler { InnerHandler = new SocketsHttpHandler() } });
        for (var i = 0; i < 2; i++) Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
        Assert.Equal("200 found", await client.TextAsync(Cached.Get(origin.Uri("/b"))));
        Assert.Equal(2, origin.Count);
    }

    [Fact]
    public async Task Unsafe_requests_invalidate_each_URI_that_they_pass()
    {
        var count = 0;
        await using var origin = Origin.Start(request => request.StartsWith("GET", StringComparison.Ordinal) ? Origin.Ok($"{++count}", Cached.Fresh)
            : request.Contains(" /a ", StringComparison.Ordinal) ? To("/b") : request.Contains(" /b ", StringComparison.Ordinal) ? To("/c") : Origin.Ok("done"));
        using var client = new HttpClient(new QueryRedirectHandler { InnerHandler = new QueryCacheHandler { InnerHandler = new SocketsHttpHandler() } });
        foreach (var (path, expected) in new[] { ("/a", 1), ("/b", 2), ("/c", 3), ("/d", 4), ("/a", 1) })
            Assert.Equal($"200 {expected}", await client.TextAsync(Cached.Get(origin.Uri(path))));

        Assert.Equal("200 done", await client.TextAsync(new(HttpMethod.Post, origin.Uri("/a")) { Content = new StringContent("x") }));

        foreach (var (path, expected) in new[] { ("/a", 5), ("/b", 6), ("/c", 7), ("/d", 4) })
            Assert.Equal($"200 {expected}", await client.TextAsync(Cached.Get(origin.Uri(path))));
    }

    [Fact]
    public async Task Send_follows_redirects_too()
    {
        await using var origin = Origin.Start(Paths(("/a", To("/b")), ("/b", Origin.Ok("found"))));
        using var client = CreateClient();
        var text = await BlockedSynchronizationContext.RunAsync(() =>
        {
            using var response = client.Send(Cached.Query(origin.Uri("/a"), "{}"), Test);
            using var reader = new StreamReader(response.Content.ReadAsStream(Test));
            return reader.ReadToEnd();
        });
        Assert.Equal("found", text);
    }

    [Fact]
    public async Task A_cancelled_hop_is_a_cancellation()
    {
        await using var origin = Origin.Start();
        using var client = CreateClient();
        using var leaving = new CancellationTokenSource();
        var asking = client.SendAsync(Cached.Query(origin.Uri("/a"), "{}"), leaving.Token);
        await (await origin.NextAsync()).SendAsync(To("/b"));
        Assert.StartsWith("QUERY /b ", (await origin.NextAsync()).Request, StringComparison.Ordinal);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private sealed class EndlessStream : Stream
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Disposed => _disposed.Task;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _disposed.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
