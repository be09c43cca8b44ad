using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>Connection cannot name what is for the whole way (RFC 9110 §7.6.1).</summary>
public sealed class HopByHopTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("Cache-Control: private, max-age=600")]
    [InlineData("Cache-Control: no-store")]
    [InlineData("CDN-Cache-Control: no-store")]
    [InlineData("Set-Cookie: a=b")]
    [InlineData("Vary: *")]
    [InlineData("Expires: 0")]
    [InlineData("Age: 700")]
    public async Task A_response_that_must_not_be_shared_is_not(string header)
    {
        foreach (var option in (string[])[header.Split(':')[0], header.Split(':')[0].ToUpperInvariant(), $"close, x,\t{header.Split(':')[0].ToLowerInvariant()} "])
        {
            // Expires alone has a lifetime of nothing; the others take one away.
            var lifetime = header.StartsWith("Cache-Control", StringComparison.Ordinal) || header.StartsWith("Expires", StringComparison.Ordinal) ? "Last-Modified: Sun, 01 Jan 2023 00:00:00 GMT\n" : "Cache-Control: max-age=600\n";
            await using var origin = Origin.Start(_ => $"HTTP/1.1 200 OK\nConnection: {option}\n{lifetime}{header}\nContent-Length: 2\n\nok");
            await using var gateway = await RunningGateway.StartAsync(origin);

            for (var i = 0; i < 2; i++) Assert.Equal(header.Split(": ")[1], (await gateway.SendAsync("GET /x"))[header.Split(':')[0]]);

            Assert.Equal(2, origin.Count);
        }
    }

    [Fact]
    public async Task Known_headers_of_a_response_stay_and_others_go()
    {
        string[] kept = ["Pragma: a", "Surrogate-Control: a", "ETag: \"a\"", "Last-Modified: a", "Content-Type: text/plain", "Content-Encoding: gzip", "Content-Language: de", "Content-Location: /a", "Location: /a", "WWW-Authenticate: Basic realm=a", "Cache-Groups: \"a\"", "Cache-Group-Invalidation: \"a\"", "Warning: 199 a", "Date: a", "Retry-After: 1", "Link: </a>", "Accept-Ranges: bytes", "Access-Control-Allow-Origin: *", "Content-Security-Policy: a", "Strict-Transport-Security: a"];
        await using var origin = Origin.Start(_ => $"HTTP/1.1 200 OK\nConnection: X-Hop\nConnection: {string.Join(',', kept.Select(header => header.Split(':')[0]))}, content-length\nX-Hop: 1\n{string.Join('\n', kept)}\nContent-Length: 2\n\nok");
        await using var gateway = await RunningGateway.StartAsync(origin, "--no-cache");

        var response = await gateway.SendAsync("GET /x");

        Assert.Equal("ok", response.ContentText);
        Assert.Null(response["X-Hop"]);
        foreach (var header in kept) Assert.Equal(header.Split(": ")[1], response[header.Split(':')[0]]);
    }

    [Fact]
    public async Task Known_headers_of_a_request_stay_and_others_go()
    {
        string[] kept = ["Authorization: Basic YTpi", "Cookie: a=b", "Content-Type: text/plain", "Content-Encoding: gzip", "Cache-Control: no-cache", "If-None-Match: \"a\"", "Range: bytes=0-", "Accept: a/b", "Accept-Language: de", "Origin: http://a", "Forwarded: for=a", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: a", "X-HTTP-Method-Override: DELETE", "X-Real-IP: 1.2.3.4", "User-Agent: a", "Sec-Fetch-Site: none"];
        foreach (var gateway in fixture.Both)
        {
            await RawHttp.SendAsync(gateway.Port, $"QUERY /x HTTP/1.1\r\nHost: localhost\r\nConnection: X-Hop, host, content-length, {string.Join(',', kept.Select(header => header.Split(':')[0]))}\r\nX-Hop: 1\r\nContent-Length: 1\r\n{string.Join("\r\n", kept)}\r\n\r\nq"
                + "GET /y HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

            var request = await fixture.Origin.NextRequestAsync();
            Assert.Equal("q"u8.ToArray(), request.Content);
            Assert.Equal("localhost", request["Host"]);
            Assert.Null(request["X-Hop"]);
            foreach (var header in kept) Assert.Equal(header.Split(": ")[1], request[header.Split(':')[0]]);
            await fixture.Origin.NextRequestAsync();
        }
    }

    // Kestrel forgets what Connection names beside close: the header passes then, and is looked up as it passes.
    [Theory]
    [InlineData("Connection: X-Hop, close", true)]
    [InlineData("Connection: X-Hop", false)]
    public async Task The_cache_sees_what_the_origin_receives(string connection, bool isForwarded)
    {
        await using var origin = Origin.Start(request => $"HTTP/1.1 200 OK\nCache-Control: max-age=600\nVary: X-Hop\nContent-Length: 2\n\n{request["X-Hop"] ?? "--"}");
        await using var gateway = await RunningGateway.StartAsync(origin);
        var end = isForwarded ? "" : "GET /y HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

        var response = await RawHttp.SendAsync(gateway.Port, $"GET /x HTTP/1.1\r\nHost: localhost\r\n{connection}\r\nX-Hop: de\r\n\r\n{end}");

        Assert.Equal(isForwarded ? "de" : "--", response.ContentText[..2]);
        Assert.Equal("--", (await gateway.SendAsync("GET /x")).ContentText);
        Assert.Equal("de", (await gateway.SendAsync("GET /x", "X-Hop: de")).ContentText);
    }
}
