using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace QuickStart.Tests;

/// <summary>What a reader of the README meets first.</summary>
public class TourTests
{
    private static readonly string[] Statuses =
    [
        "200 OK", "204 No Content", "206 Partial Content", "304 Not Modified", "400 Bad Request", "405 Method Not Allowed", "406 Not Acceptable",
        "412 Precondition Failed", "415 Unsupported Media Type", "416 Range Not Satisfiable", "422 Unprocessable Entity",
    ];

    [Fact]
    public async Task The_tour_prints_each_exchange_and_ends_well()
    {
        using var output = new StringWriter();

        Assert.Equal(0, await Tour.RunAsync(output));

        var text = output.ToString();
        Assert.Contains("> QUERY /rfcs HTTP/1.1", text, StringComparison.Ordinal);
        Assert.Contains("> {\"match\":\"cache\",\"fromYear\":2014,\"limit\":10}", text, StringComparison.Ordinal);
        foreach (var status in Statuses) Assert.Contains($"< HTTP/1.1 {status}", text, StringComparison.Ordinal);
        Assert.Contains("\"line\":1,\"byte\":29", text, StringComparison.Ordinal);
        Assert.Contains("RFC 9213  Targeted HTTP Cache Control (2022)", text, StringComparison.Ordinal);
        Assert.EndsWith("All 30 responses as expected.", text.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tour_shows_a_cache_hit_a_redirect_and_a_fallback()
    {
        using var output = new StringWriter();

        await Tour.RunAsync(output);

        var text = output.ToString();
        Assert.Contains("(nothing went over the wire)", text, StringComparison.Ordinal);
        Assert.Contains("FromCache True, Redirects 0, SwitchedToGet False, FallbackMethod none", text, StringComparison.Ordinal);
        Assert.Contains("< HTTP/1.1 308 Permanent Redirect", text, StringComparison.Ordinal);
        Assert.Contains("FromCache False, Redirects 1, SwitchedToGet False, FallbackMethod none", text, StringComparison.Ordinal);
        Assert.Contains("> POST /search HTTP/1.1", text, StringComparison.Ordinal);
        Assert.Equal(3, text.Split("/search HTTP/1.1").Length - 1);
    }

    [Fact]
    public async Task The_tour_gets_the_query_and_the_result_by_their_URIs()
    {
        using var output = new StringWriter();

        await Tour.RunAsync(output);

        string[] exchanges =
        [
            .. output.ToString().ReplaceLineEndings("\n").Split("\n\n").Where(text => text.StartsWith("   >", StringComparison.Ordinal)),
        ];
        var query = Value("Location", exchanges[2]);
        Assert.Contains($"> GET {query} HTTP/1.1\n", exchanges[9], StringComparison.Ordinal);
        Assert.Contains("< 9875,HTTP Cache Groups", exchanges[9], StringComparison.Ordinal);
        Assert.Contains($"> GET {query} HTTP/1.1\n", exchanges[10], StringComparison.Ordinal);
        Assert.Contains("< HTTP/1.1 304 Not Modified", exchanges[10], StringComparison.Ordinal);
        Assert.Contains($"> GET {Value("Content-Location", exchanges[2])} HTTP/1.1\n", exchanges[11], StringComparison.Ordinal);
        Assert.Contains("< 9875,HTTP Cache Groups", exchanges[11], StringComparison.Ordinal);
        Assert.Contains("> X-HTTP-Method-Override: QUERY", exchanges[12], StringComparison.Ordinal);
        Assert.Contains("bytes of compressed content)", exchanges[13], StringComparison.Ordinal);

        static string Value(string header, string exchange) =>
            exchange.Split('\n').Single(line => line.StartsWith($"   < {header}: ", StringComparison.Ordinal)).Split(": ")[1];
    }

    [Fact]
    public async Task The_client_validates_by_a_GET_of_the_Location_and_follows_a_303_by_a_GET()
    {
        using var output = new StringWriter();

        await Tour.RunAsync(output);

        var text = output.ToString();
        Assert.Contains("< HTTP/1.1 303 See Other", text, StringComparison.Ordinal);
        Assert.Contains("> GET /rfcs/5861 HTTP/1.1", text, StringComparison.Ordinal);
        Assert.Contains("FromCache True, Redirects 0, SwitchedToGet True, FallbackMethod none", text, StringComparison.Ordinal);
        Assert.Single(text.Split("> QUERY /latest-rfcs HTTP/1.1").Skip(1));
    }

    [Fact]
    public async Task The_tour_shows_a_result_as_csv_and_in_parts()
    {
        using var output = new StringWriter();

        await Tour.RunAsync(output);

        var text = string.Join('\n', output.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()));
        Assert.Contains("< Content-Range: bytes 0-29/215\n<\n< number,title,year,status,pages\n< --", text, StringComparison.Ordinal);
        Assert.Contains("< Content-Range: bytes 166-214/215\n<\n< 9875,HTTP Cache Groups,2025,Proposed Standard,6\n<\n< --", text, StringComparison.Ordinal);
        foreach (var line in new[]
        {
            "> Accept: text/csv", "> If-None-Match: \"", "> If-Match: \"of-last-year\"", "> Range: bytes=100-", "> If-Range: \"", "< Content-Range: bytes 100-214/215",
            "< Content-Range: bytes */215", "> Access-Control-Request-Method: QUERY", "< Access-Control-Allow-Origin: *",
        })
            Assert.Contains(line, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", """{"match":"CACHE","fromYear":2014}""", "9211 9213 9875")]
    [InlineData("application/x-www-form-urlencoded", "match=CACHE&fromYear=2014", "9211 9213 9875")]
    [InlineData("application/json", """{"status":"internet standard","limit":2}""", "9110 9111")]
    [InlineData("application/x-www-form-urlencoded", "status=internet+standard&limit=2", "9110 9111")]
    [InlineData("application/json", """{"fromYear":2026}""", "10008")]
    [InlineData("application/json", """{"match":"no such words"}""", "")]
    public async Task Json_and_form_ask_the_same(string type, string content, string numbers)
    {
        foreach (var response in await AskBothAsync(type, content))
        {
            Assert.Equal(200, response.Status);
            using var rfcs = JsonDocument.Parse(response.Content);
            Assert.Equal(numbers, string.Join(' ', rfcs.RootElement.EnumerateArray().Select(rfc => rfc.GetProperty("number").GetInt32())));
        }
    }

    [Theory]
    [InlineData("application/json", """{"limit":0}""", 422)]
    [InlineData("application/json", """{"limit":1}""", 200)]
    [InlineData("application/json", """{"limit":100}""", 200)]
    [InlineData("application/json", """{"limit":101}""", 422)]
    [InlineData("application/json", """{"status":"Rumour"}""", 422)]
    [InlineData("application/json", """{"mtach":"cache"}""", 400)]
    [InlineData("application/x-www-form-urlencoded", "limit=0", 422)]
    [InlineData("application/x-www-form-urlencoded", "limit=many", 400)]
    public async Task What_cannot_be_answered_is_explained(string type, string content, int status)
    {
        foreach (var response in await AskBothAsync(type, content))
        {
            Assert.Equal(status, response.Status);
            if (status is not 200) Assert.Equal("application/problem+json", response["Content-Type"]);
        }
    }

    [Fact]
    public void The_index_is_sorted_and_whole()
    {
        Assert.InRange(RfcIndex.All.Count, 40, 60);
        Assert.Equal(RfcIndex.All.Select(rfc => rfc.Number).Order().Distinct(), RfcIndex.All.Select(rfc => rfc.Number));
        Assert.All(RfcIndex.All, rfc => Assert.True(rfc is { Title.Length: > 0, Status.Length: > 0, Year: > 1990, Pages: > 0 }));
    }

    // The server of the README, and the one of the tour.
    private static async Task<RawResponse[]> AskBothAsync(string type, string content)
    {
        await using var least = Server.Create("--urls", "http://127.0.0.1:0");
        await using var full = FullServer.Create("--urls", "http://127.0.0.1:0");
        return [await AskAsync(least), await AskAsync(full)];

        async Task<RawResponse> AskAsync(WebApplication app)
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            return await RawHttp.SendAsync(new Uri(app.Urls.First()).Port, "QUERY /rfcs", [$"Content-Type: {type}"], content);
        }
    }
}
