using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;

namespace QuickStart.Tests;

/// <summary>What the full server can do beyond that of the README: negotiation (§2.1), conditions (§2.6), ranges (§2.8), URIs of
/// queries and results (§2.3, §2.4), CORS (§4).</summary>
public sealed class FullServerTests : IAsyncLifetime
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";
    private const string Csv =
        "number,title,year,status,pages\r\n" +
        "9110,HTTP Semantics,2022,Internet Standard,194\r\n" +
        "9111,HTTP Caching,2022,Internet Standard,35\r\n";

    private readonly WebApplication _app = FullServer.Create("--urls", "http://127.0.0.1:0");

    public async ValueTask InitializeAsync() => await _app.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData(Json, "text/csv")]
    [InlineData(Form, "text/csv")]
    [InlineData(Json, "text/*, application/json;q=0.5")]
    [InlineData(Form, "image/png, text/csv;q=0.1")]
    public async Task Json_and_forms_are_answered_with_csv_where_it_is_preferred(string type, string accept)
    {
        var response = await AskAsync(type, $"Accept: {accept}");

        Assert.Equal(200, response.Status);
        Assert.Equal("text/csv", response["Content-Type"]);
        Assert.Equal("Accept", response["Vary"]);
        Assert.Equal(Csv, response.ContentText);
    }

    [Theory]
    [InlineData(Json, "Accept: */*")]
    [InlineData(Form, "Accept: */*")]
    [InlineData(Json)]
    [InlineData(Form)]
    public async Task Who_prefers_nothing_gets_json(string type, params string[] fields)
    {
        var response = await AskAsync(type, fields);

        Assert.Equal(200, response.Status);
        Assert.Equal("application/json; charset=utf-8", response["Content-Type"]);
        Assert.StartsWith("""[{"number":9110,""", response.ContentText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Json)]
    [InlineData(Form)]
    public async Task Who_accepts_neither_gets_406(string type)
    {
        var response = await AskAsync(type, "Accept: image/png");

        Assert.Equal(406, response.Status);
        Assert.Equal("application/problem+json", response["Content-Type"]);
        Assert.Contains("application/json, text/csv", response.ContentText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Json, "text/csv")]
    [InlineData(Form, "text/csv")]
    [InlineData(Json, "application/json")]
    [InlineData(Form, "application/json")]
    public async Task A_result_that_the_client_has_is_not_sent_again(string type, string accept)
    {
        var tag = await TagAsync(type, accept);

        var response = await AskAsync(type, $"Accept: {accept}", $"If-None-Match: {tag}");

        Assert.Equal(304, response.Status);
        Assert.Equal(tag, response["ETag"]);
        Assert.Empty(response.Content);
    }

    [Fact]
    public async Task A_tag_is_of_one_query_in_one_media_type()
    {
        var tag = await TagAsync(Json, "text/csv");

        var otherType = await AskAsync(Json, "Accept: application/json", $"If-None-Match: {tag}");
        var otherQuery = await SendAsync("QUERY /rfcs", [$"Content-Type: {Json}", "Accept: text/csv", $"If-None-Match: {tag}"], """{"limit":3}""");

        Assert.Equal(200, otherType.Status);
        Assert.Equal(200, otherQuery.Status);
        Assert.Equal(3, new[] { tag, otherType["ETag"], otherQuery["ETag"] }.Distinct().Count());
    }

    [Theory]
    [InlineData(Json)]
    [InlineData(Form)]
    public async Task A_result_other_than_the_demanded_one_is_412(string type)
    {
        var tag = await TagAsync(type, "text/csv");

        Assert.Equal(412, (await AskAsync(type, "Accept: text/csv", "If-Match: \"of-last-year\"")).Status);
        Assert.Equal(200, (await AskAsync(type, "Accept: text/csv", $"If-Match: {tag}")).Status);
    }

    [Theory]
    [InlineData(Json, """{"limit":0}""", "If-None-Match: *")]
    [InlineData(Form, "limit=0", "If-None-Match: *")]
    [InlineData(Json, """{"limit":0}""", "If-Match: \"of-last-year\"")]
    public async Task A_query_without_a_result_is_refused_whatever_its_conditions(string type, string content, string condition)
    {
        var response = await SendAsync("QUERY /rfcs", [$"Content-Type: {type}", condition], content);

        Assert.Equal(422, response.Status);
        Assert.Null(response["ETag"]);
    }

    [Theory]
    [InlineData(Json)]
    [InlineData(Form)]
    public async Task What_broke_off_can_be_had_from_there(string type)
    {
        var tag = await TagAsync(type, "text/csv");

        var response = await AskAsync(type, "Accept: text/csv", "Range: bytes=40-", $"If-Range: {tag}");

        Assert.Equal(206, response.Status);
        Assert.Equal($"bytes 40-{Csv.Length - 1}/{Csv.Length}", response["Content-Range"]);
        Assert.Equal(Csv[40..], response.ContentText);
    }

    [Fact]
    public async Task What_broke_off_and_has_changed_since_is_sent_whole()
    {
        var response = await AskAsync(Json, "Accept: text/csv", "Range: bytes=40-", "If-Range: \"of-last-year\"");

        Assert.Equal(200, response.Status);
        Assert.Equal(Csv, response.ContentText);
    }

    [Fact]
    public async Task Several_parts_come_at_once()
    {
        var response = await AskAsync(Json, "Accept: text/csv", "Range: bytes=0-29,-4");

        Assert.Equal(206, response.Status);
        Assert.StartsWith("multipart/byteranges; boundary=", response["Content-Type"], StringComparison.Ordinal);
        Assert.Contains($"Content-Range: bytes 0-29/{Csv.Length}\r\n\r\nnumber,title,year,status,pages\r\n--", response.ContentText, StringComparison.Ordinal);
        Assert.Contains($"/{Csv.Length}\r\n\r\n35\r\n\r\n--", response.ContentText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_behind_the_end_is_416()
    {
        var response = await AskAsync(Json, "Accept: text/csv", "Range: bytes=1000-");

        Assert.Equal(416, response.Status);
        Assert.Equal($"bytes */{Csv.Length}", response["Content-Range"]);
    }

    [Theory]
    [InlineData(Json, "text/csv")]
    [InlineData(Form, "text/csv")]
    [InlineData(Json, "application/json")]
    [InlineData(Form, "application/json")]
    public async Task GET_of_the_Location_has_each_media_type_with_conditions_and_ranges(string type, string accept)
    {
        var query = await AskAsync(type, $"Accept: {accept}");
        var location = (await AskAsync(type))["Location"];
        Assert.Equal(location, query["Location"]);

        var get = await SendAsync($"GET {location}", [$"Accept: {accept}"]);
        Assert.Equal((200, query.ContentText), (get.Status, get.ContentText));
        foreach (var name in new[] { "Content-Type", "Content-Location", "ETag" }) Assert.Equal(query[name], get[name]);
        Assert.Equal($"{query["Vary"]}, Authorization, Cookie", get["Vary"]);

        var unchanged = await SendAsync($"GET {location}", [$"Accept: {accept}", $"If-None-Match: {query["ETag"]}"]);
        Assert.Equal((304, location, 0), (unchanged.Status, unchanged["Location"], unchanged.Content.Length));
        var changed = await SendAsync($"GET {location}", [$"Accept: {accept}", "If-Match: \"of-last-year\""]);
        Assert.Equal(412, changed.Status);
        var part = await SendAsync($"GET {location}", [$"Accept: {accept}", "Range: bytes=2-9", $"If-Range: {query["ETag"]}"]);
        Assert.Equal((206, query.ContentText[2..10]), (part.Status, part.ContentText));
        Assert.Equal(406, (await SendAsync($"GET {location}", ["Accept: image/png"])).Status);

        var head = await SendAsync($"HEAD {location}", [$"Accept: {accept}"]);
        Assert.Equal((200, get["Content-Length"], 0), (head.Status, head["Content-Length"], head.Content.Length));
    }

    [Theory]
    [InlineData("text/csv")]
    [InlineData("application/json")]
    public async Task Content_Location_has_the_result_in_its_own_media_type(string accept)
    {
        var query = await AskAsync(Json, $"Accept: {accept}");

        var result = await SendAsync($"GET {query["Content-Location"]}", []);
        Assert.Equal((200, query.ContentText, query["Content-Type"]), (result.Status, result.ContentText, result["Content-Type"]));
        Assert.Equal(query["ETag"], result["ETag"]);
        var part = await SendAsync($"GET {query["Content-Location"]}", ["Range: bytes=2-9"]);
        Assert.Equal((206, query.ContentText[2..10]), (part.Status, part.ContentText));
    }

    [Fact]
    public async Task Compressed_content_is_the_same_query_and_an_unknown_coding_is_415()
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal)) gzip.Write("""{"status":"internet standard","limit":2}"""u8);
        var coded = stream.ToArray();
        var plain = await AskAsync(Json);

        var head = $"QUERY /rfcs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {Json}\r\n"
            + $"Content-Encoding: gzip\r\nContent-Length: {coded.Length}\r\n\r\n";
        var response = await RawHttp.SendAsync(new Uri(_app.Urls.First()).Port, [.. Encoding.ASCII.GetBytes(head), .. coded]);
        Assert.Equal((200, plain.ContentText), (response.Status, response.ContentText));
        foreach (var name in new[] { "ETag", "Location", "Content-Location" }) Assert.Equal(plain[name], response[name]);
        Assert.Equal(415, (await AskAsync(Json, "Content-Encoding: compress")).Status);
    }

    [Fact]
    public async Task A_browser_may_send_queries_from_any_origin()
    {
        var response = await SendAsync("OPTIONS /rfcs",
            ["Origin: https://app.example", "Access-Control-Request-Method: QUERY", "Access-Control-Request-Headers: content-type,if-none-match,range"]);

        Assert.Equal(204, response.Status);
        Assert.Equal("*", response["Access-Control-Allow-Origin"]);
        Assert.Equal("QUERY", response["Access-Control-Allow-Methods"]);
        foreach (var field in new[] { "Content-Type", "If-None-Match", "Range" })
            Assert.Contains(field, response["Access-Control-Allow-Headers"]!.Split(','));
    }

    [Theory]
    [InlineData(Json, "text/csv", 200)]
    [InlineData(Form, "text/csv", 200)]
    [InlineData(Json, "image/png", 406)]
    [InlineData("application/sql", "text/csv", 415)]
    public async Task A_script_may_read_the_answer(string type, string accept, int status)
    {
        var response = await AskAsync(type, "Origin: https://app.example", $"Accept: {accept}");

        Assert.Equal(status, response.Status);
        Assert.Equal("*", response["Access-Control-Allow-Origin"]);
        Assert.Contains("ETag", response["Access-Control-Expose-Headers"]!.Split(','));
    }

    [Fact]
    public async Task Get_has_all_entries_as_json()
    {
        var response = await SendAsync("GET /rfcs", ["Accept: text/csv", "Range: bytes=0-9"]);

        Assert.Equal(200, response.Status);
        Assert.Equal("application/json; charset=utf-8", response["Content-Type"]);
        Assert.Equal("application/json, multipart/form-data, application/x-www-form-urlencoded", response["Accept-Query"]);
    }

    [Fact]
    public void The_version_is_that_of_the_entries()
    {
        var entries = File.ReadAllBytes(Path.Combine(Repository.Root, "samples", "QuickStart", "rfcs.json"));

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(entries)), RfcIndex.Version);
    }

    private async Task<string> TagAsync(string type, string accept)
    {
        var tag = (await AskAsync(type, $"Accept: {accept}"))["ETag"];
        Assert.Matches("^\"[^\"]+\"$", tag);
        return tag!;
    }

    // The two Internet Standards that come first, asked in the media type given.
    private Task<RawResponse> AskAsync(string type, params string[] fields) =>
        SendAsync("QUERY /rfcs", [$"Content-Type: {type}", .. fields], type == Form ? "status=internet+standard&limit=2" : """{"status":"internet standard","limit":2}""");

    private Task<RawResponse> SendAsync(string requestLine, string[] fields, string? content = null) =>
        RawHttp.SendAsync(new Uri(_app.Urls.First()).Port, requestLine, fields, content);
}
