using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>Methods are compared with case (RFC 9110 §9.1).</summary>
public sealed class MethodTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("get")]
    [InlineData("Get")]
    [InlineData("head")]
    [InlineData("query")]
    [InlineData("Query")]
    [InlineData("post")]
    [InlineData("put")]
    [InlineData("delete")]
    [InlineData("options")]
    [InlineData("patch")]
    [InlineData("trace")]
    [InlineData("connect")]
    public async Task A_known_method_in_other_letters_is_501(string method)
    {
        // What GET and QUERY have stored is not for it.
        Assert.Equal(200, (await fixture.Caching.SendAsync("GET /stored/m")).Status);
        Assert.Equal(200, (await fixture.Caching.QueryAsync("/stored/m", "q")).Status);
        var before = fixture.Origin.Count;

        foreach (var gateway in fixture.Both)
        {
            var response = await RawHttp.SendAsync(gateway.Port, $"{method} /stored/m", ["Content-Type: text/plain"], method.Equals("query", StringComparison.OrdinalIgnoreCase) ? "q" : null);
            Assert.Equal(501, response.Status);
            if (method is not "head") Assert.Equal("application/problem+json", response["Content-Type"]);

            var http2 = await Http2Client.SendAsync(gateway.H2cPort, [(":method", method), (":scheme", "http"), (":authority", "localhost"), (":path", "/stored/m")]);
            Assert.Equal((501, "application/problem+json"), (http2.Status, http2["content-type"]));
        }
        Assert.Equal(before, fixture.Origin.Count);
    }

    [Theory]
    [InlineData("propfind")]
    [InlineData("PROPFIND")]
    [InlineData("Propfind")]
    [InlineData("FOO")]
    [InlineData("foo")]
    [InlineData("PATCH")]
    [InlineData("GETS")]
    [InlineData("M-SEARCH")]
    public async Task Other_methods_are_forwarded_as_they_are(string method)
    {
        await fixture.DrainAsync();
        foreach (var gateway in fixture.Both)
        {
            Assert.Equal(200, (await gateway.SendAsync($"{method} /m")).Status);
            Assert.Equal($"{method} /m HTTP/1.1", (await fixture.Origin.NextRequestAsync()).RequestLine);

            Assert.Equal(200, (await Http2Client.SendAsync(gateway.H2cPort, [(":method", method), (":scheme", "http"), (":authority", "localhost"), (":path", "/m")])).Status);
            Assert.Equal($"{method} /m HTTP/1.1", (await fixture.Origin.NextRequestAsync()).RequestLine);
        }
    }
}
