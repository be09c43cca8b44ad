using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>Shapes that smuggle requests or headers: the origin receives one well-formed request, or nothing (RFC 9112 §5, §6; RFC 9113 §8.2, §10.3).</summary>
public sealed class RequestShapeTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n")]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n")]
    [InlineData("Content-Length: 1\r\nContent-Length: 2", "xx")]
    [InlineData("Content-Length: 1, 1", "x")]
    [InlineData("Content-Length: -1", "x")]
    [InlineData("Transfer-Encoding: chunked, chunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: xchunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding : chunked", "0\r\n\r\n")]
    [InlineData("Transfer_Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n")]
    [InlineData("Content_Length: 5", "")]
    [InlineData("X_Forwarded_Host: evil.test", "")]
    [InlineData("X-HTTP_Method.Override: DELETE", "")]
    [InlineData("X: a\r\n folded", "")]
    [InlineData("X: a\rb", "")]
    [InlineData("X: a\0b", "")]
    [InlineData("X: a\u0001b", "")]
    [InlineData("X: a\u007Fb", "")]
    [InlineData("X Y: a", "")]
    [InlineData("X(Y): a", "")]
    [InlineData("X\u00E4: a", "")]
    [InlineData(":path: /evil", "")]
    [InlineData(": a", "")]
    public async Task Over_HTTP_1_1_nothing_comes(string headers, string content)
    {
        foreach (var method in (string[])["GET", "QUERY", "POST"])
        {
            var response = await RawHttp.SendAsync(fixture.Caching.Port, $"{method} /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/plain\r\n{headers}\r\n\r\n{content}");
            Assert.True(response.Status is 400 or 501, $"{response.Status}");
        }
        await fixture.AssertNothingReceivedAsync(fixture.Caching);
    }

    [Fact]
    public async Task HTTP_1_0_has_no_chunks()
    {
        Assert.Equal(400, (await RawHttp.SendAsync(fixture.Caching.Port, "POST /x HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")).Status);
        await fixture.AssertNothingReceivedAsync(fixture.Caching);
    }

    [Theory]
    [InlineData("x", "a\nb")]
    [InlineData("x", "a\rb")]
    [InlineData("x", "a\r\nAuthorization: Basic x")]
    [InlineData("x", "a\0b")]
    [InlineData("x", "a\u0001b")]
    [InlineData("x", "a\u007Fb")]
    [InlineData("x", " a")]
    [InlineData("x", "a\t")]
    [InlineData("x y", "a")]
    [InlineData("x\r\ny", "a")]
    [InlineData("x\ny", "a")]
    [InlineData("x\0y", "a")]
    [InlineData("x:y", "a")]
    [InlineData("x(y", "a")]
    [InlineData("x\u00E4", "a")]
    [InlineData("X", "a")]
    [InlineData("", "a")]
    [InlineData(":x", "a")]
    [InlineData(":path", "/b")]
    [InlineData("x_forwarded_host", "evil.test")]
    [InlineData("connection", "x")]
    [InlineData("keep-alive", "timeout=5")]
    [InlineData("proxy-connection", "close")]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("upgrade", "websocket")]
    [InlineData("te", "chunked")]
    [InlineData("content-length", "3")]
    [InlineData("content-length", "1")]
    public async Task Over_HTTP_2_nothing_comes(string name, string value)
    {
        foreach (var method in (string[])["GET", "QUERY", "POST"])
        {
            var response = await Http2Client.SendAsync(fixture.Caching.H2cPort, [(":method", method), (":scheme", "http"), (":authority", "localhost"), (":path", "/x"), (name, value)], "xx");
            Assert.True(response.IsReset || response.Status is 400, $"{response.Status}");
        }
        await fixture.AssertNothingReceivedAsync(fixture.Caching);
    }

    [Theory]
    [InlineData("POST", "connect-udp")]
    [InlineData("CONNECT", "connect-udp")]
    [InlineData("CONNECT", "webtransport")]
    public async Task Over_HTTP_2_another_protocol_is_501(string method, string protocol)
    {
        var response = await Http2Client.SendAsync(fixture.Caching.H2cPort, [(":method", method), (":protocol", protocol), (":scheme", "http"), (":authority", "localhost"), (":path", "/x")]);
        Assert.True(method is "CONNECT" ? response.Status is 501 : response.IsReset, $"{response.Status}");
        await fixture.AssertNothingReceivedAsync(fixture.Caching);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("TRACE")]
    public async Task Content_that_an_origin_may_take_for_the_next_request_is_the_last_on_its_connection(string method)
    {
        await fixture.DrainAsync();

        Assert.Equal(200, (await RawHttp.SendAsync(fixture.Caching.Port, $"{method} /x", ["Content-Type: text/plain"], "GET /evil HTTP/1.1\r\nX: ")).Status);

        var request = await fixture.Origin.NextRequestAsync();
        Assert.Equal($"{method} /x HTTP/1.1", request.RequestLine);
        Assert.Equal("close", request["Connection"]);
        await fixture.Caching.SendAsync("GET /y");
        Assert.NotEqual(request.Connection, (await fixture.Origin.NextRequestAsync()).Connection);
    }

    [Fact]
    public async Task Lines_of_one_name_are_looked_up_as_the_line_that_the_origin_receives()
    {
        await using var origin = Origin.Start(request => $"HTTP/1.1 200 OK\nCache-Control: max-age=600\nVary: Cookie, User-Agent, X-List\nContent-Length: {request.Head.ReplaceLineEndings("\r\n").Length}\n\n{request.Head}");
        await using var gateway = await RunningGateway.StartAsync(origin);
        foreach (var (name, lines, one, other) in ((string, string[], string, string)[])[("Cookie", ["a=1", "b=2"], "a=1; b=2", "a=1, b=2"), ("User-Agent", ["a", "b"], "a, b", "a b"), ("X-List", ["1", "2"], "1, 2", "1; 2")])
        {
            var first = await gateway.SendAsync($"GET /{name}", [.. lines.Select(line => $"{name}: {line}")]);
            Assert.Contains($"\r\n{name}: {one}\r\n", first.ContentText, StringComparison.Ordinal);
            Assert.Equal(first.ContentText, (await gateway.SendAsync($"GET /{name}", $"{name}: {one}")).ContentText);
            Assert.Contains($"\r\n{name}: {other}\r\n", (await gateway.SendAsync($"GET /{name}", $"{name}: {other}")).ContentText, StringComparison.Ordinal);
        }
    }
}
