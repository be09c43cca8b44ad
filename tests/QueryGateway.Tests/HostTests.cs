using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>The origin receives one Host, and the cache looks up that one (RFC 9112 §3.2, §3.3; RFC 9113 §8.3.1).</summary>
public sealed class HostTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private string Default => $"127.0.0.1:{fixture.Origin.Port}";

    [Fact]
    public async Task A_request_without_a_host_is_for_the_origin_itself()
    {
        await fixture.DrainAsync();
        foreach (var gateway in fixture.Both)
        {
            foreach (var head in (string[])["GET /h HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", "GET /h HTTP/1.1\r\nHost: \t \r\nConnection: close\r\n\r\n", "GET /h HTTP/1.0\r\n\r\n", "GET /h HTTP/1.0\r\nHost:\r\n\r\n"])
            {
                await RawHttp.SendAsync(gateway.Port, head);
                await AssertHostAsync(Default);
            }
            await Http2Client.SendAsync(gateway.H2cPort, [(":method", "GET"), (":scheme", "http"), (":path", "/h")]);
            await AssertHostAsync(Default);
            await Http2Client.SendAsync(gateway.H2cPort, [(":method", "GET"), (":scheme", "http"), (":authority", ""), (":path", "/h")]);
            await AssertHostAsync(Default);
        }
    }

    [Fact]
    public async Task It_shares_only_with_requests_that_look_the_same_to_the_origin()
    {
        await fixture.DrainAsync();
        var responses = new List<RawResponse>
        {
            await RawHttp.SendAsync(fixture.Caching.Port, "GET /stored/h HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"),
            await RawHttp.SendAsync(fixture.Caching.Port, "GET /stored/h HTTP/1.0\r\n\r\n"),
            await RawHttp.SendAsync(fixture.Caching.Port, "GET /stored/h", [], host: Default),
        };
        Assert.All(responses, response => Assert.Contains($"\r\nHost: {Default}\r\n", response.ContentText, StringComparison.Ordinal));

        Assert.Contains("\r\nHost: other\r\n", (await RawHttp.SendAsync(fixture.Caching.Port, "GET /stored/h", [], host: "other")).ContentText, StringComparison.Ordinal);
        Assert.Contains("\r\nHost: localhost\r\n", (await RawHttp.SendAsync(fixture.Caching.Port, "GET /stored/h", [], host: "localhost")).ContentText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET http://abc.test/h HTTP/1.0\r\n\r\n", "abc.test")]
    [InlineData("GET http://abc.test:81?q HTTP/1.0\r\nHost:\r\n\r\n", null)]
    [InlineData("GET http://abc.test/h HTTP/1.1\r\nHost: abc.test\r\nConnection: close\r\n\r\n", "abc.test")]
    [InlineData("GET http://abc.test/h HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET http://abc.test/h HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET http://u@abc.test/h HTTP/1.1\r\nHost: abc.test\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET http://abc.test@evil.test/h HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET http://a_b..c/h HTTP/1.0\r\n\r\n", null)]
    [InlineData("GET ws://abc.test/h HTTP/1.1\r\nHost: abc.test\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET ftp://abc.test/h HTTP/1.1\r\nHost: abc.test\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET http:/h HTTP/1.1\r\nHost: abc.test\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET http:///h HTTP/1.1\r\nHost: abc.test\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET abc.test:80 HTTP/1.1\r\nHost: abc.test:80\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET * HTTP/1.1\r\nHost: abc.test\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET /h HTTP/1.1\r\nHost: a\r\nHost: a\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET /h HTTP/1.1\r\nHost: a, b\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET /h HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET /h HTTP/1.1\r\nHost: a:80:80\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET /h HTTP/1.1\r\nHost: a:\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET /h HTTP/1.1\r\nHost: a:65536\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET /h HTTP/1.1\r\nHost: .\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET /h HTTP/1.1\r\nHost: a..b\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET /h HTTP/1.1\r\nHost: [::g]\r\nConnection: close\r\n\r\n", null)]
    [InlineData("GET /h HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n", "[::1]:80")]
    [InlineData("GET /h HTTP/1.1\r\nHost: XN--bcher-KVA.Test.:0081\r\nConnection: close\r\n\r\n", "XN--bcher-KVA.Test.:0081")]
    [InlineData("GET /h HTTP/1.1\r\nConnection: close\r\n\r\n", null)]
    public async Task One_host_or_none_reaches_the_origin(string head, string? host)
    {
        await fixture.DrainAsync();
        var before = fixture.Origin.Count;

        var response = await RawHttp.SendAsync(fixture.Caching.Port, head);

        if (host is null)
        {
            Assert.True(response.Status is 400 or 405, $"{response.Status}");
            Assert.Equal(before, fixture.Origin.Count);
        }
        else await AssertHostAsync(host);
    }

    [Theory]
    [InlineData("localhost", "evil.test", "localhost")]
    [InlineData("", "other.test", "other.test")]
    [InlineData(null, "other.test", "other.test")]
    public async Task Over_HTTP_2_authority_comes_before_Host(string? authority, string host, string expected)
    {
        await fixture.DrainAsync();
        var target = $"/stored/{authority ?? "none"}-{host}";
        (string, string)[] pseudo = authority is null ? [] : [(":authority", authority)];

        var response = await Http2Client.SendAsync(fixture.Caching.H2cPort, [(":method", "GET"), (":scheme", "http"), (":path", target), .. pseudo, ("host", host)]);

        Assert.Equal(200, response.Status);
        await AssertHostAsync(expected);

        // The entry is that host's.
        Assert.Equal(response.ContentText, (await RawHttp.SendAsync(fixture.Caching.Port, $"GET {target}", [], host: expected)).ContentText);
    }

    private async Task AssertHostAsync(string host)
    {
        var request = await fixture.Origin.NextRequestAsync();
        Assert.Equal($"Host: {host}", Assert.Single(request.Head.Split('\n'), line => line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase)));
    }
}
