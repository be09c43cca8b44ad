namespace HttpQuery.Tests;

/// <summary>The doors under native AOT, on the wire: what works under JIT alone fails here.</summary>
public class AotTests(AotHost host) : IClassFixture<AotHost>
{
    [Theory]
    [InlineData("/bound/5", "{\"x\":1}", 200, "{\"text\":\"hello 5 1\"}")]
    [InlineData("/bound-task", "{\"x\":1}", 200, "{\"text\":\"task 1\"}")]
    [InlineData("/bound-value", "{\"x\":1}", 200, "{\"x\":1,\"y\":7}")]
    [InlineData("/bound-union", "{\"x\":1}", 200, "{\"text\":\"union\"}")]
    [InlineData("/bound-parameters?name=n", "{\"x\":1}", 200, "{\"text\":\"n 1\"}")]
    [InlineData("/delegate", "{\"x\":1}", 200, "delegate")]
    [InlineData("/result", "{\"x\":1}", 200, "result")]
    [InlineData("/text", "{\"x\":1}", 200, "text")]
    [InlineData("/value", "{\"x\":1}", 200, "{\"text\":\"value\"}")]
    [InlineData("/typed", "{\"x\":1}", 200, "{\"text\":\"typed 1\"}")]
    [InlineData("/typed-result", "{\"x\":1}", 200, "{\"text\":\"typed result\"}")]
    public async Task A_handler_sends_its_result(string path, string content, int status, string expected)
    {
        host.Require();
        var response = await RawHttp.SendAsync(host.Port, $"QUERY {path}", ["Content-Type: application/json"], content);

        Assert.Equal((status, expected), (response.Status, response.ContentText));
    }

    [Theory]
    [InlineData("/bound/5", "application/json", "{\"x\":\n zz}", 400, "\"line\":2,\"byte\":2")]
    [InlineData("/bound-union", "application/json", "{\"x\":\n zz}", 400, "\"line\":2,\"byte\":2")]
    [InlineData("/typed", "application/json", "{\"x\":\n zz}", 400, "\"line\":2,\"byte\":2")]
    [InlineData("/typed-result", "application/json", "{\"x\":\n zz}", 400, "\"line\":2,\"byte\":2")]
    [InlineData("/typed", "application/json", "null", 400, "not a valid query")]
    [InlineData("/typed", "application/json", "", 400, "empty")]
    [InlineData("/typed", "text/plain", "x", 415, "application/json")]
    [InlineData("/typed", "nonsense", "x", 400, "malformed")]
    [InlineData("/sql", "application/json", "{}", 415, "application/sql")]
    [InlineData("/bound-union", "application/json", "{\"x\":-1}", 422, "\"errors\":{\"x\":[\"negative\"]}")]
    [InlineData("/typed-result", "application/json", "{\"x\":-1}", 422, "x is negative")]
    public async Task A_refusal_has_its_problem_details(string path, string type, string content, int status, string expected)
    {
        host.Require();
        var response = await RawHttp.SendAsync(host.Port, $"QUERY {path}", [$"Content-Type: {type}"], content);

        Assert.Equal((status, "application/problem+json"), (response.Status, response["Content-Type"]));
        Assert.Contains(expected, response.ContentText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/produced", "Accept: text/csv", 200, "produced")]
    [InlineData("/produced", "Accept: application/json", 200, "{\"text\":\"produced\"}")]
    [InlineData("/produced", "Accept: text/html", 406, "text/csv")]
    [InlineData("/stated", "If-None-Match: \"v0\"", 200, "stated")]
    [InlineData("/stated", "If-None-Match: *", 304, "")]
    [InlineData("/stated", "If-Match: \"v0\"", 412, "precondition")]
    [InlineData("/tagged", "Range: bytes=2-5", 206, "text")]
    [InlineData("/tagged", "If-None-Match: *", 304, "")]
    [InlineData("/bytes", "Range: bytes=-2", 206, "89")]
    [InlineData("/bytes", "Range: bytes=10-", 416, "10 bytes")]
    [InlineData("/typed", "Content-Encoding: gzip", 415, "identity")]
    public async Task Refinements_work(string path, string field, int status, string expected)
    {
        host.Require();
        var response = await RawHttp.SendAsync(host.Port, $"QUERY {path}", ["Content-Type: application/json", field], "{\"x\":1}");

        Assert.Equal(status, response.Status);
        Assert.Contains(expected, response.ContentText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_path_answers_options_and_announces_its_formats()
    {
        host.Require();
        var response = await RawHttp.SendAsync(host.Port, "OPTIONS /typed", []);

        Assert.Equal((204, "QUERY, OPTIONS", "application/json"), (response.Status, response["Allow"], response["Accept-Query"]));
    }

    [Theory]
    [InlineData("/cached")]
    [InlineData("/output-cached")]
    public async Task The_same_query_is_answered_out_of_the_cache_and_another_is_not(string path)
    {
        host.Require();
        string[] fields = ["Content-Type: application/json"];
        var first = await RawHttp.SendAsync(host.Port, $"QUERY {path}", fields, "{\"x\":1}");
        var same = await RawHttp.SendAsync(host.Port, $"QUERY {path}", fields, "{\"x\":1}");
        var other = await RawHttp.SendAsync(host.Port, $"QUERY {path}", fields, "{\"x\":2}");

        Assert.StartsWith("cached ", first.ContentText, StringComparison.Ordinal);
        Assert.Equal(first.ContentText, same.ContentText);
        Assert.NotEqual(first.ContentText, other.ContentText);
    }
}
