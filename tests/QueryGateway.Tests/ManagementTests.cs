using System.Globalization;
using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>Health, metrics and purge, on the management address alone.</summary>
public class ManagementTests
{
    private const string Json = "Content-Type: application/json";
    private const string Form = "Content-Type: application/x-www-form-urlencoded";

    [Theory]
    [InlineData("GET /health")]
    [InlineData("GET /metrics")]
    [InlineData("POST /purge")]
    public async Task The_public_address_forwards_such_paths_whatever_Host_says(string requestLine)
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 299 Origin\nContent-Length: 0\n\n");
        await using var gateway = await StartAsync(origin);

        var host = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{gateway.ManagementPort}");
        Assert.Equal(299, (await RawHttp.SendAsync(gateway.Port, requestLine, [], requestLine.StartsWith("POST", StringComparison.Ordinal) ? "" : null, host)).Status);
        Assert.Equal(299, (await RawHttp.SendAsync(gateway.Port, requestLine.Replace(" ", $" http://{host}", StringComparison.Ordinal), [], host: host)).Status);
        Assert.Equal(2, origin.Count);
    }

    [Fact]
    public async Task The_management_address_forwards_nothing()
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nContent-Length: 0\n\n");
        await using var gateway = await StartAsync(origin);

        Assert.Equal(404, (await gateway.ManageAsync("GET /x", [])).Status);
        Assert.Equal(0, origin.Count);
    }

    [Fact]
    public async Task Without_a_management_address_there_is_no_such_server()
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 299 Origin\nContent-Length: 0\n\n");
        await using var gateway = await RunningGateway.StartAsync(origin);
        Assert.Equal(299, (await gateway.SendAsync("GET /health")).Status);
    }

    [Theory]
    [InlineData(Json, "{\"uri\":\"{base}/x?a=%2F\"}")]
    [InlineData(Form, "uri={base}/x%3Fa%3D%252F")]
    public async Task A_purge_by_URI_takes_every_method_and_content_of_it_and_nothing_else(string type, string content)
    {
        await using var origin = Counting();
        await using var gateway = await StartAsync(origin);
        await FillAsync(gateway, "/x?a=%2F", "/y");

        var response = await PurgeAsync(gateway, type, content);

        Assert.Equal(204, response.Status);
        Assert.Equal(["4: /x?a=%2F", "5: /x?a=%2F", "2: /y"], [await GetAsync(gateway, "/x?a=%2F"), await QueryAsync(gateway, "/x?a=%2F"), await GetAsync(gateway, "/y")]);
    }

    [Theory]
    [InlineData(Json, "{\"tag\":\"fruit\"}")]
    [InlineData(Form, "tag=fruit")]
    public async Task A_purge_by_tag_takes_what_is_of_that_cache_group(string type, string content)
    {
        await using var origin = Counting();
        await using var gateway = await StartAsync(origin);
        await FillAsync(gateway, "/fruit/apple", "/y");

        var response = await PurgeAsync(gateway, type, content);

        Assert.Equal(204, response.Status);
        Assert.Equal(["4: /fruit/apple", "5: /fruit/apple", "2: /y"], [await GetAsync(gateway, "/fruit/apple"), await QueryAsync(gateway, "/fruit/apple"), await GetAsync(gateway, "/y")]);
    }

    [Theory]
    [InlineData(400, Json, "{}")]
    [InlineData(400, Json, "null")]
    [InlineData(400, Json, "{\"uri\":")]
    [InlineData(400, Json, "{\"url\":\"http://a/\"}")]
    [InlineData(400, Json, "{\"uri\":\"http://a/\",\"tag\":\"b\"}")]
    [InlineData(400, Json, "{\"uri\":\"/x\"}")]
    [InlineData(400, Json, "{\"uri\":\"ftp://a/x\"}")]
    [InlineData(400, Json, "{\"uri\":7}")]
    [InlineData(400, Json, "{\"tag\":\"\"}")]
    [InlineData(400, Form, "")]
    [InlineData(400, Form, "uri=http://a/&tag=b")]
    [InlineData(400, Form, "tag=a&tag=b")]
    [InlineData(400, Form, "url=http://a/")]
    [InlineData(400, Json, "{\"uri\":\"http://a/\",\"uri\":\"http://b/\"}")]
    [InlineData(400, Json, "{\"uri\":\"\\ud800\"}")]
    [InlineData(400, Json, "{\"uri\":\"http://user@a/\"}")]
    [InlineData(400, Json, "{\"uri\":\"http://a/\\u0001\"}")]
    [InlineData(400, Json, "{\"uri\":\"http://a/é\"}")]
    [InlineData(400, Json, "")]
    [InlineData(400, Json, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData(415, "Content-Type: text/plain", "http://a/")]
    [InlineData(415, "Content-Type: multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"uri\"\r\n\r\nhttp://a/\r\n--x--\r\n")]
    [InlineData(415, "Content-Type: multipart/form-data; boundary=x", "--x\r\n")]
    [InlineData(415, "Content-Type: nonsense", "uri=http://a/")]
    [InlineData(415, "X: no type", "uri=http://a/")]
    [InlineData(415, "Content-Encoding: gzip\r\nContent-Type: application/json", "{\"uri\":\"http://a/\"}")]
    public async Task What_cannot_be_purged_is_told(int status, string type, string content)
    {
        await using var origin = Counting();
        await using var gateway = await StartAsync(origin);

        var response = await PurgeAsync(gateway, type, content);

        Assert.Equal(status, response.Status);
        Assert.Equal("application/problem+json", response["Content-Type"]);
    }

    [Fact]
    public async Task A_purge_that_does_not_reach_the_store_is_told()
    {
        await using var origin = Counting();

        // Nothing listens on port 1.
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", "http://127.0.0.1:0", "--redis", "127.0.0.1:1");
        foreach (var content in new[] { "{\"uri\":\"{base}/a\"}", "{\"tag\":\"a\"}" })
        {
            var response = await PurgeAsync(gateway, Json, content);
            Assert.Equal((503, "application/problem+json"), (response.Status, response["Content-Type"]));
            Assert.Contains("not reached", response.ContentText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Metrics_count_a_hit()
    {
        const string hit = "httpquery_cache_requests_total{http_request_method=\"QUERY\",httpquery_cache_name=\"QueryGateway\",httpquery_cache_result=\"hit\"} ";
        await using var origin = Counting();
        await using var gateway = await StartAsync(origin);

        await QueryAsync(gateway, "/x");
        Assert.DoesNotContain(hit, await MetricsAsync(gateway), StringComparison.Ordinal);
        await QueryAsync(gateway, "/x");
        await QueryAsync(gateway, "/x");

        var metrics = await MetricsAsync(gateway);
        Assert.Contains("# TYPE httpquery_cache_requests_total counter\n", metrics, StringComparison.Ordinal);
        Assert.Contains($"{hit}2\n", metrics, StringComparison.Ordinal);
        Assert.Contains("httpquery_cache_requests_total{http_request_method=\"QUERY\",httpquery_cache_name=\"QueryGateway\",httpquery_cache_result=\"miss\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Matches("httpquery_cache_size_bytes\\{httpquery_cache_name=\"QueryGateway\"\\} [1-9][0-9]*\n", metrics);
        Assert.Matches("http_client_request_duration_seconds_count{[^}]*} 1\n", metrics);
    }

    private static Task<RunningGateway> StartAsync(Origin origin) => RunningGateway.StartAsync(origin, "--management", "http://127.0.0.1:0");

    // Each answer has the number of the request, and is of the group that its path begins with.
    private static Origin Counting()
    {
        var count = 0;
        return Origin.Start(request =>
        {
            var target = request.RequestLine.Split(' ')[1];
            var content = string.Create(CultureInfo.InvariantCulture, $"{++count}: {target}");
            return $"HTTP/1.1 200 OK\nCache-Control: max-age=600\nCache-Groups: \"{target.Split('/')[1]}\", \"all\"\nContent-Length: {content.Length}\n\n{content}";
        });
    }

    private static async Task FillAsync(RunningGateway gateway, string first, string second)
    {
        await GetAsync(gateway, first);
        await GetAsync(gateway, second);
        await QueryAsync(gateway, first);
        Assert.Equal([$"1: {first}", $"2: {second}", $"3: {first}"], [await GetAsync(gateway, first), await GetAsync(gateway, second), await QueryAsync(gateway, first)]);
    }

    private static async Task<string> GetAsync(RunningGateway gateway, string target) => (await gateway.AskAsync("GET", target)).ContentText;

    private static async Task<string> QueryAsync(RunningGateway gateway, string target) => (await gateway.AskAsync("QUERY", target)).ContentText;

    private static Task<RawResponse> PurgeAsync(RunningGateway gateway, string type, string content) =>
        gateway.ManageAsync("POST /purge", [type], content.Replace("{base}", "http://localhost", StringComparison.Ordinal));

    private static async Task<string> MetricsAsync(RunningGateway gateway)
    {
        var response = await gateway.ManageAsync("GET /metrics", []);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response["Content-Type"]);
        return response.ContentText;
    }
}
