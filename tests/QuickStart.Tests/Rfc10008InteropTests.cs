using System.Net;
using System.Net.Sockets;
using System.Text;
using HttpQuery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace QuickStart.Tests;

/// <summary>The rows of the public suite A1darbek/rfc10008-interop, asked of the full server byte by byte. Each test names its
/// row.</summary>
public sealed class Rfc10008InteropTests : IAsyncLifetime
{
    private const string Query = """
        {
          "match": "cache",
          "fromYear": 2014,
          "limit": 10
        }
        """;

    private const string Reordered = """{ "limit" : 10, "fromYear" : 2014, "match" : "c\u0061che" }""";

    private readonly WebApplication _app = FullServer.Create("--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Warning");

    public async ValueTask InitializeAsync() => await _app.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact] // core.native_query
    public async Task A_QUERY_is_answered_by_its_own_method()
    {
        var response = await AskAsync();

        Assert.Equal(200, response.Status);
        Assert.StartsWith("""[{"number":9211,""", response.ContentText, StringComparison.Ordinal);
    }

    [Theory] // core.json_content_accepted
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("APPLICATION/JSON")]
    [InlineData("application/vnd.rfc+json")]
    public async Task Json_is_accepted(string type)
    {
        var response = await SendAsync("QUERY", [$"Content-Type: {type}"], Query);

        Assert.Equal((200, (await AskAsync()).ContentText), (response.Status, response.ContentText));
    }

    [Fact] // core.accept_query_advertised
    public async Task Accept_Query_lists_what_can_be_sent()
    {
        Assert.True(AcceptQuery.TryParse((await AskAsync())["Accept-Query"], out var formats));
        Assert.True(formats.Accepts("application/json"));
        Assert.True(formats.Accepts("application/x-www-form-urlencoded"));
        Assert.False(formats.Accepts("text/plain"));
    }

    [Fact] // representation.etag_advertised, representation.etag_observed_strength
    public async Task A_result_has_a_strong_tag() => Assert.Matches("^\"[^\"]+\"$", (await AskAsync())["ETag"]);

    [Fact] // representation.content_location
    public async Task Content_Location_names_the_result()
    {
        var response = await AskAsync();

        var result = await RawHttp.SendAsync(Port, $"GET {response["Content-Location"]}", []);
        Assert.Equal((200, response.ContentText), (result.Status, result.ContentText));
        Assert.Equal(response["Content-Type"], result["Content-Type"]);
    }

    [Fact] // core.identical_request_repeatability
    public async Task The_same_request_has_the_same_response()
    {
        var (first, second) = (await AskAsync(), await AskAsync());

        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal(first.Content, second.Content);
    }

    [Fact] // representation.identical_request_stable_validator
    public async Task The_same_request_has_the_same_tag_and_the_same_URIs()
    {
        var (first, second) = (await AskAsync(), await AskAsync());

        foreach (var name in new[] { "ETag", "Location", "Content-Location" })
        {
            Assert.NotNull(first[name]);
            Assert.Equal(first[name], second[name]);
        }
    }

    [Fact] // representation.conditional_revalidation
    public async Task The_tag_of_a_result_is_answered_with_304()
    {
        var tag = (await AskAsync())["ETag"];

        var response = await AskAsync($"If-None-Match: {tag}");
        Assert.Equal((304, tag, 0), (response.Status, response["ETag"], response.Content.Length));
        Assert.Null(response["Transfer-Encoding"]);
    }

    [Fact] // core.unsupported_content_type
    public async Task A_media_type_that_is_not_accepted_is_415()
    {
        var response = await SendAsync("QUERY", ["Content-Type: text/plain"], "not json");

        Assert.Equal(415, response.Status);
        Assert.Equal("application/json, multipart/form-data, application/x-www-form-urlencoded", response["Accept-Query"]);
    }

    [Fact] // core.missing_content_type
    public async Task A_missing_Content_Type_is_400() => Assert.Equal(400, (await SendAsync("QUERY", [], Query)).Status);

    [Fact] // representation.identity_encoding_probe
    public async Task Without_codings_the_result_has_the_same_bytes_and_the_same_tag()
    {
        var (response, identity) = (await AskAsync(), await AskAsync("Accept-Encoding: identity"));

        Assert.Equal((200, response["ETag"], null), (identity.Status, identity["ETag"], identity["Content-Encoding"]));
        Assert.Equal(response.Content, identity.Content);
    }

    [Fact] // semantic.equivalent_json_same_identity
    public async Task Equivalent_json_has_the_same_tag_the_same_URIs_and_the_same_bytes()
    {
        var first = await AskAsync();
        var second = await SendAsync("QUERY", ["Content-Type: application/json"], Reordered);

        Assert.Equal(200, second.Status);
        Assert.Equal(first.Content, second.Content);
        foreach (var name in new[] { "ETag", "Location", "Content-Location" }) Assert.Equal(first[name], second[name]);

        var other = await SendAsync("QUERY", ["Content-Type: application/json"], Query.Replace("10", "2", StringComparison.Ordinal));
        foreach (var name in new[] { "ETag", "Location", "Content-Location" }) Assert.NotEqual(first[name], other[name]);
    }

    [Theory] // core.method_override
    [InlineData("application/json", Query)]
    [InlineData("application/x-www-form-urlencoded", "match=cache&fromYear=2014&limit=10")]
    public async Task A_POST_with_X_HTTP_Method_Override_is_that_QUERY(string type, string content)
    {
        var query = await SendAsync("QUERY", [$"Content-Type: {type}"], content);
        var posted = await SendAsync("POST", [$"Content-Type: {type}", "X-HTTP-Method-Override: QUERY"], content);

        Assert.Equal((200, query.ContentText), (posted.Status, posted.ContentText));
        foreach (var name in new[] { "ETag", "Location", "Content-Location" }) Assert.Equal(query[name], posted[name]);
        Assert.Equal(405, (await SendAsync("POST", [$"Content-Type: {type}"], content)).Status);
    }

    [Fact] // safety.no_unintended_side_effects, safety.state_before_after_recorded
    public async Task Queries_leave_the_index_as_it_was()
    {
        var before = await RawHttp.SendAsync(Port, "GET /rfcs", []);
        await AskAsync();
        await AskAsync("If-None-Match: *");
        await SendAsync("POST", ["Content-Type: application/json", "X-HTTP-Method-Override: QUERY"], Query);

        Assert.Equal(before.Content, (await RawHttp.SendAsync(Port, "GET /rfcs", [])).Content);
    }

    [Fact] // dotnet.model_binding_preserves_body
    public async Task Content_that_the_framework_binds_can_be_read_again_and_is_what_the_Location_repeats()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddHttpQuery(options => options.LocationKeys.Add(new string('k', 32)));
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Use((context, next) =>
        {
            context.Request.EnableBuffering();
            return next(context);
        });
        app.MapQuery("/echo", async (RfcQuery query, HttpContext context) =>
        {
            context.Request.Body.Position = 0;
            using var reader = new StreamReader(context.Request.Body);
            return $"{query.Match} {query.Limit}: {await reader.ReadToEndAsync(context.RequestAborted)}";
        }).WithQueryKey().WithEquivalentResource();
        await app.StartAsync(TestContext.Current.CancellationToken);
        var port = new Uri(app.Urls.First()).Port;

        var response = await RawHttp.SendAsync(port, "QUERY /echo", ["Content-Type: application/json"], Reordered);
        Assert.Equal((200, $"cache 10: {Reordered}"), (response.Status, response.ContentText));
        var get = await RawHttp.SendAsync(port, $"GET {response["Location"]}", []);
        Assert.Equal((200, $"cache 10: {Reordered}"), (get.Status, get.ContentText));
    }

    [Fact] // dotnet.client_handles_304_without_body
    public async Task A_client_reads_a_304_and_the_connection_stays_in_step()
    {
        var connections = 0;
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        handler.ConnectCallback = async (context, token) =>
        {
            connections++;
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(context.DnsEndPoint, token);
            return new NetworkStream(socket, ownsSocket: true);
        };
        using var http = new HttpClient(handler) { BaseAddress = new(_app.Urls.First()) };
        var token = TestContext.Current.CancellationToken;
        using var first = await http.QueryAsync("/rfcs", Json(), token);

        using var request = new HttpRequestMessage(HttpMethod.Query, "/rfcs") { Content = Json() };
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var response = await http.SendAsync(request, token);
        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(token));

        var rfcs = await http.QueryFromJsonAsync<RfcQuery, Rfc[]>("/rfcs", new RfcQuery { Match = "cache" }, cancellationToken: token);
        Assert.Equal([5861, 9211, 9213, 9875], rfcs!.Select(rfc => rfc.Number));
        Assert.Equal(1, connections);
    }

    [Fact] // dotnet.client_handles_304_without_body
    public async Task A_client_with_a_cache_makes_a_304_the_stored_result()
    {
        using var wire = new WireRecorder();
        var services = new ServiceCollection();
        services.AddHttpClient("rfcs", http => http.BaseAddress = new(_app.Urls.First()))
            .ConfigurePrimaryHttpMessageHandler(() => wire.Handler).AddHttpQuery();
        await using var provider = services.BuildServiceProvider();
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("rfcs");
        var token = TestContext.Current.CancellationToken;
        using var first = await http.QueryAsync("/rfcs", Json(), token);
        var content = await first.Content.ReadAsStringAsync(token);
        wire.TakeExchange();

        using var second = await http.QueryAsync("/rfcs", Json(), token);
        Assert.Equal((HttpStatusCode.OK, true), (second.StatusCode, second.GetQueryInfo().FromCache));
        Assert.Equal(content, await second.Content.ReadAsStringAsync(token));
        Assert.Contains("< HTTP/1.1 304 Not Modified", wire.TakeExchange(), StringComparison.Ordinal);
    }

    private int Port => new Uri(_app.Urls.First()).Port;

    private static StringContent Json() => new(Query, Encoding.UTF8, "application/json");

    private Task<RawResponse> AskAsync(params string[] fields) => SendAsync("QUERY", ["Content-Type: application/json", .. fields], Query);

    private Task<RawResponse> SendAsync(string method, string[] fields, string content) =>
        RawHttp.SendAsync(Port, $"{method} /rfcs", fields, content);
}
