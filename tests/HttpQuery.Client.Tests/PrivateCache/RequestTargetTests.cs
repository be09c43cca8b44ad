using HttpQuery.Caching;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>Requests share a response only if the same server receives the same target, host and content.</summary>
public sealed class RequestTargetTests
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    [Fact]
    public async Task Two_servers_asked_with_one_Host_do_not_share()
    {
        await using var one = Origin.Start(request => Origin.Ok("one " + HostOf(request), Cached.Fresh));
        await using var two = Origin.Start(request => Origin.Ok("two " + HostOf(request), Cached.Fresh));
        using var client = Cached.Client();
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("200 one a.test", await client.TextAsync(Cached.Get(one.Uri("/"), "Host: a.test")));
            Assert.Equal("200 two a.test", await client.TextAsync(Cached.Get(two.Uri("/"), "Host: a.test")));
        }
        Assert.Equal((1, 1), (one.Count, two.Count));
    }

    [Fact]
    public async Task One_server_asked_with_two_Hosts_does_not_share()
    {
        await using var origin = Origin.Start(request => Origin.Ok(HostOf(request), Cached.Fresh));
        using var client = Cached.Client();
        for (var i = 0; i < 2; i++)
        {
            foreach (var host in new[] { "a.test", "A.test", "a.test:80", "b.test", null })
            {
                string[] fields = host is null ? [] : ["Host: " + host];
                Assert.Equal($"200 {host ?? $"localhost:{origin.Port}"}", await client.TextAsync(Cached.Get(origin.Uri("/"), fields)));
            }
        }
        Assert.Equal(5, origin.Count);

        // A Host header that equals the URI names no other host.
        Assert.Equal($"200 localhost:{origin.Port}", await client.TextAsync(Cached.Get(origin.Uri("/"), $"Host: localhost:{origin.Port}")));
        Assert.Equal(5, origin.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.test, b.test")]
    [InlineData("bad host")]
    public async Task A_Host_that_is_none_does_not_share_with_no_Host(string host)
    {
        var count = 0;
        await using var origin = Origin.Start(request => Origin.Ok($"{++count}", Cached.Fresh));
        using var client = Cached.Client();

        Assert.Equal("200 1", await client.TextAsync(Cached.Get(origin.Uri("/"), "Host: " + host)));
        Assert.Equal("200 2", await client.TextAsync(Cached.Get(origin.Uri("/"))));
    }

    [Fact]
    public async Task A_Host_that_a_handler_adds_below_does_not_share()
    {
        var count = 0;
        using var client = Cached.Client(inner: new StubHandler(request =>
        {
            request.Headers.Host = "tenant" + ++count;
            return new() { RequestMessage = request, Content = new StringContent(request.Headers.Host), Headers = { { "Cache-Control", "max-age=60" } } };
        }));
        for (var i = 1; i < 3; i++) Assert.Equal($"200 tenant{i}", await client.TextAsync(Cached.Get(new("http://localhost/"))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unsafe_request_with_a_Host_invalidates_what_is_stored_for_it(bool isRedirected)
    {
        var count = 0;
        await using var origin = Origin.Start(request =>
            isRedirected && request.StartsWith("POST /p ", StringComparison.Ordinal) ? Origin.Response("307 Temporary Redirect", "", "Location: /") : Origin.Ok($"{++count}", Cached.Fresh));
        using var client = Cached.Client();
        Assert.Equal("200 1", await client.TextAsync(Cached.Get(origin.Uri("/"), "Host: a.test")));
        Assert.Equal("200 2", await client.TextAsync(Cached.Get(origin.Uri(isRedirected ? "/p" : "/"))));

        using var request = new HttpRequestMessage(HttpMethod.Post, origin.Uri(isRedirected ? "/p" : "/")) { Headers = { Host = "a.test" } };
        Assert.Equal("200 3", await client.TextAsync(request));

        // Both by the name in the Host header, and by the server's own.
        Assert.Equal("200 4", await client.TextAsync(Cached.Get(origin.Uri("/"), "Host: a.test")));
        Assert.Equal("200 5", await client.TextAsync(Cached.Get(origin.Uri(isRedirected ? "/p" : "/"))));
    }

    [Fact]
    public async Task EvictAsync_reaches_what_was_asked_with_a_Host_by_the_URI_of_that_host()
    {
        var count = 0;
        var cache = new QueryCache(new(), new MemoryCacheStore(1 << 20, 100));
        await using var origin = Origin.Start(request => Origin.Ok($"{++count}", Cached.Fresh));
        using var client = new HttpClient(new QueryCacheHandler(cache) { InnerHandler = new SocketsHttpHandler() });
        Assert.Equal("200 1", await client.TextAsync(Cached.Get(origin.Uri("/x"), "Host: a.test")));

        await cache.EvictAsync(new("http://a.test/x"), TestContext.Current.CancellationToken);

        Assert.Equal("200 2", await client.TextAsync(Cached.Get(origin.Uri("/x"), "Host: a.test")));
    }

    // Each pair is tried both ways, each URI in its canonical form and as it is written.
    [Theory]
    [InlineData("https://a.test/?q=%7Ex", "https://a.test/?q=~x")]
    [InlineData("https://a.test/?q=%7Ex", "https://a.test/?q=%7ex")]
    [InlineData("https://a.test/a%2Fb", "https://a.test/a%2fb")]
    [InlineData("https://a.test/%41", "https://a.test/A")]
    [InlineData("https://a.test/x/../y", "https://a.test/y")]
    [InlineData("https://a.test/x/%2e%2E/y", "https://a.test/./y")]
    [InlineData("https://a.test", "https://a.test/")]
    [InlineData("https://a.test/x#1", "https://a.test/x#2")]
    [InlineData("https://a.test/x", "https://A.TEST:443/x")]
    [InlineData("http://a.test/x", "HTTP://a.test:80/x")]
    [InlineData("http://a.test:8080/x", "http://A.test:8080/x")]
    [InlineData("http://ann:secret@a.test/x", "http://a.test/x")]
    [InlineData("http://127.1/x", "http://127.0.0.1/x")]
    [InlineData("http://[::1]/x", "http://[0:0:0:0:0:0:0:1]:80/x")]
    [InlineData("http://[fe80::1%251]/x", "http://[fe80::1]/x")]
    [InlineData("http://b\u00FCcher.test/x", "http://xn--bcher-kva.test/x")]
    public async Task EvictAsync_reaches_what_the_client_stored_for_any_spelling(string first, string second)
    {
        foreach (var (stored, evicted) in new[] { (first, second), (second, first), (first, first) })
        {
            foreach (var (isStoredAsWritten, isEvictedAsWritten) in new[] { (false, false), (false, true), (true, false), (true, true) })
            {
                var count = 0;
                var cache = new QueryCache(new(), new MemoryCacheStore(1 << 20, 100));
                using var client = new HttpClient(new QueryCacheHandler(cache) { InnerHandler = Counting(() => ++count) });
                for (var i = 0; i < 2; i++) await client.TextAsync(Cached.Query(UriOf(stored, isStoredAsWritten), "{}"));
                Assert.Equal(1, count);

                await cache.EvictAsync(UriOf(evicted, isEvictedAsWritten), TestContext.Current.CancellationToken);

                await client.TextAsync(Cached.Query(UriOf(stored, isStoredAsWritten), "{}"));
                Assert.Equal(2, count);
            }
        }

        static Uri UriOf(string text, bool isAsWritten) => new(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = isAsWritten });
    }

    [Theory]
    [InlineData("http://a.test/", "http://a.test:80/", true)]
    [InlineData("http://a.test/", "http://A.TEST/", true)]
    [InlineData("http://a.test/x/../y?%7e#1", "http://a.test/y?~#2", true)]
    [InlineData("http://bücher.test/ü", "http://xn--bcher-kva.test/%C3%BC", true)]
    [InlineData("http://127.1/", "http://127.0.0.1/", true)]
    [InlineData("http://a.test", "http://a.test/", true)]
    [InlineData("http://a.test/", "http://a.test:81/", false)]
    [InlineData("http://a.test/", "http://a.test./", false)]
    [InlineData("http://a.test/", "https://a.test/", false)]
    [InlineData("http://a.test/x", "http://a.test/X", false)]
    [InlineData("http://a.test/x", "http://a.test/x?", false)]
    [InlineData("http://ann@a.test/", "http://bob@a.test/", false)]
    [InlineData("http://ann@a.test/", "http://a.test/", false)]
    [InlineData("http://[fe80::1%251]/", "http://[fe80::1%252]/", false)]
    [InlineData("http://[fe80::1%251]/", "http://[fe80::1]/", false)]
    [InlineData("http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", true)]
    public async Task URIs_share_if_one_server_receives_the_same(string first, string second, bool isShared)
    {
        var count = 0;
        using var client = Cached.Client(inner: Counting(() => ++count));
        await client.TextAsync(Cached.Get(new(first)));
        await client.TextAsync(Cached.Get(new(second)));
        Assert.Equal(isShared ? 1 : 2, count);
    }

    [Theory]
    [InlineData("http://a.test/a%2Fb", "http://a.test/a%2fb")]
    [InlineData("http://a.test/x/../y", "http://a.test/y")]
    [InlineData("http://a.test/%41", "http://a.test/A")]
    [InlineData("http://a.test/x#1", "http://a.test/x")]
    [InlineData("http://a.test", "http://a.test/")]
    [InlineData("http://a.test?x", "http://a.test/?x")]
    public async Task A_target_that_is_sent_as_written_counts_as_written(string written, string canonical)
    {
        var count = 0;
        using var client = Cached.Client(inner: Counting(() => ++count));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("200 1", await client.TextAsync(Cached.Get(new(written, AsWritten))));
            Assert.Equal("200 2", await client.TextAsync(Cached.Get(new(canonical))));
        }
    }

    // SocketsHttpHandler ends the request line there, and sends previous bytes of its buffer: credentials of other requests.
    [Theory]
    [InlineData("/\u00e4")]
    [InlineData("/a b")]
    [InlineData("/a?\u00e4")]
    [InlineData("/a\r\nX: y")]
    [InlineData("/a\t")]
    [InlineData("/\u007f")]
    [InlineData("/\0")]
    public async Task A_target_that_cannot_be_sent_is_refused(string target)
    {
        await using var origin = Origin.Start(Origin.Ok("x"));
        using var client = Cached.Client();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Query, HttpMethod.Post })
        {
            using var request = new HttpRequestMessage(method, new Uri($"http://localhost:{origin.Port}{target}", AsWritten));
            if (request.RequestUri!.PathAndQuery != target) continue;
            await Assert.ThrowsAsync<InvalidOperationException>(() => client.SendAsync(request, TestContext.Current.CancellationToken));
        }
        Assert.Equal(0, origin.Count);
    }

    [Theory]
    [InlineData("get", "GET")]
    [InlineData("Query", "QUERY")]
    public async Task A_known_method_counts_as_it_is_sent(string method, string sent)
    {
        await using var origin = Origin.Start(request => Origin.Ok(request[..request.IndexOf(' ', StringComparison.Ordinal)], Cached.Fresh));
        using var client = Cached.Client();
        Assert.Equal("200 " + sent, await client.TextAsync(Request(method)));
        Assert.Equal("200 " + sent, await client.TextAsync(Request(sent)));
        Assert.Equal(1, origin.Count);

        HttpRequestMessage Request(string name) => new(new HttpMethod(name), origin.Uri("/")) { Content = sent is "QUERY" ? new StringContent("q") : null };
    }

    private static StubHandler Counting(Func<int> count) => new(request =>
        new() { RequestMessage = request, Content = new StringContent($"{count()}"), Headers = { { "Cache-Control", "max-age=60" } } });

    private static string HostOf(string request)
    {
        var start = request.IndexOf("\nHost: ", StringComparison.Ordinal) + 7;
        return request[start..request.IndexOf('\n', start)];
    }
}
