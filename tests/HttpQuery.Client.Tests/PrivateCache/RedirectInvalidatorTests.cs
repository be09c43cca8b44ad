using System.Net;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>Unsafe requests that end at another URI below the cache invalidate that URI, too (RFC 9111 §4.4).</summary>
public sealed class RedirectInvalidatorTests
{
    [Theory]
    [InlineData("POST", "307 Temporary Redirect", "200 OK")]
    [InlineData("POST", "307 Temporary Redirect", "404 Not Found")]
    [InlineData("POST", "308 Permanent Redirect", "201 Created")]
    [InlineData("PUT", "302 Found", "200 OK")]
    [InlineData("POST", "303 See Other", "200 OK")]
    [InlineData("POST", "303 See Other", "500 Internal Server Error")]
    [InlineData("post", "302 Found", "200 OK")]
    [InlineData("LOCK", "307 Temporary Redirect", "200 OK")]
    public async Task Both_URIs_are_invalid(string method, string redirect, string status)
    {
        var count = 0;
        await using var origin = Origin.Start(request => request.StartsWith("GET /p ", StringComparison.Ordinal) || request.StartsWith("QUERY", StringComparison.Ordinal)
            ? Origin.Ok($"{++count}", Cached.Fresh)
            : request.Contains(" /p ", StringComparison.Ordinal) ? Origin.Response(redirect, "", "Location: /t")
            : Origin.Response(request.Contains("X-Final: yes", StringComparison.Ordinal) ? status : "200 OK", $"{++count}", Cached.Fresh));
        using var client = Cached.Client();
        string[] before = [await GetAsync("/p"), await GetAsync("/t"), await GetAsync("/u"), await QueryAsync("/t")];
        Assert.Equal(["200 1", "200 2", "200 3", "200 4"], before);

        using var request = new HttpRequestMessage(new HttpMethod(method), origin.Uri("/p")) { Headers = { { "X-Final", "yes" } } };
        Assert.StartsWith(status[..3], await client.TextAsync(request), StringComparison.Ordinal);

        string[] after = [await GetAsync("/p"), await GetAsync("/t"), await GetAsync("/u"), await QueryAsync("/t")];
        Assert.Equal(["200 6", "200 7", "200 3", "200 8"], after);

        Task<string> GetAsync(string target) => client.TextAsync(Cached.Get(origin.Uri(target)));
        Task<string> QueryAsync(string target) => client.TextAsync(Cached.Query(origin.Uri(target), "{}"));
    }

    [Theory]
    [InlineData("307 Temporary Redirect", "200 OK", false)]
    [InlineData("307 Temporary Redirect", "409 Conflict", true)]
    [InlineData("303 See Other", "200 OK", true)]
    public async Task At_another_origin_only_its_own_response_to_the_unsafe_method_counts(string redirect, string status, bool isKept)
    {
        var count = 0;
        await using var other = Origin.Start(request => request.Contains("X-Final: yes", StringComparison.Ordinal) ? Origin.Response(status, "done") : Origin.Ok($"other {++count}", Cached.Fresh));
        await using var origin = Origin.Start(request => request.StartsWith("POST", StringComparison.Ordinal) ? Origin.Response(redirect, "", "Location: " + other.Uri("/t")) : Origin.Ok($"{++count}", Cached.Fresh));
        using var client = Cached.Client();
        Assert.Equal("200 other 1", await client.TextAsync(Cached.Get(other.Uri("/t"))));
        Assert.Equal("200 2", await client.TextAsync(Cached.Get(origin.Uri("/p"))));

        await client.TextAsync(new(HttpMethod.Post, origin.Uri("/p")) { Headers = { { "X-Final", "yes" } } });

        Assert.Equal("200 3", await client.TextAsync(Cached.Get(origin.Uri("/p"))));
        Assert.Equal(isKept ? "200 other 1" : "200 other 4", await client.TextAsync(Cached.Get(other.Uri("/t"))));
    }

    [Fact]
    public async Task Location_of_the_response_counts_from_the_URI_that_answered()
    {
        var count = 0;
        await using var origin = Origin.Start(request =>
            request.StartsWith("POST /p ", StringComparison.Ordinal) ? Origin.Response("307 Temporary Redirect", "", "Location: /a/t")
            : request.StartsWith("POST", StringComparison.Ordinal) ? Origin.Response("201 Created", "", "Location: new")
            : Origin.Ok($"{++count}", Cached.Fresh));
        using var client = Cached.Client();
        foreach (var target in new[] { "/a/new", "/new" }) await client.TextAsync(Cached.Get(origin.Uri(target)));

        await client.TextAsync(new(HttpMethod.Post, origin.Uri("/p")));

        Assert.Equal("200 3", await client.TextAsync(Cached.Get(origin.Uri("/a/new"))));
        Assert.Equal("200 2", await client.TextAsync(Cached.Get(origin.Uri("/new"))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_that_sends_it_elsewhere_invalidates_both(bool isCopy)
    {
        var count = 0;
        using var client = Cached.Client(inner: new StubHandler(request =>
        {
            var message = isCopy ? CredentialHandler.Copy(request) : request;
            if (message.Method == HttpMethod.Post) message.RequestUri = new("http://localhost/t");
            return new() { RequestMessage = message, Content = new StringContent($"{++count}"), Headers = { { "Cache-Control", "max-age=60" } } };
        }));
        await client.TextAsync(Cached.Get(new("http://localhost/p")));
        await client.TextAsync(Cached.Get(new("http://localhost/t")));

        await client.TextAsync(new(HttpMethod.Post, "http://localhost/p"));

        Assert.Equal("200 4", await client.TextAsync(Cached.Get(new("http://localhost/p"))));
        Assert.Equal("200 5", await client.TextAsync(Cached.Get(new("http://localhost/t"))));
    }

    [Fact]
    public async Task A_redirect_that_ends_without_a_response_invalidates_both()
    {
        var count = 0;
        using var client = Cached.Client(inner: new StubHandler(request =>
        {
            if (request.Method == HttpMethod.Get) return new() { RequestMessage = request, Content = new StringContent($"{++count}"), Headers = { { "Cache-Control", "max-age=60" } } };
            request.RequestUri = new("http://localhost/t");
            throw new HttpRequestException("down");
        }));
        await client.TextAsync(Cached.Get(new("http://localhost/p")));
        await client.TextAsync(Cached.Get(new("http://localhost/t")));

        await Assert.ThrowsAsync<HttpRequestException>(() => client.TextAsync(new(HttpMethod.Post, "http://localhost/p")));

        Assert.Equal("200 3", await client.TextAsync(Cached.Get(new("http://localhost/p"))));
        Assert.Equal("200 4", await client.TextAsync(Cached.Get(new("http://localhost/t"))));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    [InlineData("OPTIONS")]
    [InlineData("options")]
    [InlineData("trace")]
    [InlineData("PROPFIND")]
    public async Task A_safe_method_that_is_redirected_invalidates_nothing(string method)
    {
        var count = 0;
        await using var origin = Origin.Start(request =>
            request.Contains("X-Final: yes", StringComparison.Ordinal) && request.Contains(" /p ", StringComparison.Ordinal) ? Origin.Response("307 Temporary Redirect", "", "Location: /t")
            : Origin.Ok($"{++count}", Cached.Fresh));
        using var client = Cached.Client();
        await client.TextAsync(Cached.Query(origin.Uri("/p"), "{}"));
        await client.TextAsync(Cached.Query(origin.Uri("/t"), "{}"));

        Assert.Equal("200 3", await client.TextAsync(new(new HttpMethod(method), origin.Uri("/p")) { Headers = { { "X-Final", "yes" } }, Version = HttpVersion.Version11 }));

        Assert.Equal("200 1", await client.TextAsync(Cached.Query(origin.Uri("/p"), "{}")));
        Assert.Equal("200 2", await client.TextAsync(Cached.Query(origin.Uri("/t"), "{}")));
    }
}
