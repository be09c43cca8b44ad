using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Mvc;

/// <summary>MVC actions under the same rules as minimal APIs (RFC 10008 §2, §2.1, §3).</summary>
public class HttpQueryAttributeTests
{
    private const string Json = "application/json";

    [Theory]
    [InlineData("/mvc/api", Json, "{\"match\":\"a\",\"fromYear\":1}", "api a 1")]
    [InlineData("/mvc/api", "application/vnd.rfc+json", "{\"match\":\"a\"}", "api a 0")]
    [InlineData("/mvc/api", "text/json", "{\"match\":\"a\"}", "api a 0")]
    [InlineData("/mvc/api", "application/json; charset=\"utf-8\"", "{\"match\":\"a\"}", "api a 0")]
    [InlineData("/mvc/api/template/7", Json, "{\"match\":\"a\"}", "template 7 a")]
    [InlineData("/mvc/api/optional", Json, "null", "optional ")]
    [InlineData("/mvc/api/form", "application/x-www-form-urlencoded", "match=a", "form a")]
    [InlineData("/mvc/api/consumes", "application/sql", "select", "consumes select")]
    [InlineData("/mvc/api/verbs", Json, "{\"match\":\"a\"}", "verbs a")]
    [InlineData("/mvc/api/both", Json, "{\"match\":\"a\"}", "both a")]
    [InlineData("/mvc/api/validated", Json, "{\"limit\":7}", "validated 7")]
    [InlineData("/mvc/plain", Json, "{\"match\":\"a\"}", "plain a 0")]
    [InlineData("/mvc/plain/optional", Json, "null", "optional ")]
    [InlineData("/mvc/plain/uri?match=a&name=b&ids=1&ids=2", "text/plain", "c", "uri a b 2")]
    [InlineData("/mvc/plain/form", "application/x-www-form-urlencoded", "match=a", "form a")]
    [InlineData("/mvc/plain/validated", Json, "{\"limit\":0}", "validated 0 False")]
    [InlineData("/plainqueries/conventional", Json, "{\"match\":\"a\"}", "conventional a")]
    public async Task An_action_answers_query(string path, string type, string content, string expected)
    {
        await using var server = await StartAsync();

        var response = await server.SendAsync($"QUERY {path}", type, content);
        Assert.Equal((200, expected), (response.Status, response.ContentText));
        Assert.NotNull(response["Accept-Query"]);
    }

    public static TheoryData<string[], string?> Refused => new()
    {
        { [], "{}" },
        { [], null },
        { ["Content-Type: json"], "{}" },
        { ["Content-Type: application/json", "Content-Type: application/json"], "{}" },
        { ["Content-Type: text/plain"], "{}" },
        { ["Content-Type: application/json; charset=klingon"], "{}" },
        { ["Content-Type: application/json", "Content-Encoding: gzip"], "{}" },
        { ["Content-Type: application/json"], "" },
        { ["Content-Type: application/json"], null },
        { ["Content-Type: application/json"], "null" },
        { ["Content-Type: application/json"], "{\"match\": secret}" },
        { ["Content-Type: application/json"], "{\"match\":\n  \"a\",\n  secret}" },
        { ["Content-Type: application/json"], "{\"fromYear\":\"secret\"}" },
        { ["Content-Type: application/json"], "{\"match\":\"secret\"" },
        { ["Content-Type: application/json"], "[]" },
        { ["Content-Type: application/json"], "{} secret" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task An_action_refuses_as_a_minimal_api_does(string[] fields, string? content)
    {
        foreach (var environment in new[] { "Production", "Development" })
        {
            await using var server = await StartAsync(environment);
            var expected = await server.SendAsync("QUERY /minimal", content: content, fields: fields);
            Assert.InRange(expected.Status, 400, 415);
            foreach (var path in new[] { "/mvc/api", "/mvc/plain", "/plainqueries/conventional" })
            {
                var actual = await server.SendAsync($"QUERY {path}", content: content, fields: fields);

                Assert.Equal((expected.Status, "application/problem+json", expected["Accept-Encoding"]), (actual.Status, actual["Content-Type"], actual["Accept-Encoding"]));
                Assert.Equal("application/json", AcceptOf(expected));
                Assert.StartsWith("application/json", AcceptOf(actual), StringComparison.Ordinal);
                Assert.Equal(expected.Status is 415 && expected["Accept-Encoding"] is null, actual["Accept"] is not null);
                Assert.Equal(Detail(expected), Detail(actual));
                Assert.DoesNotContain("secret", actual.Text, StringComparison.Ordinal);
            }
        }

        // What is accepted differs: MVC's formatters read text/json and *+json too, and say so.
        static string Detail(RawResponse response) => response.ContentText is var text && text.IndexOf("\"detail\":", StringComparison.Ordinal) is var start and >= 0
            ? text[start..].Split("accepts:")[0].Split("\"traceId\"")[0]
            : "";

        static string? AcceptOf(RawResponse response) => response["Accept-Query"];
    }

    [Fact]
    public async Task Options_405_and_the_accepted_types_are_known()
    {
        await using var server = await StartAsync();

        var options = await server.SendAsync("OPTIONS /mvc/api");
        Assert.Equal((204, "QUERY, OPTIONS"), (options.Status, options["Allow"]));
        Assert.Equal("application/json, text/json", options["Accept-Query"]);
        Assert.Equal(405, (await server.SendAsync("DELETE /mvc/api")).Status);
        Assert.Equal("application/x-www-form-urlencoded, multipart/form-data", (await server.SendAsync("OPTIONS /mvc/api/form"))["Accept-Query"]);
        Assert.Equal("application/sql", (await server.SendAsync("OPTIONS /mvc/api/consumes"))["Accept-Query"]);
        Assert.Equal("got", (await server.SendAsync("GET /plainqueries/conventionalget")).ContentText);
        Assert.Equal("QUERY, OPTIONS", (await server.SendAsync("PUT /plainqueries/conventional"))["Allow"]);
    }

    [Fact]
    public async Task A_422_and_a_validation_error_are_mvcs_and_the_actions_own()
    {
        await using var server = await StartAsync();

        Assert.Equal((422, "application/problem+json"), (await server.SendAsync("QUERY /mvc/api/unprocessable", Json, "{}") is var four ? four.Status : 0, four["Content-Type"]));
        var invalid = await server.SendAsync("QUERY /mvc/api/validated", Json, "{\"limit\":0}");
        Assert.Equal(400, invalid.Status);
        Assert.Contains("\"errors\":{\"Limit\"", invalid.ContentText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_content_that_does_not_parse_is_400_without_its_position_and_without_itself()
    {
        await using var server = await StartAsync();
        foreach (var path in new[] { "/mvc/api", "/mvc/plain" })
        {
            var response = await server.SendAsync($"QUERY {path}", Json, "{\"match\":\"" + new string('x', 70_000) + "\", secret}");

            Assert.Equal((400, "application/problem+json"), (response.Status, response["Content-Type"]));
            Assert.Contains("The JSON content is not a valid query", response.ContentText, StringComparison.Ordinal);
            Assert.DoesNotContain("line", response.ContentText, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", response.ContentText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Octets_that_the_charset_does_not_have_are_no_server_error()
    {
        await using var server = await StartAsync();
        foreach (var path in new[] { "/mvc/api", "/mvc/plain" })
        {
            var response = await server.SendAsync($"QUERY {path}", "application/json; charset=utf-16", "{");

            Assert.Equal((400, "application/problem+json"), (response.Status, response["Content-Type"]));
            Assert.Contains("The content cannot be decoded.", response.ContentText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Posts_to_an_action_of_both_methods_stay_as_they_were()
    {
        await using var server = await StartAsync();

        Assert.Equal("both a", (await server.SendAsync("POST /mvc/api/both", Json, "{\"match\":\"a\"}")).ContentText);
        Assert.Equal(415, (await server.SendAsync("POST /mvc/api/both", "text/plain", "x")).Status);
    }

    private static Task<QueryServer> StartAsync(string environment = "Production") => QueryServer.StartAsync(
        app =>
        {
            app.MapControllers();
            app.MapControllerRoute("default", "{controller}/{action}");
            app.MapQuery("/minimal", (RfcQuery query) => "minimal");
        },
        builder => builder.Services.AddControllersWithViews(),
        environment);
}
