using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.Routing;

/// <summary>What becomes of a QUERY by its Content-Type (RFC 10008 §2, §2.1; rows M2, M3, M7, M8).</summary>
public class ContentTypeTests
{
    private const string Missing = "A QUERY request needs a Content-Type header.";
    private const string Malformed = "The Content-Type header is malformed or was sent more than once.";
    private const string Unsupported = "The media type of the content is not supported.";
    private const string Empty = "The content is empty, but JSON content cannot be empty.";

    public static TheoryData<string, string[], string?, int, string> Outcomes => new()
    {
        { "/json", [], "{}", 400, Missing },
        { "/json", [], "", 400, Missing },
        { "/json", [], null, 400, Missing },
        { "/json", ["Content-Type:"], "{}", 400, Missing },
        { "/json", ["Content-Type: json"], "{}", 400, Malformed },
        { "/json", ["Content-Type: application/"], "{}", 400, Malformed },
        { "/json", ["Content-Type: application/json;"], "{}", 200, "found" },
        { "/json", ["Content-Type: application/json; charset"], "{}", 400, Malformed },
        { "/json", ["Content-Type: application/json; charset = utf-8"], "{}", 400, Malformed },
        { "/json", ["Content-Type: application/json; a=\"b"], "{}", 400, Malformed },
        { "/json", ["Content-Type: application/json, application/json"], "{}", 400, Malformed },
        { "/json", ["Content-Type: application/json", "Content-Type: application/json"], "{}", 400, Malformed },
        { "/json", ["Content-Type: application/json;a=\"", "Content-Type: \""], "{}", 400, Malformed },
        { "/json", ["Content-Type: text/plain"], "{}", 415, Unsupported },
        { "/json", ["Content-Type: application/jsonx"], "{}", 415, Unsupported },
        { "/json", ["Content-Type: application/json-seq"], "{}", 415, Unsupported },
        { "/json", ["Content-Type: application/json; charset=klingon"], "{}", 415, "The charset" },
        { "/json", ["Content-Type: application/json; charset=utf-7"], "{}", 415, "The charset" },
        { "/json", ["Content-Type: application/json"], "{}", 200, "found" },
        { "/json", ["Content-Type: APPLICATION/JSON"], "{}", 200, "found" },
        { "/json", ["Content-Type: application/json; charset=\"UTF-8\""], "{}", 200, "found" },
        { "/json", ["Content-Type: application/vnd.rfc+json"], "{}", 200, "found" },
        { "/json", ["Content-Type: application/json"], "", 400, Empty },
        { "/json", ["Content-Type: application/json"], null, 400, Empty },
        { "/optional", ["Content-Type: application/json"], "", 400, Empty },
        { "/optional", ["Content-Type: application/json"], null, 400, Empty },
        { "/optional", ["Content-Type: application/json"], "null", 200, "found" },
        { "/optional", [], null, 400, Missing },
        { "/raw", [], "{}", 400, Missing },
        { "/raw", [], null, 400, Missing },
        { "/raw", ["Content-Type: nonsense"], "{}", 400, Malformed },
        { "/raw", ["Content-Type: text/x-anything"], "{}", 200, "found" },
        { "/raw", ["Content-Type: text/x-anything"], null, 200, "found" },
        { "/raw", ["Content-Type: application/json"], "", 400, Empty },
        { "/declared", ["Content-Type: application/sql"], "select", 200, "found" },
        { "/declared", ["Content-Type: text/csv"], "a,b", 200, "found" },
        { "/declared", ["Content-Type: application/jsonpath; version=1"], "$", 200, "found" },
        { "/declared", ["Content-Type: application/jsonpath; q=2; version=1"], "$", 200, "found" },
        { "/declared", ["Content-Type: application/jsonpath; version=2"], "$", 415, Unsupported },
        { "/declared", ["Content-Type: application/jsonpath"], "$", 415, Unsupported },
        { "/declared", ["Content-Type: application/xml"], "<a/>", 415, Unsupported },
        { "/form", ["Content-Type: application/x-www-form-urlencoded"], "match=cache", 200, "found" },
        { "/form", ["Content-Type: application/json"], "{}", 415, Unsupported },
        { "/two", ["Content-Type: application/json"], "{}", 200, "json" },
        { "/two", ["Content-Type: application/sql"], "select", 200, "sql" },
        { "/two", ["Content-Type: text/plain"], "?", 415, Unsupported },
        { "/two", [], "?", 400, Missing },
        { "/group/rfcs", ["Content-Type: application/sql"], "select", 200, "found" },
        { "/group/own", ["Content-Type: text/csv"], "a,b", 200, "found" },
        { "/group/own", ["Content-Type: application/sql"], "select", 415, Unsupported },
        { "/case", ["Content-Type: application/jsonpath;version=A"], "$", 200, "found" },
        { "/case", ["Content-Type: application/jsonpath;version=a"], "$", 415, Unsupported },
        { "/case", ["Content-Type: application/jsonpath; version=a"], "$", 415, Unsupported },
        { "/raw", ["Content-Type: application/json; charset=klingon"], "{}", 200, "found" },
        { "/group/rfcs", ["Content-Type: application/json"], "{}", 415, Unsupported },
    };

    [Theory, MemberData(nameof(Outcomes))]
    public async Task Each_content_type_has_its_outcome(string path, string[] fields, string? content, int status, string text)
    {
        await using var server = await StartAsync();
        foreach (var method in new[] { "QUERY", "query" })
        {
            var response = await server.SendAsync($"{method} {path}", null, content, fields);

            Assert.Equal(status, response.Status);
            if (status is 200) Assert.Equal(text, response.ContentText);
            else AssertProblem(response, text);
        }
    }

    [Fact]
    public async Task Chunked_content_that_turns_out_empty_is_refused_too()
    {
        await using var server = await StartAsync();
        foreach (var path in new[] { "/json", "/optional" })
        {
            var response = await RawHttp.SendAsync(server.Port,
                $"QUERY {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

            Assert.Equal(400, response.Status);
            Assert.Contains("\"line\":1,\"byte\":1", response.ContentText, StringComparison.Ordinal);
        }
    }

    private static void AssertProblem(RawResponse response, string detail)
    {
        Assert.Equal("application/problem+json", response["Content-Type"]);
        using var problem = System.Text.Json.JsonDocument.Parse(response.Content);
        Assert.Equal(response.Status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.StartsWith(detail, problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static Task<QueryServer> StartAsync() => QueryServer.StartAsync(app =>
    {
        app.MapQuery("/json", (RfcQuery query) => "found");
        app.MapQuery("/optional", (RfcQuery? query) => "found");
        app.MapQuery("/raw", context => context.Response.WriteAsync("found"));
        app.MapQuery("/declared", context => context.Response.WriteAsync("found"))
            .WithAcceptQuery("application/sql", "text/*", "application/jsonpath;version=1");
        app.MapQuery("/form", ([Microsoft.AspNetCore.Mvc.FromForm] string match) => "found");
        app.MapQuery("/two", (RfcQuery query) => "json");
        app.MapQuery("/two", (HttpContext context) => "sql").WithAcceptQuery("application/sql");

        app.MapQuery("/case", context => context.Response.WriteAsync("found")).WithAcceptQuery("application/jsonpath;version=A");
        var group = app.MapGroup("/group").WithAcceptQuery("application/sql");
        group.MapQuery("/rfcs", context => context.Response.WriteAsync("found"));
        group.MapQuery("/own", context => context.Response.WriteAsync("found")).WithAcceptQuery("text/csv");
        group.MapPost("/rfcs", (RfcQuery query) => "posted");
    });
}
