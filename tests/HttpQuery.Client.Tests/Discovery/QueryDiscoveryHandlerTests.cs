#pragma warning disable xUnit1051
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Client.Tests.Discovery;

/// <summary>The client learns the formats that a path accepts, and sends the best of its own (RFC 10008 §3).</summary>
public sealed class QueryDiscoveryHandlerTests
{
    private const string Sql = "application/sql", Json = "application/json", Csv = "text/csv";

    private static readonly int Kilobytes = 512;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ConcurrentQueue<string> _received = new();

    [Fact]
    public async Task The_first_format_that_the_path_accepts_is_sent()
    {
        await using var origin = Start(_ => Origin.Ok("done", "Accept-Query: text/csv, application/json"));
        using var client = Client();
        using var first = Content();
        using var second = Content();
        await QueryAsync(client, origin.Uri("/rfcs"), first);
        await QueryAsync(client, origin.Uri("/rfcs?year=2022"), second);

        Assert.Equal(
            [
                """
                QUERY /rfcs HTTP/1.1
                Host: localhost
                X-One: 1
                Content-Type: application/sql
                Content-Length: 8

                select *
                """,
                """
                QUERY /rfcs?year=2022 HTTP/1.1
                Host: localhost
                X-One: 1
                Transfer-Encoding: chunked
                Content-Type: application/json; charset=utf-8

                7
                {"a":1}
                0


                """,
            ],
            _received.Select(text => text.Replace($":{origin.Port}", "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Accept-Query: text/csv", Sql, Csv)]
    [InlineData("Accept-Query: application/json", Sql, Json)]
    [InlineData("Accept-Query: text/*;x=a, \"application/json\"", Sql, Json)]
    [InlineData("Accept: text/csv", Sql, Csv)]
    [InlineData("Accept: text/csv;q=0.5, application/json", Sql, Json)]
    [InlineData("Accept: application/sql, text/csv", Sql, Csv)]
    [InlineData("Accept: */*", Sql, Json)]
    [InlineData("Accept-Query: ;;;|Accept: text/csv", Sql, Csv)]
    [InlineData("Accept-Query: text/csv|Accept: application/json", Sql, Csv)]
    public async Task One_415_leads_to_one_renegotiation(string headers, params string[] expected)
    {
        await using var origin = Start(request => request.Contains(expected[1], StringComparison.Ordinal) ? Origin.Ok("done")
            : Unsupported(headers));
        using var client = Client();
        using var content = Content();
        Assert.Equal("200 done", await QueryAsync(client, origin.Uri("/rfcs"), content));
        Assert.Equal(expected, Types());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Accept: application/sql")]
    [InlineData("Accept: image/png")]
    [InlineData("Accept: ;")]
    [InlineData("Accept-Query: application/sql")]
    [InlineData("Accept-Query: ")]
    [InlineData("Accept-Encoding: gzip")]
    public async Task A_415_that_names_no_other_format_is_the_response(string headers)
    {
        await using var origin = Start(_ => Unsupported(headers));
        using var client = Client();
        using var content = Content();
        Assert.Equal("415 ", await QueryAsync(client, origin.Uri("/rfcs"), content));
        Assert.Equal([Sql], Types());
    }

    [Fact]
    public async Task A_second_415_is_the_response()
    {
        await using var origin = Start(_ => Unsupported("Accept-Query: text/csv"));
        using var client = Client();
        using var content = Content();
        Assert.Equal("415 ", await QueryAsync(client, origin.Uri("/rfcs"), content));
        Assert.Equal([Sql, Csv], Types());

        // The next query begins with the format that was named.
        using var next = Content();
        await QueryAsync(client, origin.Uri("/rfcs"), next);
        Assert.Equal([Sql, Csv, Csv], Types());
    }

    [Fact]
    public async Task Plain_content_is_never_sent_again()
    {
        await using var origin = Start(_ => Unsupported("Accept-Query: text/csv"));
        using var client = Client();
        Assert.Equal("415 ", await QueryAsync(client, origin.Uri("/rfcs"), new StringContent("x")));
        Assert.Equal(1, origin.Count);
    }

    [Fact]
    public async Task Each_format_is_created_at_most_once_and_only_if_it_is_sent()
    {
        var created = new List<string>();
        await using var origin = Start(request => request.Contains("text/csv", StringComparison.Ordinal)
            ? Origin.Ok("done") : Unsupported("Accept: text/csv"));
        using var client = Client();
        using var content = new QueryContent([.. new[] { Sql, Json, Csv }.Select(type => new QueryFormat(type, () =>
        {
            created.Add(type);
            return new ByteArrayContent([]);
        }))]);
        for (var i = 0; i < 2; i++) Assert.Equal("200 done", await QueryAsync(client, origin.Uri("/rfcs"), content));
        Assert.Equal([Sql, Csv], created);
    }

    [Theory]
    [InlineData("OPTIONS")]
    [InlineData("HEAD")]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task Responses_to_any_method_teach(string method)
    {
        await using var origin = Start(request => request.Contains(Sql, StringComparison.Ordinal) ? Unsupported("")
            : "HTTP/1.1 204 No Content\nAccept-Query: text/csv\n\n");
        using var client = Client();
        await client.TextAsync(new(new HttpMethod(method), origin.Uri("/rfcs")));
        using var content = Content();
        Assert.Equal("204 ", await QueryAsync(client, origin.Uri("/rfcs?x"), content));
    }

    [Fact]
    public async Task The_freshest_value_wins()
    {
        await using var origin = Origin.Start(
            Origin.Ok("", "Accept-Query: text/csv", "Age: 100"), Origin.Ok("", "Accept-Query: application/json", "Age: 10"),
            Origin.Ok("", "Accept-Query: text/csv", "Age: 50"));
        using var client = Client();
        for (var i = 0; i < 3; i++) await client.TextAsync(Cached.Get(origin.Uri("/rfcs")));
        Assert.Equal("application/json", (await client.GetAcceptQueryAsync(origin.Uri("/rfcs")))?.ToString());

        _time.Advance(TimeSpan.FromSeconds(41));
        await client.TextAsync(Cached.Get(origin.Uri("/rfcs")));
        Assert.Equal("text/csv", (await client.GetAcceptQueryAsync(origin.Uri("/rfcs")))?.ToString());
    }

    [Fact]
    public async Task A_value_of_100_KB_is_ignored()
    {
        var value = string.Join(", ", Enumerable.Range(0, 5_000).Select(i => $"application/x-type-{i}"));
        Assert.InRange(value.Length, 100_000, 200_000);
        await using var origin = Start(request => request.Contains(Sql, StringComparison.Ordinal)
            ? Unsupported($"Accept-Query: {value}, text/csv|Accept: {value}, text/csv") : Origin.Ok("done"));
        using var client = Client(inner: new SocketsHttpHandler { MaxResponseHeadersLength = Kilobytes });
        using var content = Content();
        Assert.Equal("415 ", await QueryAsync(client, origin.Uri("/rfcs"), content));
        using var next = Content();
        Assert.Equal("415 ", await QueryAsync(client, origin.Uri("/rfcs"), next));
        Assert.Equal([Sql, Sql], Types());
    }

    [Fact]
    public async Task A_malformed_value_is_ignored_and_the_last_one_stays()
    {
        await using var origin = Origin.Start(
            Origin.Ok("", "Accept-Query: text/csv"), Origin.Ok("", "Accept-Query: text/csv, \"unclosed"), Origin.Ok(""));
        using var client = Client();
        for (var i = 0; i < 3; i++) await client.TextAsync(Cached.Get(origin.Uri("/rfcs")));
        Assert.Equal("text/csv", (await client.GetAcceptQueryAsync(origin.Uri("/rfcs")))?.ToString());
        Assert.Equal(3, origin.Count);
    }

    [Fact]
    public async Task A_value_expires_and_the_server_is_asked_again()
    {
        await using var origin = Start(_ => "HTTP/1.1 204 No Content\nAccept-Query: text/csv\n\n");
        using var client = Client(new() { Lifetime = TimeSpan.FromMinutes(1) });
        for (var i = 0; i < 2; i++) Assert.Equal("text/csv", (await client.GetAcceptQueryAsync(origin.Uri("/rfcs")))?.ToString());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("text/csv", (await client.GetAcceptQueryAsync(origin.Uri("/rfcs?x")))?.ToString());
        Assert.Equal(["OPTIONS /rfcs", "OPTIONS /rfcs?x"], Lines());
    }

    [Fact]
    public async Task Paths_are_bounded_and_apart()
    {
        await using var origin = Start(request => Origin.Ok("", $"Accept-Query: \"application/x{request.Split(' ')[1][1..]}\""));
        using var client = Client(new() { MaximumCount = 2 });
        foreach (var path in new[] { "/a", "/b", "/a", "/c", "/a", "/b" })
            Assert.Equal($"application/x{path[1..]}", (await client.GetAcceptQueryAsync(origin.Uri(path)))?.ToString());
        Assert.Equal(["OPTIONS /a", "OPTIONS /b", "OPTIONS /c", "OPTIONS /b"], Lines());
    }

    [Theory]
    [InlineData("HTTP/1.1 405 Method Not Allowed\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\nAccept-Query: text/csv\n\n", "text/csv",
        "OPTIONS /rfcs", "HEAD /rfcs")]
    [InlineData("HTTP/1.1 405 Method Not Allowed\nAccept-Query: text/csv\nContent-Length: 0\n\n", "", "text/csv", "OPTIONS /rfcs")]
    [InlineData("HTTP/1.1 200 OK\nAccept-Query: ;\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\n\n", null, "OPTIONS /rfcs", "HEAD /rfcs")]
    [InlineData("HTTP/1.1 204 No Content\nAccept-Query: \n\n", "", "", "OPTIONS /rfcs")]
    public async Task A_server_is_asked_by_OPTIONS_then_by_HEAD(string options, string head, string? expected, params string[] lines)
    {
        await using var origin = Start(request => request.StartsWith("HEAD", StringComparison.Ordinal) ? head : options);
        using var client = new HttpClient { BaseAddress = origin.Uri("/") };
        Assert.Equal(expected, (await client.GetAcceptQueryAsync("rfcs"))?.ToString());
        Assert.Equal(lines, Lines());
    }

    [Fact]
    public async Task A_redirect_below_teaches_both_URIs()
    {
        await using var origin = Start(request => request.Contains(" /old ", StringComparison.Ordinal)
            ? Origin.Response("307 Temporary Redirect", "", "Location: /new") : Origin.Ok("done", "Accept-Query: text/csv"));
        using var client = Client();
        using var content = Content();
        await QueryAsync(client, origin.Uri("/old"), content);
        foreach (var path in new[] { "/old", "/new" })
            Assert.Equal("text/csv", (await client.GetAcceptQueryAsync(origin.Uri(path)))?.ToString());
        Assert.Equal(["QUERY /old", "QUERY /new"], Lines());
    }

    [Fact]
    public async Task A_fallback_to_another_path_teaches_nothing()
    {
        await using var origin = Start(request => request.StartsWith("POST", StringComparison.Ordinal)
            ? Origin.Ok("done", "Accept-Query: text/csv")
            : "HTTP/1.1 405 Method Not Allowed\nContent-Length: 0\n\n");
        using var client = Client(
            inner: new QueryFallbackHandler(new() { Paths = { { "/rfcs", "/search" } } }) { InnerHandler = new SocketsHttpHandler() });
        using var content = Content();
        Assert.Equal("200 done", await QueryAsync(client, origin.Uri("/rfcs"), content));
        Assert.Null(await client.GetAcceptQueryAsync(origin.Uri("/rfcs")));
    }

    [Fact]
    public async Task The_cache_below_keeps_the_response_to_the_format_that_was_sent()
    {
        await using var origin = Start(request => request.Contains(Csv, StringComparison.Ordinal)
            ? Origin.Ok("done", Cached.Fresh, "Accept-Query: text/csv") : Unsupported("Accept-Query: text/csv"));
        using var client = Client(inner: new QueryCacheHandler { InnerHandler = new SocketsHttpHandler() });
        for (var i = 0; i < 2; i++)
        {
            using var content = Content();
            Assert.Equal("200 done", await QueryAsync(client, origin.Uri("/rfcs"), content));
        }
        Assert.Equal([Sql, Csv], Types());

        // Plain content in the same format is the same request.
        Assert.Equal("200 done", await QueryAsync(client, origin.Uri("/rfcs"), Wire.Content(Csv, "a,b")));
        Assert.Equal(2, origin.Count);
    }

    [Fact]
    public async Task The_callers_request_is_as_it_was()
    {
        await using var origin = Start(_ => Origin.Ok("done"));
        using var client = Client();
        using var content = Content();
        using var request = new HttpRequestMessage(HttpMethod.Query, origin.Uri("/rfcs")) { Content = content };
        using var response = await client.SendAsync(request);
        Assert.Same(request, response.RequestMessage);
        Assert.Same(content, request.Content);
    }

    [Theory]
    [InlineData(null, Sql)]
    [InlineData("text/plain; charset=utf-8", Sql)]
    [InlineData("not a type", Sql)]
    [InlineData("Application/SQL; charset=utf-8", "Application/SQL; charset=utf-8")]
    public async Task The_content_has_the_type_of_its_format(string? type, string expected)
    {
        await using var origin = Start(_ => Origin.Ok("done"));
        using var client = Client();
        using var content = new QueryContent(new QueryFormat(Sql, () =>
        {
            var text = new StringContent("select *");
            text.Headers.Remove("Content-Type");
            text.Headers.TryAddWithoutValidation("Content-Type", type is null ? [] : [type]);
            return text;
        }));
        await QueryAsync(client, origin.Uri("/rfcs"), content);
        Assert.Contains($"\nContent-Type: {expected}\n", _received.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_of_the_content_are_sent_with_each_format()
    {
        await using var origin = Start(request => request.Contains(Sql, StringComparison.Ordinal) ? Unsupported("Accept-Query: text/csv")
            : Origin.Ok("done"));
        using var client = Client();
        using var content = Content();
        content.Headers.Add("Content-Language", "de");
        await QueryAsync(client, origin.Uri("/rfcs"), content);
        Assert.Equal([Sql, Csv], Types());
        Assert.All(_received, request => Assert.Contains("\nContent-Language: de\n", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_handler_the_first_format_is_sent()
    {
        await using var origin = Start(_ => Origin.Ok("done"));
        using var client = new HttpClient();
        using var content = Content();
        Assert.Equal("200 done", await QueryAsync(client, origin.Uri("/rfcs"), content));
        Assert.EndsWith("Content-Type: application/sql\nContent-Length: 8\n\nselect *", _received.Single(), StringComparison.Ordinal);
        using var sent = new HttpRequestMessage(HttpMethod.Query, origin.Uri("/rfcs")) { Content = content };
        using var response = await Task.Run(() => client.Send(sent));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_synchronous_request_negotiates_as_well()
    {
        await using var origin = Start(request => request.Contains(Csv, StringComparison.Ordinal) ? Origin.Ok("done")
            : Unsupported("Accept: text/csv"));
        using var client = Client();
        using var content = Content();
        using var request = new HttpRequestMessage(HttpMethod.Query, origin.Uri("/rfcs")) { Content = content };
        using var response = await Task.Run(() => client.Send(request));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Throws<ArgumentException>(() => new QueryContent());
        Assert.Throws<ArgumentNullException>(() => new QueryContent(null!, null!));
        Assert.Throws<FormatException>(() => new QueryFormat("json", () => new ByteArrayContent([])));
        Assert.Throws<ArgumentNullException>(() => new QueryFormat(Json, null!));
        Assert.Throws<ArgumentNullException>(() => { _ = ((HttpClient)null!).GetAcceptQueryAsync("/"); });
        foreach (var (options, expected) in new[]
        {
            (new QueryDiscoveryOptions { Lifetime = TimeSpan.Zero }, "Lifetime must be positive and at most 30 days."),
            (new() { MaximumCount = 0 }, "MaximumCount must be positive."),
            (new() { MaximumValueLength = 0 }, "MaximumValueLength must be between 1 and 1048576 characters."),
        })
        {
            Assert.StartsWith("QueryDiscoveryOptions." + expected,
                Assert.Throws<ArgumentException>(() => new QueryDiscoveryHandler(options)).Message, StringComparison.Ordinal);
        }
    }

    private static QueryContent Content() => new(
        new(Sql, () => new ByteArrayContent("select *"u8.ToArray())),
        new(Json, () => JsonContent.Create(new { a = 1 })),
        new(Csv, () => new ByteArrayContent("a,b"u8.ToArray())));

    private static string Unsupported(string headers) =>
        Origin.Response("415 Unsupported Media Type", "", headers.Split('|', StringSplitOptions.RemoveEmptyEntries));

    private static async Task<string> QueryAsync(HttpClient client, Uri uri, HttpContent content)
    {
        // Disposing the request would dispose the content.
        var request = new HttpRequestMessage(HttpMethod.Query, uri) { Content = content, Headers = { { "X-One", "1" } } };
        using var response = await client.SendAsync(request);
        return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
    }

    private string[] Types() => [.. _received.Select(text => text.Split("Content-Type: ")[1].Split('\n', ';')[0])];

    private string[] Lines() => [.. _received.Select(text => string.Join(' ', text.Split(' ').Take(2)))];

    private Origin Start(Func<string, string> respond) => Origin.Start(request =>
    {
        _received.Enqueue(request);
        return respond(request);
    });

    private HttpClient Client(QueryDiscoveryOptions? options = null, HttpMessageHandler? inner = null) =>
        new(new QueryDiscoveryHandler(options, _time) { InnerHandler = inner ?? new SocketsHttpHandler() });
}
