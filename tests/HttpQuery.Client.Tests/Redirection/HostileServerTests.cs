using System.Net;
using HttpQuery.Client.Tests.PrivateCache;
using static HttpQuery.Client.Tests.Redirection.Redirects;

namespace HttpQuery.Client.Tests.Redirection;

/// <summary>Servers that redirect without end, or to where a client must not go. The client works afterwards.</summary>
public sealed class HostileServerTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ftp://localhost/b")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/plain,x")]
    [InlineData("mailto:a@b.test")]
    [InlineData("ws://localhost/b")]
    [InlineData("http://")]
    [InlineData("http://:80/")]
    [InlineData("http://[::1")]
    [InlineData("http://localhost:99999/")]
    [InlineData("http://ann:secret@localhost:{port}/b")]
    [InlineData("http://ann@other.test/b")]
    [InlineData("//ann:secret@localhost:{port}/b")]
    [InlineData("")]
    public async Task A_Location_that_is_no_http_URI_is_not_followed(string location)
    {
        var port = 0;
        await using var origin = Origin.Start(request => request.StartsWith("GET", StringComparison.Ordinal) ? Origin.Ok("works")
            : To(location.Replace("{port}", $"{port}", StringComparison.Ordinal), 303));
        port = origin.Port;
        using var client = CreateClient();
        using var response = await client.SendAsync(Cached.Query(origin.Uri("/a"), "{}"), Test);

        Assert.Equal((303, QueryRedirectRefusal.InvalidLocation, 1), ((int)response.StatusCode, response.GetQueryInfo().RedirectRefusal, origin.Count));
        Assert.Equal("200 works", await client.TextAsync(Cached.Get(origin.Uri("/"))));
    }

    [Fact]
    public async Task Two_Locations_are_not_followed()
    {
        await using var origin = Origin.Start(To("/b", 303, "Location: /c"));
        using var client = CreateClient();
        using var response = await client.SendAsync(Cached.Query(origin.Uri("/a"), "{}"), Test);
        Assert.Equal((QueryRedirectRefusal.InvalidLocation, 1), (response.GetQueryInfo().RedirectRefusal, origin.Count));
    }

    [Theory]
    [InlineData(10_000, 64, 200)]
    [InlineData(100_000, 1024, 303)]
    [InlineData(100_000, 64, 0)]
    public async Task A_Location_of_100_KB_is_not_followed(int length, int headersInKilobytes, int status)
    {
        await using var origin = Origin.Start(request => request.StartsWith("GET", StringComparison.Ordinal) ? Origin.Ok("works")
            : To("/" + new string('b', length), 303));
        using var client = CreateClient(inner: new SocketsHttpHandler { MaxResponseHeadersLength = headersInKilobytes });
        if (status == 0)
        {
            // SocketsHttpHandler accepts 64 KB of headers by default.
            await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(Cached.Query(origin.Uri("/a"), "{}"), Test));
        }
        else
        {
            using var response = await client.SendAsync(Cached.Query(origin.Uri("/a"), "{}"), Test);
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(status == 303 ? QueryRedirectRefusal.InvalidLocation : null, response.GetQueryInfo().RedirectRefusal);
        }
        Assert.Equal("200 works", await client.TextAsync(Cached.Get(origin.Uri("/"))));
    }

    [Fact]
    public async Task From_https_to_http_no_redirect_is_followed()
    {
        var reached = new List<Uri>();
        using var client = CreateClient(new() { AllowContentToOtherOrigins = true }, new StubHandler(request =>
        {
            reached.Add(request.RequestUri!);
            return new(HttpStatusCode.Found) { RequestMessage = request, Headers = { Location = new("http://one.test/b") } };
        }));
        foreach (var request in new[] { Cached.Query(new("https://one.test/a"), "{}"), Cached.Get(new("https://one.test/a")) })
        {
            using var response = await client.SendAsync(request, Test);
            Assert.Equal((302, QueryRedirectRefusal.InsecureTarget), ((int)response.StatusCode, response.GetQueryInfo().RedirectRefusal));
        }
        Assert.Equal(2, reached.Count);
    }

    [Theory]
    [InlineData("/a", 1)]
    [InlineData("/a#x", 1)]
    [InlineData("/b", 2)]
    public async Task A_loop_ends_where_it_closes(string second, int count)
    {
        await using var origin = Origin.Start(request => request.StartsWith("GET", StringComparison.Ordinal) ? Origin.Ok("works")
            : request.Contains(" /a ", StringComparison.Ordinal) ? To(second) : To("/a"));
        using var client = CreateClient();
        using var response = await client.SendAsync(Cached.Query(origin.Uri("/a"), "{}"), Test);

        Assert.Equal((307, QueryRedirectRefusal.Loop), ((int)response.StatusCode, response.GetQueryInfo().RedirectRefusal));
        Assert.Equal((count, count - 1), (origin.Count, response.GetQueryInfo().Redirects));
        Assert.Equal("200 works", await client.TextAsync(Cached.Get(origin.Uri("/a"))));
    }

    [Fact]
    public async Task The_same_URI_with_another_method_is_no_loop()
    {
        await using var origin = Origin.Start(request => request.StartsWith("GET", StringComparison.Ordinal) ? Origin.Ok("found") : To("/a", 303));
        using var client = CreateClient();
        Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
    }

    [Fact]
    public async Task The_same_URI_with_a_new_cookie_is_no_loop()
    {
        await using var origin = Origin.Start(request => request.Contains("Cookie: seen=1", StringComparison.Ordinal) ? Origin.Ok("found") : To("/a", 307, "Set-Cookie: seen=1"));
        using var client = CreateClient();
        Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(50)]
    public async Task Redirects_without_end_stop_at_the_maximum(int maximum)
    {
        var count = 0;
        await using var origin = Origin.Start(request => request.StartsWith("GET", StringComparison.Ordinal) ? Origin.Ok("works") : To($"/{++count}", 307, "Set-Cookie: a=b"));
        using var client = CreateClient(new() { MaximumCount = maximum });
        using var response = await client.SendAsync(Cached.Query(origin.Uri("/a"), "{}"), Test);

        Assert.Equal((maximum, QueryRedirectRefusal.TooMany), (response.GetQueryInfo().Redirects, response.GetQueryInfo().RedirectRefusal));
        Assert.Equal((maximum + 1, $"/{maximum + 1}"), (origin.Count, response.Headers.Location!.OriginalString));
        Assert.Equal("200 works", await client.TextAsync(Cached.Get(origin.Uri("/"))));
    }

    [Theory]
    [InlineData("Content-Length: 10000000\n\nshort")]
    [InlineData("Content-Length: 3\n\nlong")]
    [InlineData("Transfer-Encoding: chunked\n\nno chunk")]
    [InlineData("Content-Length: 50000\n\n")]
    public async Task A_body_of_a_redirect_with_a_wrong_length_changes_nothing(string rest)
    {
        await using var origin = Origin.Start(request => request.Contains(" /a ", StringComparison.Ordinal) ? $"HTTP/1.1 307 Redirect\nLocation: /b\n{rest}" : Origin.Ok("found"));
        using var client = CreateClient();
        for (var i = 0; i < 3; i++) Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
    }

    [Fact]
    public async Task A_redirect_before_the_request_is_through_is_followed_with_all_content()
    {
        // The server answers the first request when its head has come.
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var origin = Origin.Start(Origin.Ok("found"));
        var serving = ServeAsync();
        using var client = CreateClient(new() { AllowContentToOtherOrigins = true });
        var content = new string('x', 1024 * 1024);
        Assert.Equal("200 found", await client.TextAsync(Cached.Query(new($"http://localhost:{port}/a"), content)));
        Assert.EndsWith("\n\n" + content, (await origin.NextAsync()).Request, StringComparison.Ordinal);
        client.Dispose();
        await serving;

        async Task ServeAsync()
        {
            using var connection = await listener.AcceptTcpClientAsync(Test);
            var stream = connection.GetStream();
            await stream.ReadExactlyAsync(new byte[64], Test);
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 307 Redirect\r\nLocation: {origin.Uri("/b")}\r\nContent-Length: 0\r\n\r\n"), Test);
            try { await stream.CopyToAsync(Stream.Null, Test); }
            catch (IOException) { }
        }
    }
}
