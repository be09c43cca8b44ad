using System.IO.Compression;
using System.Text;
using HttpQuery.Tests.Exchanges;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Pipeline;

/// <summary>Responses that a middleware codes: content, validators and ranges (RFC 10008 §2.6, §2.8; RFC 9110 §8.4, §8.8.3.3).</summary>
public class CompressionTests
{
    private const string Json = "{\"match\":\"a\",\"fromYear\":0}";

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_coded_response_says_the_same(string? coding)
    {
        await using var server = await StartAsync();
        foreach (var path in new[] { "/echo", "/produced", "/tagged", "/strong" })
        {
            // Up to .NET 10 the middleware says Vary only to a request that has the field.
            var vary = string.Join(", ", new[] { coding is null && Environment.Version.Major < 11 ? null : "Accept-Encoding", path is "/produced" ? "Accept" : null }.OfType<string>());
            var response = await AskAsync(server, path, coding);
            Assert.Equal((path, 200, coding, vary), (path, response.Status, response["Content-Encoding"], response["Vary"] ?? ""));
            Assert.Equal(Json, Decode(response));
            Assert.Equal("application/json", response["Accept-Query"]);
        }
    }

    [Fact]
    public async Task A_strong_tag_becomes_weak_where_the_content_is_coded()
    {
        await using var server = await StartAsync();
        foreach (var path in new[] { "/strong", "/own" })
        {
            Assert.Equal("\"1\"", (await AskAsync(server, path, null))["ETag"]);
            Assert.Equal("W/\"1\"", (await AskAsync(server, path, "gzip"))["ETag"]);
            Assert.Equal("W/\"1\"", (await AskAsync(server, path, "br"))["ETag"]);
        }
    }

    [Theory]
    [InlineData("/strong", "\"1\"")]
    [InlineData("/strong", "W/\"1\"")]
    [InlineData("/bytes", "\"digits\"")]
    [InlineData("/bytes", "W/\"digits\"")]
    public async Task Either_form_of_the_tag_is_the_same_result(string path, string tag)
    {
        await using var server = await StartAsync();
        foreach (var coding in new[] { null, "gzip" })
        {
            var response = await AskAsync(server, path, coding, $"If-None-Match: {tag}");
            Assert.Equal((304, 0, null), (response.Status, response.Content.Length, response["Content-Encoding"]));
        }
    }

    [Theory]
    [InlineData("/strong", "\"1\"")]
    [InlineData("/bytes", "\"digits\"")]
    public async Task A_304_has_the_tag_of_the_response_that_the_client_holds(string path, string strong)
    {
        await using var server = await StartAsync();

        Assert.Equal(strong, (await AskAsync(server, path, "gzip", $"If-None-Match: \"other\", {strong}"))["ETag"]);
        Assert.Equal($"W/{strong}", (await AskAsync(server, path, "gzip", $"If-None-Match: W/{strong}"))["ETag"]);
        Assert.Equal($"W/{strong}", (await AskAsync(server, path, "gzip"))["ETag"]);
    }

    [Theory, InlineData("/bytes"), InlineData("/equivalent")]
    public async Task A_get_of_the_same_result_follows_the_same_rules(string path)
    {
        await using var server = await StartAsync();

        var coded = await GetAsync();
        Assert.Equal((200, "gzip", "W/\"digits\""), (coded.Status, coded["Content-Encoding"], coded["ETag"]));
        Assert.Equal((304, "W/\"digits\""), (await GetAsync("If-None-Match: W/\"digits\"") is var unchanged ? unchanged.Status : 0, unchanged["ETag"]));
        Assert.Equal(200, (await GetAsync("Range: bytes=0-1", $"If-Range: {coded["ETag"]}")).Status);
        Assert.Equal((206, "\"digits\"", "01"), (await GetAsync("Range: bytes=0-1", "If-Range: \"digits\"") is var part ? part.Status : 0, part["ETag"], part.ContentText));

        Task<RawResponse> GetAsync(params string[] fields) => server.SendAsync($"GET {path}", fields: [.. fields, "Accept-Encoding: gzip"]);
    }

    [Fact]
    public async Task A_weak_tag_does_not_hold_where_octets_count()
    {
        await using var server = await StartAsync();

        Assert.Equal(412, (await AskAsync(server, "/strong", "gzip", "If-Match: W/\"1\"")).Status);
        Assert.Equal(200, (await AskAsync(server, "/bytes", null, "Range: bytes=0-1", "If-Range: W/\"digits\"")).Status);
    }

    [Theory]
    [InlineData("/bytes")]
    [InlineData("/ranged")]
    public async Task A_part_is_never_coded(string path)
    {
        await using var server = await StartAsync();

        var whole = await AskAsync(server, path, "gzip");
        Assert.Equal((200, "gzip", "W/\"digits\""), (whole.Status, whole["Content-Encoding"], whole["ETag"]));
        Assert.Equal(Catalogue.Digits, Encoding.UTF8.GetBytes(Decode(whole)));

        var part = await AskAsync(server, path, "gzip", "Range: bytes=10-12");
        Assert.Equal((206, null, "\"digits\"", "abc"), (part.Status, part["Content-Encoding"], part["ETag"], part.ContentText));
        var parts = await AskAsync(server, path, "gzip", "Range: bytes=0-0,10-12");
        Assert.Equal((206, null, "\"digits\""), (parts.Status, parts["Content-Encoding"], parts["ETag"]));
        Assert.Contains("\r\n\r\nabc\r\n", parts.ContentText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_made_of_the_response_is_the_same_for_all_codings()
    {
        await using var server = await StartAsync();

        var plain = await AskAsync(server, "/tagged", null);
        var coded = await AskAsync(server, "/tagged", "gzip");
        Assert.StartsWith("W/\"", plain["ETag"], StringComparison.Ordinal);
        Assert.Equal(plain["ETag"], coded["ETag"]);
        foreach (var coding in new[] { null, "gzip", "br" })
        {
            var again = await AskAsync(server, "/tagged", coding, $"If-None-Match: {plain["ETag"]}");
            Assert.Equal((304, 0, plain["ETag"], null), (again.Status, again.Content.Length, again["ETag"], again["Content-Encoding"]));
        }
    }

    [Fact]
    public async Task A_refusal_can_be_coded_too()
    {
        await using var server = await StartAsync();

        var response = await server.SendAsync("QUERY /echo", "application/json", "{", ["Accept-Encoding: gzip"]);
        Assert.Equal((400, "gzip"), (response.Status, response["Content-Encoding"]));
        Assert.Contains("line 1, byte 2", Decode(response), StringComparison.Ordinal);
    }

    private static Task<RawResponse> AskAsync(QueryServer server, string path, string? coding, params string[] fields) =>
        server.SendAsync($"QUERY {path}", "application/json", "{\"match\":\"a\"}", coding is null ? fields : [.. fields, $"Accept-Encoding: {coding}"]);

    private static string Decode(RawResponse response)
    {
        using var content = new MemoryStream(response.Content);
        using Stream decoder = response["Content-Encoding"] switch
        {
            "gzip" => new GZipStream(content, CompressionMode.Decompress),
            "br" => new BrotliStream(content, CompressionMode.Decompress),
            _ => content,
        };
        using var reader = new StreamReader(decoder);
        return reader.ReadToEnd();
    }

    private static Task<QueryServer> StartAsync() => QueryServer.StartAsync(
        app =>
        {
            app.UseResponseCompression();
            app.MapQuery("/echo", (RfcQuery query) => query);
            app.MapQuery("/produced", (RfcQuery query) => query).WithProduces("application/json");
            app.MapQuery("/tagged", (RfcQuery query) => query).WithETag();
            app.MapQuery("/strong", async (HttpContext context, RfcQuery query) => await context.CheckConditionsAsync(new EntityTag("1")) ?? Results.Ok(query));
            app.MapQuery("/own", (HttpContext context, RfcQuery query) =>
            {
                context.Response.Headers.ETag = "\"1\"";
                return query;
            });
            app.MapQuery("/bytes", (RfcQuery query) => QueryResults.Bytes(Catalogue.Digits, "text/plain", new EntityTag("digits")));
            app.MapGet("/bytes", () => QueryResults.Bytes(Catalogue.Digits, "text/plain", new EntityTag("digits")));
            app.MapGet("/equivalent", () => QueryResults.Bytes(Catalogue.Digits, "text/plain", new EntityTag("digits")));
            app.MapQuery("/ranged", (HttpContext context, RfcQuery query) =>
            {
                context.Response.Headers.ETag = "\"digits\"";
                return Results.Text(Catalogue.Digits, "text/plain");
            }).WithRanges();
        },
        builder => builder.Services.AddResponseCompression(options =>
            options.MimeTypes = [.. Microsoft.AspNetCore.ResponseCompression.ResponseCompressionDefaults.MimeTypes, "application/problem+json"]));
}
