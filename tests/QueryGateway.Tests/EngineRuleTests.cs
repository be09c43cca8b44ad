using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>Rules of the engine, seen through the gateway.</summary>
public class EngineRuleTests
{
    public static TheoryData<string> RoutingHeaders => new(
        "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Scheme", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Server", "X-Host", "X-Original-URL", "X-Rewrite-URL", "X-Original-Host",
        "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override", "X-Forwarded-Protocol", "X-Forwarded-Ssl", "Front-End-Https", "X-Scheme", "X-Forwarded-Uri", "X-Original-PathBase", "X-Forwarded-Method");

    [Theory]
    [MemberData(nameof(RoutingHeaders))]
    public async Task A_request_that_tells_another_target_host_or_method_shares_with_none_that_does_not(string name)
    {
        await using var origin = Origin.Start(request => $"HTTP/1.1 301 Moved\nCache-Control: max-age=600\nLocation: http://{request[name] ?? "none"}/\nContent-Length: 0\n\n");
        await using var gateway = await RunningGateway.StartAsync(origin, "--h2c", "http://127.0.0.1:0");
        (string Name, string Value)[][] shapes = [[(name, "evil.test")], [(name.ToUpperInvariant(), "evil.test")], [(name.ToLowerInvariant(), "evil.test")], [(name, "evil.test"), (name, "b")], [(name, "")]];
        foreach (var (index, headers) in shapes.Index())
        {
            foreach (var method in (string[])["GET", "QUERY"])
            {
                var target = $"/{index}";
                string[] lines = ["Content-Type: text/plain", .. headers.Select(header => $"{header.Name}: {header.Value}")];
                var content = method is "QUERY" ? "q" : null;
                await RawHttp.SendAsync(gateway.Port, $"{method} {target}", lines, content);
                var before = origin.Count;
                Assert.Equal("http://none/", (await RawHttp.SendAsync(gateway.Port, $"{method} {target}", ["Content-Type: text/plain"], content))["Location"]);
                Assert.Equal(before + 1, origin.Count);

                // And the other way round.
                Assert.Equal($"http://{string.Join(", ", headers.Select(header => header.Value))}/", (await RawHttp.SendAsync(gateway.Port, $"{method} {target}", lines, content))["Location"]);
            }
            var http2 = $"/h2{index}";
            await Http2Client.GetAsync(gateway.H2cPort, http2, [.. headers.Select(header => (header.Name.ToLowerInvariant(), header.Value))]);
            Assert.Equal("http://none/", (await Http2Client.GetAsync(gateway.H2cPort, http2))["location"]);
        }
    }

    [Theory]
    [InlineData("GET", "max-age=600")]
    [InlineData("QUERY", "max-age=600")]
    [InlineData("GET", "max-age=600, must-revalidate")]
    [InlineData("QUERY", "max-age=600, must-revalidate")]
    public async Task A_credential_that_nobody_has_checked_opens_nothing_that_is_stored(string method, string cacheControl)
    {
        await using var origin = Origin.Start($"HTTP/1.1 200 OK\nCache-Control: {cacheControl}\nContent-Length: 2\n\nok", "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer\nContent-Length: 0\n\n");
        await using var gateway = await RunningGateway.StartAsync(origin);
        var statuses = new int[2];
        for (var i = 0; i < 2; i++)
            statuses[i] = (await RawHttp.SendAsync(gateway.Port, $"{method} /x", ["Authorization: Bearer A", "Content-Type: text/plain"], method is "QUERY" ? "q" : null)).Status;
        Assert.Equal([200, 401], statuses);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task A_417_of_the_origin_is_not_stored(string method)
    {
        await using var origin = Origin.Start("HTTP/1.1 417 Expectation Failed\nCache-Control: max-age=600\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
        await using var gateway = await RunningGateway.StartAsync(origin);
        Assert.Equal(417, (await gateway.AskAsync(method, "/x")).Status);
        Assert.Equal(200, (await gateway.AskAsync(method, "/x")).Status);
    }

    [Theory]
    [InlineData("q")]
    [InlineData("")]
    public async Task A_QUERY_without_Content_Type_is_forwarded_and_not_stored(string content)
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nCache-Control: max-age=600\nContent-Length: 2\n\nok");
        await using var gateway = await RunningGateway.StartAsync(origin);
        for (var i = 0; i < 2; i++) Assert.Equal("ok", (await RawHttp.SendAsync(gateway.Port, "QUERY /x", [], content)).ContentText);
        Assert.Equal(2, origin.Count);
    }

    [Theory]
    [InlineData("a.test", "A.test")]
    [InlineData("a.test", "a.test:80")]
    [InlineData("xn--bcher-kva.test", "XN--BCHER-KVA.test")]
    public async Task Hosts_that_are_forwarded_differently_do_not_share(string first, string second)
    {
        await using var origin = Origin.Start(request => $"HTTP/1.1 200 OK\nCache-Control: max-age=600\nContent-Length: {request["Host"]!.Length}\n\n{request["Host"]}");
        await using var gateway = await RunningGateway.StartAsync(origin);
        foreach (var host in (string[])[first, second]) Assert.Equal(host, (await RawHttp.SendAsync(gateway.Port, "GET /x", [], host: host)).ContentText);
    }

    [Theory]
    [InlineData("Upgrade: x")]
    [InlineData("Upgrade: websocket", "Connection: Upgrade")]
    public async Task A_GET_with_content_has_its_own_connection_whatever_it_wants_to_upgrade_to(params string[] lines)
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
        await using var gateway = await RunningGateway.StartAsync(origin);
        await RawHttp.SendAsync(gateway.Port, "GET /u", [.. lines, "Content-Type: text/plain"], "DELETE /admin HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("close", (await origin.NextRequestAsync())["Connection"]);
    }

    [Theory]
    [InlineData("POST", 1)]
    [InlineData("PATCH", 1)]
    [InlineData("FOO", 1)]
    public async Task A_request_that_is_not_idempotent_is_sent_once(string method, int expected)
    {
        await using var origin = Origin.Start(Array.Empty<string>());
        await using var gateway = await RunningGateway.StartAsync(origin);
        var response = await RawHttp.SendAsync(gateway.Port, $"{method} /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.Equal((502, expected), (response.Status, origin.Count));
    }
}
