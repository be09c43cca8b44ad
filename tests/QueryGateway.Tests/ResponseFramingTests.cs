using System.Text.Json;
using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>A response whose end is told in more than one way is none (RFC 9110 §8.6, §15.3; RFC 9112 §6.1, §6.3).</summary>
public class ResponseFramingTests
{
    private const string Next = "HTTP/1.1 203 Next\nContent-Length: 0\n\n";

    [Theory]
    [InlineData("200 OK", "Transfer-Encoding: gzip, chunked\n\n6\nsecret\n0\n\n")]
    [InlineData("200 OK", "Transfer-Encoding: chunked, chunked\n\n6\nsecret\n0\n\n")]
    [InlineData("200 OK", "Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n6\nsecret\n0\n\n")]
    [InlineData("200 OK", "Transfer-Encoding: gzip\nTransfer-Encoding: chunked\n\n6\nsecret\n0\n\n")]
    [InlineData("200 OK", "Transfer-Encoding: chunked;a=b\n\n6\nsecret\n0\n\n")]
    [InlineData("200 OK", "Transfer-Encoding: identity\nContent-Length: 6\n\nsecret")]
    [InlineData("200 OK", "Transfer-Encoding: identity\n\nsecret[close]")]
    [InlineData("200 OK", "Transfer-Encoding:\n\nsecret[close]")]
    [InlineData("200 OK", "Transfer-Encoding: chunked\nContent-Length: 6\n\n6\nsecret\n0\n\n")]
    [InlineData("200 OK", "Content-Length: 6\nContent-Length: 6\n\nsecret")]
    [InlineData("200 OK", "Content-Length: 6\nContent-Length: 7\n\nsecret")]
    [InlineData("200 OK", "Content-Length: 6, 6\n\nsecret")]
    [InlineData("200 OK", "Content-Length: +6\n\nsecret")]
    [InlineData("200 OK", "Content-Length: -6\n\nsecret")]
    [InlineData("200 OK", "Content-Length: 6x\n\nsecret")]
    [InlineData("200 OK", "Content-Length: 0x6\n\nsecret")]
    [InlineData("200 OK", "Content-Length: 99999999999999999999\n\nsecret")]
    [InlineData("200 OK", "Content-Length:\n\nsecret")]
    [InlineData("204 No Content", "Content-Length: 6\n\nsecret[close]")]
    [InlineData("204 No Content", "Transfer-Encoding: chunked\n\n0\n\n[close]")]
    [InlineData("205 Reset Content", "Content-Length: 6\n\nsecret")]
    [InlineData("304 Not Modified", "Transfer-Encoding: gzip, chunked\n\n")]
    [InlineData("101 Switching Protocols", "Connection: Upgrade\nUpgrade: websocket\n\nsecret")]
    [InlineData("200 OK", "X: a\u0001b\nContent-Length: 6\n\nsecret")]
    [InlineData("200 OK", "X(Y): a\nContent-Length: 6\n\nsecret")]
    public async Task It_is_502_and_nothing_of_it_comes_or_is_stored(string status, string rest)
    {
        foreach (var cache in (string[])["--no-cache", "--no-cache=false"])
        {
            await using var origin = Origin.Start($"HTTP/1.1 {status}\nCache-Control: max-age=600\n{rest}", Next);
            await using var gateway = await RunningGateway.StartAsync(origin, cache);

            var response = await gateway.QueryAsync("/x", "q");

            Assert.Equal(502, response.Status);
            Assert.Equal("application/problem+json", response["Content-Type"]);
            Assert.Equal(502, JsonDocument.Parse(response.Content).RootElement.GetProperty("status").GetInt32());
            Assert.DoesNotContain("secret", response.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Transfer-Encoding: gzip, chunked\n\n6\nsecret\n0\n\n")]
    [InlineData("Transfer-Encoding: identity\nContent-Length: 6\n\nsecret")]
    [InlineData("Transfer-Encoding: chunked\nContent-Length: 6\n\n6\nsecret\n0\n\n")]
    [InlineData("Content-Length: 6, 6\n\nsecret")]
    [InlineData("Transfer-Encoding: gzip\nContent-Length: 0\n\n")]
    public async Task Its_connection_is_not_used_again(string rest)
    {
        await using var origin = Origin.Start($"HTTP/1.1 200 OK\n{rest}", Next);
        await using var gateway = await RunningGateway.StartAsync(origin);

        Assert.Equal(502, (await gateway.SendAsync("GET /x")).Status);

        Assert.Equal(203, (await gateway.SendAsync("GET /x")).Status);
        Assert.Equal(2, origin.ConnectionCount);
    }

    [Fact]
    public async Task HTTP_1_0_has_no_chunks()
    {
        await using var origin = Origin.Start("HTTP/1.0 200 OK\nTransfer-Encoding: chunked\n\n6\nsecret\n0\n\n[close]");
        await using var gateway = await RunningGateway.StartAsync(origin);
        Assert.Equal(502, (await gateway.SendAsync("GET /x")).Status);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task A_stored_response_stands_in_for_it_where_it_may(string method)
    {
        await using var origin = Origin.Start(
            "HTTP/1.1 200 OK\nCache-Control: max-age=0, stale-if-error=600\nETag: \"1\"\nContent-Length: 2\n\nok", "HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked\n\n6\nsecret\n0\n\n");
        await using var gateway = await RunningGateway.StartAsync(origin);
        await gateway.AskAsync(method, "/x");

        var response = await gateway.AskAsync(method, "/x");

        Assert.Equal(200, response.Status);
        Assert.Equal("ok", response.ContentText);
        Assert.Equal(2, origin.Count);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nCache-Control: max-age=600\n\nok[close]")]
    [InlineData("HTTP/1.0 200 OK\nCache-Control: max-age=600\n\nok[close]")]
    [InlineData("HTTP/1.1 404 Not Found\nCache-Control: max-age=600\n\nok[close]")]
    public async Task Content_that_ends_with_the_connection_is_forwarded_and_not_stored(string text)
    {
        foreach (var method in (string[])["GET", "QUERY"])
        {
            await using var origin = Origin.Start(text, text);
            await using var gateway = await RunningGateway.StartAsync(origin);
            for (var i = 0; i < 2; i++) Assert.Equal("ok", (await gateway.AskAsync(method, "/x")).ContentText);
            Assert.Equal(2, origin.Count);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK", "Transfer-Encoding: CHUNKED\n\n2\nok\n0\n\n", "ok")]
    [InlineData("HTTP/1.0 200 OK", "Content-Length: 2\n\nok[close]", "ok")]
    [InlineData("HTTP/1.1 200 OK", "Content-Length: 002\n\nok", "ok")]
    [InlineData("HTTP/1.1 204 No Content", "\n", "")]
    [InlineData("HTTP/1.1 204 No Content", "Content-Length: 0\n\n", "")]
    public async Task What_is_told_in_one_way_is_forwarded_and_stored(string statusLine, string rest, string content)
    {
        await using var origin = Origin.Start($"{statusLine}\nCache-Control: max-age=600\n{rest}");
        await using var gateway = await RunningGateway.StartAsync(origin);
        for (var i = 0; i < 2; i++) Assert.Equal(content, (await gateway.QueryAsync("/x", "q")).ContentText);
        Assert.Equal(1, origin.Count);
    }

    [Theory]
    [InlineData("200 OK", "Transfer-Encoding: chunked\n\n")]
    [InlineData("200 OK", "Content-Length: 5\n\n")]
    [InlineData("200 OK", "\n")]
    [InlineData("304 Not Modified", "Transfer-Encoding: chunked\n\n")]
    [InlineData("304 Not Modified", "Content-Length: 5\n\n")]
    public async Task A_head_alone_tells_of_content_that_does_not_come(string status, string rest)
    {
        await using var origin = Origin.Start($"HTTP/1.1 {status}\n{rest}");
        await using var gateway = await RunningGateway.StartAsync(origin);

        var response = await gateway.SendAsync("HEAD /x");

        Assert.Equal(status, $"{response.Status} {response.Text.Split("\r\n")[0].Split(' ', 3)[2]}");
        Assert.Empty(response.Content);
    }

    [Theory]
    [InlineData("Fine and dandy", "Fine and dandy")]
    [InlineData("a\u0001b", "OK")]
    [InlineData("caf\u00E9", "OK")]
    public async Task A_reason_that_cannot_be_written_is_left_out(string reason, string forwarded)
    {
        await using var origin = Origin.Start(async (_, stream) =>
        {
            await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes($"HTTP/1.1 200 {reason}\r\nContent-Length: 0\r\n\r\n"));
            return true;
        });
        await using var gateway = await RunningGateway.StartAsync(origin);
        Assert.StartsWith($"HTTP/1.1 200 {forwarded}\r\n", (await gateway.SendAsync("GET /x")).Text, StringComparison.Ordinal);
    }
}
