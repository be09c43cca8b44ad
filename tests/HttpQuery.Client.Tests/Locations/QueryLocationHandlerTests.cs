#pragma warning disable xUnit1051
using System.Collections.Concurrent;
using System.Net;
using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Client.Tests.Locations;

/// <summary>A query is repeated as a GET of the <c>Location</c> that its last response had (RFC 10008 §2.4).</summary>
public sealed partial class QueryLocationHandlerTests
{
    private const string Gone = "HTTP/1.1 410 Gone\nContent-Length: 0\n\n";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ConcurrentQueue<string> _received = new();

    [Fact]
    public async Task The_same_query_is_sent_as_a_GET_with_its_conditions()
    {
        await using var origin = Start(request => IsQuery(request)
            ? Origin.Ok("rows", "Location: /stored/42", "ETag: \"1\"")
            : "HTTP/1.1 304 Not Modified\nETag: \"1\"\nContent-Location: result\n\n");
        using var client = Client();
        Assert.Equal("200 rows", await client.TextAsync(Query(origin)));
        using var request = Query(origin, "{}", "If-None-Match: \"1\"", "Accept: text/csv", "Range: bytes=0-1");
        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
        Assert.Equal(
            $"""
            GET /stored/42 HTTP/1.1
            Host: localhost:{origin.Port}
            If-None-Match: "1"
            Accept: text/csv
            Range: bytes=0-1


            """, _received.Last());
        Assert.Same(request, response.RequestMessage);
        Assert.Equal(("QUERY", origin.Uri("/rfcs")), (request.Method.Method, request.RequestUri));
        Assert.Equal(origin.Uri("/stored/result"), response.Content.Headers.ContentLocation);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\nContent-Length: 0\n\n")]
    [InlineData(Gone)]
    [InlineData("HTTP/1.1 400 Bad Request\nContent-Length: 0\n\n")]
    [InlineData("HTTP/1.1 401 Unauthorized\nContent-Length: 0\n\n")]
    [InlineData("HTTP/1.1 500 Internal Server Error\nContent-Length: 0\n\n")]
    [InlineData("HTTP/1.1 302 Found\nLocation: /elsewhere\nContent-Length: 0\n\n")]
    [InlineData("garbage\n\n")]
    public async Task After_an_error_the_query_is_sent_as_a_QUERY_and_the_URI_is_forgotten(string error)
    {
        var count = 0;
        await using var origin = Start(request => !IsQuery(request) ? error : ++count == 1 ? Origin.Ok("rows", "Location: /stored/42")
            : Origin.Ok("again"));
        using var client = Client(inner: new SocketsHttpHandler { AllowAutoRedirect = false });
        string[] texts = [await client.TextAsync(Query(origin)), await client.TextAsync(Query(origin)),
            await client.TextAsync(Query(origin))];
        Assert.Equal(["200 rows", "200 again", "200 again"], texts);
        Assert.Equal("QUERY /rfcs, GET /stored/42, QUERY /rfcs, QUERY /rfcs", Lines());
    }

    [Theory]
    [InlineData("HTTP/1.1 206 Partial Content\nContent-Range: bytes 0-0/2\nContent-Length: 1\n\na", "206 a")]
    [InlineData("HTTP/1.1 412 Precondition Failed\nContent-Length: 0\n\n", "412 ")]
    [InlineData("HTTP/1.1 416 Range Not Satisfiable\nContent-Length: 0\n\n", "416 ")]
    [InlineData("HTTP/1.1 204 No Content\n\n", "204 ")]
    public async Task Results_of_conditions_and_ranges_are_responses(string result, string expected)
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", "Location: /stored/42") : result);
        using var client = Client();
        await client.TextAsync(Query(origin));
        Assert.Equal(expected, await client.TextAsync(Query(origin)));
        Assert.Equal("QUERY /rfcs, GET /stored/42", Lines());
    }

    [Fact]
    public async Task If_the_connection_is_closed_the_query_is_sent_as_a_QUERY()
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", "Location: /stored/42") : "");
        using var client = Client();
        for (var i = 0; i < 2; i++) Assert.Equal("200 rows", await client.TextAsync(Query(origin)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_URI_whose_GET_breaks_off_within_its_content_is_forgotten(bool isSynchronous)
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", "Location: /stored/42")
            : "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n4\nhalf\nno length\n");
        using var client = Client();
        Assert.Equal("200 rows", await client.TextAsync(Query(origin)));

        await Assert.ThrowsAsync<HttpRequestException>(
            () => isSynchronous ? Task.Run(() => client.Send(Query(origin))) : client.SendAsync(Query(origin)));
        Assert.Equal("200 rows", await client.TextAsync(Query(origin)));
    }

    [Fact]
    public async Task A_URI_whose_content_was_not_awaited_is_forgotten()
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", "Location: /stored/42")
            : "HTTP/1.1 200 OK\nContent-Length: 100\n\nhalf");
        using var client = Client();
        Assert.Equal("200 rows", await client.TextAsync(Query(origin)));

        using var response = await client.SendAsync(Query(origin), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[4]);
        using var cancellation = new CancellationTokenSource();
        var reading = body.ReadAsync(new byte[1], cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.AsTask());
        Assert.Equal("200 rows", await client.TextAsync(Query(origin)));
    }

    [Fact]
    public async Task A_URI_whose_GET_was_cancelled_is_forgotten()
    {
        await using var origin = Origin.Start();
        using var client = Client();
        for (var i = 0; i < 3; i++)
        {
            using var timeout = new CancellationTokenSource();
            var response = client.SendAsync(Query(origin), timeout.Token);
            var exchange = await origin.NextAsync();
            Assert.Equal(i == 1 ? "GET /stored/42" : "QUERY /rfcs", string.Join(' ', exchange.Request.Split(' ').Take(2)));
            if (i != 1)
            {
                await exchange.SendAsync(Origin.Ok("rows", "Location: /stored/42"));
                (await response).Dispose();
                continue;
            }
            await timeout.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => response);
        }
    }

    [Theory]
    [InlineData("Location: http://other.test/stored/42")]
    [InlineData("Location: https://localhost/stored/42")]
    [InlineData("Location: //other.test/stored")]
    [InlineData("Location: http://ann@localhost:{port}/stored/42")]
    [InlineData("Location: ftp://localhost/x")]
    [InlineData("Location: file:///etc/passwd")]
    [InlineData("Location: http://")]
    [InlineData("Location: ")]
    [InlineData("Location: /rfcs")]
    [InlineData("Location: #fragment")]
    [InlineData("Location: /a\nLocation: /b")]
    [InlineData("Location: /{long}")]
    [InlineData("Location: /stored/42\nVary: *")]
    public async Task A_URI_that_is_not_of_the_origin_or_not_usable_is_ignored(string headers)
    {
        await using var origin = Start(request => Origin.Ok("rows", [.. headers.Replace("{port}", PortOf(request), StringComparison.Ordinal)
            .Replace("{long}", new string('a', 9000), StringComparison.Ordinal).Split('\n')]));
        using var client = Client();
        for (var i = 0; i < 2; i++) Assert.Equal("200 rows", await client.TextAsync(Query(origin)));
        Assert.Equal("QUERY /rfcs, QUERY /rfcs", Lines());
    }

    [Theory]
    [InlineData("201 Created", true)]
    [InlineData("303 See Other", false)]
    [InlineData("400 Bad Request", false)]
    public async Task Only_successful_responses_teach(string status, bool isLearned)
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Response(status, "", "Location: /stored/42")
            : Origin.Ok("stored"));
        using var client = Client(inner: new SocketsHttpHandler { AllowAutoRedirect = false });
        for (var i = 0; i < 2; i++) await client.TextAsync(Query(origin));
        Assert.Equal(isLearned ? "QUERY /rfcs, GET /stored/42" : "QUERY /rfcs, QUERY /rfcs", Lines());
    }

    [Fact]
    public async Task A_response_that_was_redirected_below_teaches_nothing()
    {
        await using var origin = Start(request => request.Contains(" /rfcs ", StringComparison.Ordinal)
            ? Origin.Response("307 Temporary Redirect", "", "Location: /new") : Origin.Ok("rows", "Location: /stored/42"));
        using var client = Client();
        for (var i = 0; i < 2; i++) await client.TextAsync(Query(origin));
        Assert.Equal("QUERY /rfcs, QUERY /new, QUERY /rfcs, QUERY /new", Lines());
    }

    [Theory]
    [InlineData(false, null, "QUERY")]
    [InlineData(true, null, "GET")]
    [InlineData(true, "Authorization: Bearer ann", "QUERY")]
    [InlineData(true, "Cookie: a=b", "QUERY")]
    public async Task Another_origin_is_asked_only_if_allowed_and_never_with_a_credential(
        bool isAllowed, string? credential, string expected)
    {
        await using var other = Start(_ => Origin.Ok("stored"));
        await using var origin = Start(_ => Origin.Ok("rows", $"Location: {other.Uri("/stored/42")}"));
        using var client = Client(options => options.AllowOtherOrigins = isAllowed);
        for (var i = 0; i < 2; i++) await client.TextAsync(Query(origin, "{}", credential is null ? [] : [credential]));
        Assert.StartsWith(expected, _received.Last(), StringComparison.Ordinal);
        Assert.Equal(expected is "GET" ? 1 : 0, other.Count);
    }

    [Fact]
    public async Task Another_origin_is_not_asked_if_the_transport_would_answer_its_challenge()
    {
        await using var other = Start(_ => Origin.Response("401 Unauthorized", "", "WWW-Authenticate: Basic realm=x"));
        await using var origin = Start(_ => Origin.Ok("rows", $"Location: {other.Uri("/stored/42")}"));
        using var client = Client(
            options => options.AllowOtherOrigins = true,
            new SocketsHttpHandler { Credentials = new NetworkCredential("ann", "secret") });
        for (var i = 0; i < 2; i++) Assert.Equal("200 rows", await client.TextAsync(Query(origin)));
        Assert.Equal(0, other.Count);
    }

    [Fact]
    public async Task A_URI_expires()
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", "Location: /stored/42") : Origin.Ok("stored"));
        using var client = Client(options => options.Lifetime = TimeSpan.FromMinutes(1));
        await client.TextAsync(Query(origin));
        _time.Advance(TimeSpan.FromSeconds(59));
        await client.TextAsync(Query(origin));
        _time.Advance(TimeSpan.FromSeconds(1));
        await client.TextAsync(Query(origin));
        Assert.Equal("QUERY /rfcs, GET /stored/42, QUERY /rfcs", Lines());
    }

    [Fact]
    public async Task URIs_are_bounded()
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", "Location: /stored/42") : Origin.Ok("stored"));
        using var client = Client(options => options.MaximumCount = 2);
        foreach (var content in new[] { "1", "2", "3", "1", "3" }) await client.TextAsync(Query(origin, content));
        Assert.Equal("QUERY /rfcs, QUERY /rfcs, QUERY /rfcs, QUERY /rfcs, GET /stored/42", Lines());
    }

    [Theory]
    [InlineData("POST", "200 OK", "/rfcs", true)]
    [InlineData("DELETE", "204 No Content", "/rfcs", true)]
    [InlineData("POST", "409 Conflict", "/rfcs", false)]
    [InlineData("POST", "200 OK", "/other", false)]
    [InlineData("GET", "200 OK", "/rfcs", false)]
    public async Task A_change_of_the_target_forgets_its_queries(string method, string status, string path, bool isForgotten)
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", "Location: /stored/42")
            : request.Contains(" /stored/42 ", StringComparison.Ordinal) ? Origin.Ok("stored")
                : $"HTTP/1.1 {status}\n{(status[0] is '2' && status[2] is '4' ? "" : "Content-Length: 0\n")}\n");
        using var client = Client();
        await client.TextAsync(Query(origin));
        await client.TextAsync(new(new HttpMethod(method), origin.Uri(path)));
        Assert.Equal(isForgotten ? "200 rows" : "200 stored", await client.TextAsync(Query(origin)));
    }

    [Fact]
    public async Task Content_that_is_sent_once_takes_no_part()
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", "Location: /stored/42") : Origin.Ok("stored"));
        using var client = Client();
        for (var i = 0; i < 2; i++)
        {
            var content = new StreamContent(new UnseekableStream()) { Headers = { ContentType = new("text/plain") } };
            Assert.Equal("200 rows", await client.TextAsync(new(HttpMethod.Query, origin.Uri("/rfcs")) { Content = content }));
        }
    }

    [Fact]
    public async Task The_cache_above_keeps_the_entries_of_the_QUERY()
    {
        await using var origin = Start(request => IsQuery(request)
            ? Origin.Ok("rows", "Location: /stored/42", "ETag: \"1\"", "Cache-Control: max-age=0", "Vary: Content-Type, Accept")
            : request.Contains("If-None-Match: \"1\"", StringComparison.Ordinal)
                ? "HTTP/1.1 304 Not Modified\nETag: \"1\"\nCache-Control: max-age=60\nVary: Content-Type, Accept\n\n"
                : Origin.Ok("stored"));
        using var client = new HttpClient(new QueryCacheHandler(null, _time) { InnerHandler = Handler() });
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("200 rows", await client.TextAsync(Query(origin)));
            _time.Advance(TimeSpan.FromSeconds(20));
        }

        // Learned, validated by GET, and twice from the cache.
        Assert.Equal("QUERY /rfcs, GET /stored/42", Lines());
    }

    [Fact]
    public async Task The_cache_above_stores_the_response_to_the_GET_for_the_QUERY()
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", "Location: /stored/42")
            : Origin.Ok("stored", Cached.Fresh, "Vary: Content-Type"));
        using var client = new HttpClient(new QueryCacheHandler(null, _time) { InnerHandler = Handler() });
        string[] texts = [await client.TextAsync(Query(origin)), await client.TextAsync(Query(origin)),
            await client.TextAsync(Query(origin))];
        Assert.Equal(["200 rows", "200 stored", "200 stored"], texts);
        Assert.Equal("QUERY /rfcs, GET /stored/42", Lines());
        Assert.Equal("200 stored", await client.TextAsync(Cached.Get(origin.Uri("/stored/42"))));
        Assert.Equal(3, _received.Count);
    }

    [Fact]
    public async Task A_synchronous_request_switches_as_well()
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", "Location: /stored/42") : Origin.Ok("stored"));
        using var client = Client();
        for (var i = 0; i < 2; i++)
        {
            using var request = Query(origin);
            using var response = await Task.Run(() => client.Send(request));
        }
        Assert.Equal("QUERY /rfcs, GET /stored/42", Lines());
    }

    [Theory]
    [InlineData("Lifetime must be positive and at most 30 days.")]
    [InlineData("MaximumCount must be positive.")]
    [InlineData("CredentialHeaders must be names of headers, such as X-Api-Key.")]
    public void An_option_out_of_range_is_an_error(string expected)
    {
        var options = new QueryLocationOptions();
        if (expected.StartsWith("Life", StringComparison.Ordinal)) options.Lifetime = TimeSpan.FromDays(31);
        if (expected.StartsWith("Max", StringComparison.Ordinal)) options.MaximumCount = 0;
        if (expected.StartsWith("Cred", StringComparison.Ordinal)) options.CredentialHeaders.Add("X Y");
        Assert.StartsWith("QueryLocationOptions." + expected,
            Assert.Throws<ArgumentException>(() => new QueryLocationHandler(options)).Message, StringComparison.Ordinal);
    }

    private static HttpRequestMessage Query(Origin origin, string content = "{}", params string[] headers) =>
        Cached.Query(origin.Uri("/rfcs"), content, headers);

    private static bool IsQuery(string request) => request.StartsWith("QUERY", StringComparison.Ordinal);

    private static string PortOf(string request) => request.Split("localhost:")[1].Split('\n')[0];

    private string Lines() => string.Join(", ", _received.Select(text => string.Join(' ', text.Split(' ').Take(2))));

    private Origin Start(Func<string, string> respond) => Origin.Start(request =>
    {
        _received.Enqueue(request);
        return respond(request);
    });

    private QueryLocationHandler Handler(Action<QueryLocationOptions>? configure = null, HttpMessageHandler? inner = null)
    {
        var options = new QueryLocationOptions();
        configure?.Invoke(options);
        return new(options, _time) { InnerHandler = inner ?? new SocketsHttpHandler() };
    }

    private HttpClient Client(Action<QueryLocationOptions>? configure = null, HttpMessageHandler? inner = null) =>
        new(Handler(configure, inner));

    private sealed class UnseekableStream : MemoryStream
    {
        public override bool CanSeek => false;
    }
}
