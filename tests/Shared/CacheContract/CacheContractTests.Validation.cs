namespace HttpQuery.Tests.Contracts;

// RFC 9111 §4.3.
public abstract partial class CacheContractTests
{
    private const string Tag = "\"v1\"";
    private const string LastModified = "Sun, 01 Nov 2020 12:00:00 GMT";
    private const string Validated = "HttpQuery; fwd=stale; fwd-status=304; stored; ttl=60";

    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task The_caches_conditions_replace_the_callers_which_are_evaluated_afterwards(string method)
    {
        Answer(Fresh("0123", $"ETag: {Tag}", $"Last-Modified: {LastModified}"), new(304, "", "Cache-Control: max-age=60", $"ETag: {Tag}"));
        await StoreAsync(Ask(method));
        Pass(61);

        var response = await SendAsync(Ask(method, $"If-None-Match: \"own\", {Tag}", "If-Modified-Since: Mon, 01 Nov 2010 12:00:00 GMT", "Range: bytes=0-1", $"If-Range: {Tag}"));
        Assert.Equal("304 ", response.Text);
        Assert.Equal(Validated, response.CacheStatus);
        var sent = Host.Received[1];
        Assert.Equal((Tag, LastModified, "", ""), (sent["If-None-Match"], sent["If-Modified-Since"], sent["Range"], sent["If-Range"]));
        Assert.Equal(2, Host.Received.Count);
    }

    [Theory]
    [InlineData("GET", "200 0123", "If-None-Match: \"own\"")]
    [InlineData("GET", "304 ", "If-Modified-Since: Mon, 02 Nov 2020 12:00:00 GMT")]
    [InlineData("GET", "206 01", "Range: bytes=0-1")]
    [InlineData("QUERY", "206 01", "Range: bytes=0-1")]
    [InlineData("GET", "206 01", "Range: bytes=0-1", "If-Range: \"v1\"")]
    [InlineData("GET", "200 0123", "Range: bytes=0-1", "If-Range: \"own\"")]
    [InlineData("GET", "416 ", "Range: bytes=4-")]
    public async Task What_the_caller_asks_for_is_answered_from_what_was_validated(string method, string expected, params string[] headers)
    {
        Answer(Fresh("0123", $"ETag: {Tag}", $"Last-Modified: {LastModified}"), new(304, "", "Cache-Control: max-age=60", $"ETag: {Tag}"));
        await StoreAsync(Ask(method));
        Assert.Equal(expected, (await SendAsync(Ask(method, headers))).Text);
        Pass(61);

        var response = await SendAsync(Ask(method, headers));
        Assert.Equal(expected, response.Text);
        Assert.Equal(Validated, response.CacheStatus);
        Assert.Equal(["If-Modified-Since", "If-None-Match"], Host.Received[1].Conditions.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task A_304_that_selects_nothing_stored_is_followed_by_one_request_without_conditions(string method)
    {
        Answer(Fresh("old", $"ETag: {Tag}"), new(304, "", "ETag: \"v2\""), Fresh("new", "ETag: \"v2\""));
        await StoreAsync(Ask(method));
        Pass(61);

        var response = await SendAsync(Ask(method));
        Assert.Equal("200 new", response.Text);
        Assert.Equal("HttpQuery; fwd=stale; fwd-status=200; stored; ttl=60", response.CacheStatus);
        Assert.Equal([0, 1, 0], Host.Received.Select(request => request.Conditions.Count()));
        Assert.Equal(Host.Received[0].Content, Host.Received[2].Content);
        Assert.Equal("200 new", (await SendAsync(Ask(method))).Text);
        Assert.Equal(3, Host.Received.Count);
    }

    [Fact]
    public async Task A_request_is_sent_without_conditions_once_and_with_the_callers_own()
    {
        Answer(Fresh("old", $"ETag: {Tag}"), new(304, "", "ETag: \"v2\""));
        await StoreAsync(Get("/a"));
        Pass(61);

        var response = await SendAsync(Get("/a", "If-None-Match: \"own\"", "Range: bytes=0-1"));
        Assert.Equal("304 ", response.Text);
        Assert.Equal(3, Host.Received.Count);
        Assert.Equal(("\"own\"", "bytes=0-1"), (Host.Received[2]["If-None-Match"], Host.Received[2]["Range"]));
    }
}
