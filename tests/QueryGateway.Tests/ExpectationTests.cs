using System.Net.Sockets;
using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>Expect: 100-continue is about content that waits; nothing else can be expected (RFC 9110 §10.1.1).</summary>
public sealed class ExpectationTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("evil")]
    [InlineData("100-continue, evil")]
    [InlineData("100-continue=1")]
    [InlineData("200-ok")]
    public async Task Another_expectation_is_417_by_the_gateway_and_nothing_is_stored(string expectation)
    {
        await fixture.DrainAsync();
        var target = $"/stored/{Uri.EscapeDataString(expectation)}";
        foreach (var method in (string[])["GET", "HEAD", "QUERY", "POST"])
        {
            foreach (var gateway in fixture.Both)
            {
                var response = await RawHttp.SendAsync(gateway.Port, $"{method} {target}", [$"Expect: {expectation}", "Content-Type: text/plain"], method is "QUERY" or "POST" ? "q" : null);
                Assert.Equal(417, response.Status);
                var http2 = await Http2Client.SendAsync(gateway.H2cPort, [(":method", method), (":scheme", "http"), (":authority", "localhost"), (":path", target), ("expect", expectation)]);
                Assert.Equal(417, http2.Status);
            }
        }
        await fixture.AssertNothingReceivedAsync(fixture.Caching);
        Assert.Equal(200, (await fixture.Caching.AskAsync("QUERY", target)).Status);
        Assert.Equal($"QUERY {target} HTTP/1.1", (await fixture.Origin.NextRequestAsync()).RequestLine);
    }

    [Theory]
    [InlineData("GET", null, false)]
    [InlineData("HEAD", null, false)]
    [InlineData("POST", null, false)]
    [InlineData("QUERY", null, false)]
    [InlineData("QUERY", "q", false)]
    [InlineData("POST", "q", true)]
    public async Task One_that_is_met_already_is_not_forwarded(string method, string? content, bool isForwarded)
    {
        await fixture.DrainAsync();
        foreach (var expectation in (string[])["100-continue", "100-Continue"])
        {
            await RawHttp.SendAsync(fixture.Caching.Port, $"{method} /e", [$"Expect: {expectation}", "Content-Type: text/plain"], content);
            Assert.Equal(isForwarded ? expectation : null, (await fixture.Origin.NextRequestAsync())["Expect"]);
        }
    }

    [Theory]
    [InlineData("QUERY", 5_000_000)]
    [InlineData("POST", 5_000)]
    public async Task Content_that_the_cache_does_not_look_at_waits_for_the_origin(string method, int length)
    {
        await using var origin = Origin.Start(async (_, stream) =>
        {
            await stream.WriteAsync(Origin.Octets("HTTP/1.1 413 Content Too Large\nContent-Length: 0\n\n"));
            return false;
        }, readsContent: false);
        await using var gateway = await RunningGateway.StartAsync(origin);
        using var client = new TcpClient();
        await client.ConnectAsync(System.Net.IPAddress.Loopback, gateway.Port, TestContext.Current.CancellationToken);

        await client.GetStream().WriteAsync(Origin.Octets($"{method} /x HTTP/1.1\nHost: localhost\nExpect: 100-continue\nContent-Type: text/plain\nContent-Length: {length}\n\n"), TestContext.Current.CancellationToken);

        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("HTTP/1.1 413 Content Too Large", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal("100-continue", (await origin.NextRequestAsync())["Expect"]);
    }

    [Theory]
    [InlineData("HTTP/1.0", "100-continue")]
    [InlineData("HTTP/1.0", "")]
    [InlineData("HTTP/1.1", "")]
    public async Task One_without_meaning_is_left_out(string version, string expectation)
    {
        await fixture.DrainAsync();

        await RawHttp.SendAsync(fixture.Forwarding.Port, $"POST /e {version}\r\nHost: localhost\r\nConnection: close\r\nExpect: {expectation}\r\nContent-Length: 1\r\n\r\nq");

        Assert.Null((await fixture.Origin.NextRequestAsync())["Expect"]);
    }
}
