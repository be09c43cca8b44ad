#pragma warning disable xUnit1051
using System.Collections.Concurrent;
using System.Net;
using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Client.Tests.Fallback;

/// <summary>A QUERY that is not known becomes a POST or a GET, where the caller allows it.</summary>
public sealed partial class QueryFallbackHandlerTests
{
    private const string NotAllowed = "HTTP/1.1 405 Method Not Allowed\nAllow: GET, POST\nContent-Length: 0\n\n";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ConcurrentQueue<string> _received = new();

    [Fact]
    public async Task After_a_405_the_same_content_is_sent_by_POST_to_the_path_that_was_named()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok("two pods"));
        using var client = Client();
        using var request = Cached.Query(
            origin.Uri("/pods?limit=2"),
            """{"label":"app=x"}""",
            "Accept: application/json", "If-None-Match: \"1\"", "Range: bytes=0-1", "If-Match: *");

        using var response = await client.SendAsync(request);
        Assert.Equal("two pods", await response.Content.ReadAsStringAsync());
        Assert.Equal(
            [
                """
                QUERY /pods?limit=2 HTTP/1.1
                Host: localhost
                Accept: application/json
                If-None-Match: "1"
                Range: bytes=0-1
                If-Match: *
                Content-Type: application/json
                Content-Length: 17

                {"label":"app=x"}
                """,
                """
                POST /pods/_search?limit=2 HTTP/1.1
                Host: localhost
                Accept: application/json
                If-Match: *
                Content-Type: application/json
                Content-Length: 17

                {"label":"app=x"}
                """,
            ],
            _received.Select(text => text.Replace($":{origin.Port}", "", StringComparison.Ordinal)));

        // The response belongs to the QUERY, which is as it was.
        Assert.Same(request, response.RequestMessage);
        Assert.Equal(("QUERY", "/pods?limit=2", 4), (request.Method.Method, request.RequestUri!.PathAndQuery, request.Headers.Count()));
    }

    [Theory]
    [InlineData("HTTP/1.1 501 Not Implemented\nContent-Length: 0\n\n", "QUERY /pods, POST /pods/_search")]
    [InlineData("HTTP/1.1 403 Forbidden\nServer: CloudFront\nContent-Length: 0\n\n", "QUERY /pods, POST /pods/_search")]
    [InlineData("", "QUERY /pods, QUERY /pods, POST /pods/_search")]
    public async Task Other_signs_apply_to_all_named_paths_of_the_origin(string refusal, string expected)
    {
        await using var origin = Start(request => IsQuery(request) ? refusal : Origin.Ok("done"));
        using var client = Client(options => options.Paths.Add("/nodes"));

        Assert.Equal("200 done", await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
        Assert.Equal("200 done", await client.TextAsync(Cached.Query(origin.Uri("/nodes"), "{}")));
        Assert.Equal(expected + ", POST /nodes", Lines());
    }

    [Fact]
    public async Task A_405_applies_to_its_path_alone_and_to_all_paths_under_a_named_prefix()
    {
        await using var origin = Start(request => IsQuery(request) && !request.Contains(" /nodes", StringComparison.Ordinal) ? NotAllowed
            : Origin.Ok("done"));
        using var client = Client(options =>
        {
            options.Paths.Add("/nodes");
            options.Paths.Add("/api/*");
        });

        foreach (var path in new[] { "/pods", "/nodes", "/api/a", "/api/b", "/pods" })
            await client.TextAsync(Cached.Query(origin.Uri(path), "{}"));
        Assert.Equal("QUERY /pods, POST /pods/_search, QUERY /nodes, QUERY /api/a, POST /api/a, POST /api/b, POST /pods/_search", Lines());
    }

    [Theory]
    [InlineData(303, "GET", NotAllowed)]
    [InlineData(307, "QUERY", NotAllowed)]
    [InlineData(303, "GET", "HTTP/1.1 501 Not Implemented\nContent-Length: 0\n\n")]
    public async Task After_a_redirect_below_no_POST_is_sent_and_nothing_is_learned(int status, string method, string refusal)
    {
        await using var origin = Start(request => request.Contains(" /pods ", StringComparison.Ordinal)
            ? Origin.Response($"{status} Redirect", "", "Location: /x") : refusal);
        using var client = Client();
        for (var i = 0; i < 2; i++) await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}", "Authorization: Bearer ann"));
        Assert.Equal($"QUERY /pods, {method} /x, QUERY /pods, {method} /x", Lines());
    }

    [Theory]
    [InlineData("/orders", "405 ")]
    [InlineData("/pods/1", "405 ")]
    public async Task No_POST_is_sent_to_a_path_that_was_not_named(string path, string expected)
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok("created"));
        using var client = Client();
        await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        Assert.Equal(expected, await client.TextAsync(Cached.Query(origin.Uri(path), "{}")));
        Assert.Equal($"QUERY /pods, POST /pods/_search, QUERY {path}", Lines());
    }

    [Theory]
    [InlineData("POST", "/pods")]
    [InlineData("GET", "/pods")]
    public async Task Other_methods_pass(string method, string path)
    {
        await using var origin = Start(_ => NotAllowed);
        using var client = Client();
        Assert.Equal("405 ", await client.TextAsync(new(new HttpMethod(method), origin.Uri(path))));
        Assert.Equal($"{method} {path}", Lines());
    }

    [Theory]
    [InlineData("HTTP/1.1 405 Method Not Allowed\nAllow: GET, QUERY\nContent-Length: 0\n\n", "405 ")]
    [InlineData("HTTP/1.1 400 Bad Request\nServer: Kestrel\nContent-Length: 0\n\n", "400 ")]
    [InlineData("HTTP/1.1 404 Not Found\nContent-Length: 0\n\n", "404 ")]
    [InlineData("HTTP/1.1 503 Service Unavailable\nContent-Length: 0\n\n", "503 ")]
    public async Task Other_errors_are_those_of_the_query(string refusal, string expected)
    {
        await using var origin = Start(_ => refusal);
        using var client = Client();
        Assert.Equal(expected, await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
        Assert.Equal("QUERY /pods", Lines());
    }

    [Fact]
    public async Task If_the_server_is_down_the_caller_gets_its_exception()
    {
        await using var origin = Start(_ => "");
        using var client = Client();
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
        Assert.Equal(HttpRequestError.ResponseEnded, failure.HttpRequestError);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.TextAsync(Cached.Query(origin.Uri("/other"), "{}")));
        Assert.Equal("QUERY /pods, QUERY /pods, POST /pods/_search, POST /pods/_search, QUERY /other, QUERY /other", Lines());
    }

    [Fact]
    public async Task A_method_override_is_sent_if_wanted()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok("done"));
        using var client = Client(options => options.SendMethodOverride = true);
        await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        Assert.DoesNotContain("X-HTTP-Method-Override", _received.First(), StringComparison.Ordinal);
        Assert.Contains("\nX-HTTP-Method-Override: QUERY\n", _received.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Content_becomes_a_GET_where_the_caller_maps_it()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok("done"));
        using var client = Client(options => options.CreateGetUri = (request, content) =>
            content.Length > 10 ? null
                : new($"/search?q={Uri.EscapeDataString(System.Text.Encoding.UTF8.GetString(content.Span))}", UriKind.Relative));
        await client.TextAsync(Cached.Query(origin.Uri("/anything"), "{ }", "If-None-Match: \"1\""));
        await client.TextAsync(Cached.Query(origin.Uri("/anything"), "{}"));
        await client.TextAsync(Cached.Query(origin.Uri("/pods"), "\"a longer query\""));
        await client.TextAsync(Cached.Query(origin.Uri("/anything"), "\"a longer query\""));

        Assert.Equal("QUERY /anything, GET /search?q=%7B%20%7D, GET /search?q=%7B%7D, QUERY /pods, POST /pods/_search, QUERY /anything",
            Lines());
        Assert.Equal(
            $"""
            GET /search?q=%7B%20%7D HTTP/1.1
            Host: localhost:{origin.Port}
            If-None-Match: "1"


            """, _received.ElementAt(1));
    }

    [Fact]
    public async Task A_GET_at_another_origin_is_refused()
    {
        await using var origin = Start(_ => NotAllowed);
        using var client = Client(options => options.CreateGetUri = (_, _) => new("http://other.test/"));
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
        Assert.Contains("another origin", failure.Message, StringComparison.Ordinal);
        Assert.Equal("QUERY /pods", Lines());
    }

    [Fact]
    public async Task Content_that_is_sent_once_throws_then_goes_by_POST_at_once()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok("done"));
        using var client = Client();
        await Assert.ThrowsAsync<QueryContentNotReplayableException>(() => client.TextAsync(Query()));
        Assert.Equal("200 done", await client.TextAsync(Query()));
        Assert.Equal("QUERY /pods, POST /pods/_search", Lines());

        HttpRequestMessage Query() => new(HttpMethod.Query, origin.Uri("/pods")) { Content = new UnseekableContent() };
    }

    [Fact]
    public async Task References_of_the_response_stay_those_of_the_POST()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed
            : Origin.Response("307 Temporary Redirect", "", "Location: other", "Content-Location: ../results/1"));
        using var client = Client(inner: new SocketsHttpHandler { AllowAutoRedirect = false });
        using var response = await client.SendAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        Assert.Equal((origin.Uri("/pods/other"), origin.Uri("/results/1")),
            (response.Headers.Location, response.Content.Headers.ContentLocation));
    }

    [Fact]
    public async Task A_405_to_one_user_harms_no_other()
    {
        await using var origin = Start(request =>
            IsQuery(request) && request.Contains("Bearer ann", StringComparison.Ordinal) ? NotAllowed
                : Origin.Ok(request.Contains("Bearer ann", StringComparison.Ordinal) ? "ann" : "bob"));
        using var client = Client();
        foreach (var user in new[] { "ann", "bob", "ann" })
        {
            var query = Cached.Query(origin.Uri("/pods"), "{}", $"Authorization: Bearer {user}");
            Assert.Equal($"200 {user}", await client.TextAsync(query));
        }
        Assert.Equal("QUERY /pods, POST /pods/_search, POST /pods/_search, POST /pods/_search", Lines());
    }

    [Fact]
    public async Task Each_request_has_its_own_trace_parent()
    {
        using var activity = new System.Diagnostics.Activity("caller").Start();
        await using var origin = Start(request => IsQuery(request) ? "" : Origin.Ok("done"));
        using var client = Client();
        await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        var parents = _received.Select(request => request.Split("traceparent: ")[1].Split('\n')[0]).ToArray();
        Assert.Equal(3, parents.Length);
        Assert.Equal(3, parents.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Versions_of_HTTP_are_learned_apart()
    {
        await using var origin = Start(request => IsQuery(request) ? "HTTP/1.1 501 Not Implemented\nContent-Length: 0\n\n"
            : Origin.Ok("done"));
        using var client = Client();
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version11, HttpVersion.Version10 })
        {
            using var request = Cached.Query(origin.Uri("/pods"), "{}");
            request.Version = version;
            await client.TextAsync(request);
        }
        Assert.Equal("QUERY /pods, POST /pods/_search, POST /pods/_search, QUERY /pods, POST /pods/_search", Lines());
    }

    [Fact]
    public async Task What_is_learned_is_bounded()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok("done"));
        using var client = Client(options =>
        {
            options.MaximumCount = 2;
            options.CreateGetUri = (request, _) => new(request.RequestUri + "?q", UriKind.RelativeOrAbsolute);
        });
        foreach (var path in new[] { "/a", "/b", "/c", "/a", "/c" }) await client.TextAsync(Cached.Query(origin.Uri(path), "{}"));
        Assert.Equal("QUERY /a, GET /a?q, QUERY /b, GET /b?q, QUERY /c, GET /c?q, QUERY /a, GET /a?q, GET /c?q", Lines());
    }

    [Fact]
    public async Task A_synchronous_request_falls_back_as_well()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok("done"));
        using var client = Client();
        using var request = Cached.Query(origin.Uri("/pods"), "{}");
        using var response = await Task.Run(() => client.Send(request));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public void Without_a_path_there_is_no_fallback()
    {
        var failure = Assert.Throws<ArgumentException>(() => new QueryFallbackHandler(new()));
        Assert.StartsWith("QueryFallbackOptions.Paths is empty", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Lifetime must be positive and at most 30 days.")]
    [InlineData("MaximumCount must be positive.")]
    [InlineData("ProbeTimeout must not be negative, and at most a day.")]
    [InlineData("Intermediaries must be names of products in ASCII, such as CloudFront.")]
    public void An_option_out_of_range_is_an_error(string expected)
    {
        var options = new QueryFallbackOptions { Paths = { "/pods" } };
        if (expected.StartsWith("Life", StringComparison.Ordinal)) options.Lifetime = TimeSpan.Zero;
        if (expected.StartsWith("Max", StringComparison.Ordinal)) options.MaximumCount = 0;
        if (expected.StartsWith("Probe", StringComparison.Ordinal)) options.ProbeTimeout = TimeSpan.FromTicks(-1);
        if (expected.StartsWith("Inter", StringComparison.Ordinal)) options.Intermediaries.Add(" ");
        Assert.StartsWith("QueryFallbackOptions." + expected,
            Assert.Throws<ArgumentException>(() => new QueryFallbackHandler(options)).Message, StringComparison.Ordinal);
    }

    private static bool IsQuery(string request) => request.StartsWith("QUERY", StringComparison.Ordinal);

    private string Lines() => string.Join(", ", _received.Select(text => string.Join(' ', text.Split(' ').Take(2))));

    private Origin Start(Func<string, string> respond) => Origin.Start(request =>
    {
        _received.Enqueue(request);
        return respond(request);
    });

    private HttpClient Client(Action<QueryFallbackOptions>? configure = null, HttpMessageHandler? inner = null)
    {
        var options = new QueryFallbackOptions { Paths = { { "/pods", "/pods/_search" } } };
        configure?.Invoke(options);
        return new(new QueryFallbackHandler(options, _time) { InnerHandler = inner ?? new SocketsHttpHandler() });
    }

    /// <summary>Content whose length is not known before it is sent.</summary>
    private sealed class UnseekableContent : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            await stream.WriteAsync("{}"u8.ToArray());

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
