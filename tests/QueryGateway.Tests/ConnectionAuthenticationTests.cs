using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>An origin that authenticates a connection takes every later request on it for the same user's; so there is none.</summary>
public sealed class ConnectionAuthenticationTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("NTLM TlRMTVNTUAADAAAA")]
    [InlineData("Negotiate YIIZ+gYGKwYBBQUC")]
    [InlineData("negotiate YIIZ")]
    [InlineData("Kerberos YIIZ")]
    [InlineData("Unheard-of a=b")]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Bearer")]
    [InlineData("\"Basic\" abc")]
    [InlineData("Basic,Negotiate abc")]
    [InlineData("Basic abc, Negotiate YIIZ")]
    [InlineData("Digest a=\"b, Negotiate YIIZ")]
    [InlineData("Basic abc", "Basic def")]
    [InlineData("Basic abc", "NTLM def")]
    public async Task Other_credentials_get_a_connection_of_their_own(params string[] credentials)
    {
        foreach (var gateway in fixture.Both)
        {
            var first = await ConnectionOfAsync(gateway);

            await gateway.SendAsync("GET /x", [.. credentials.Select(line => $"Authorization: {line}")]);
            var authenticated = await fixture.Origin.NextRequestAsync();
            Assert.Equal(string.Join(", ", credentials), authenticated["Authorization"]);
            Assert.Equal("close", authenticated["Connection"]);
            Assert.NotEqual(first, authenticated.Connection);

            // The origin has ignored close.
            Assert.Equal(first, await ConnectionOfAsync(gateway));
        }
    }

    [Theory]
    [InlineData("Basic YTpi")]
    [InlineData("bearer abc.def-ghi")]
    [InlineData("Digest username=\"a, b\", realm = \"c\", nc=00000001")]
    [InlineData("DPoP abc")]
    [InlineData("AWS4-HMAC-SHA256 Credential=A/20260101/eu/s3/aws4_request, SignedHeaders=host;range, Signature=fe5f80")]
    [InlineData("Token token=abc")]
    [InlineData("ApiKey abc")]
    public async Task Credentials_of_a_request_share_connections(string credentials)
    {
        var first = await ConnectionOfAsync(fixture.Forwarding);

        await fixture.Forwarding.SendAsync("GET /x", $"Authorization: {credentials}");

        var authenticated = await fixture.Origin.NextRequestAsync();
        Assert.Equal(first, authenticated.Connection);
        Assert.Null(authenticated["Connection"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_connection_is_not_used_again_where_the_origin_refuses_the_credentials_or_the_upgrade(bool isUpgrade)
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: NTLM TlRM\nConnection: keep-alive\nContent-Length: 2\n\nno");
        await using var gateway = await RunningGateway.StartAsync(origin);
        var upgrade = isUpgrade ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n" : "";

        await RawHttp.SendAsync(gateway.Port, $"GET /x HTTP/1.1\r\nHost: localhost\r\nAuthorization: NTLM abc\r\n{upgrade}\r\nGET /y HTTP/1.1\r\nHost: localhost\r\nAuthorization: NTLM def\r\nConnection: close\r\n\r\n");
        await gateway.SendAsync("GET /z");

        int[] connections = [(await origin.NextRequestAsync()).Connection, (await origin.NextRequestAsync()).Connection, (await origin.NextRequestAsync()).Connection];
        Assert.Equal([1, 2, 3], connections);
    }

    [Fact]
    public async Task The_same_over_HTTP_2()
    {
        var first = await ConnectionOfAsync(fixture.Forwarding);

        await Http2Client.GetAsync(fixture.Forwarding.H2cPort, "/x", ("authorization", "Negotiate YIIZ"));

        Assert.NotEqual(first, (await fixture.Origin.NextRequestAsync()).Connection);
        Assert.Equal(first, await ConnectionOfAsync(fixture.Forwarding));
    }

    [Theory]
    [InlineData("Negotiate", null)]
    [InlineData("ntlm", null)]
    [InlineData("NTLM TlRMTVNTUAACAAAA==", null)]
    [InlineData("Negotiate, Basic realm=\"x\"", "Basic realm=\"x\"")]
    [InlineData("Basic realm=\"x\", charset=\"UTF-8\", Negotiate", "Basic realm=\"x\", charset=\"UTF-8\"")]
    [InlineData("Negotiate a=b, c=d, Bearer scope=\"e, NTLM\", f = g, NTLM, Kerberos realm=x, Nego2", "Bearer scope=\"e, NTLM\", f = g")]
    [InlineData("Basic realm=\"a \\\" , Negotiate\"", "Basic realm=\"a \\\" , Negotiate\"")]
    [InlineData(",,Negotiate,,Basic realm=x,", "Basic realm=x")]
    [InlineData("Basic realm=\"x, Negotiate", null)]
    [InlineData("Basic realm=\"x", "Basic realm=\"x")]
    [InlineData("Bearer", "Bearer")]
    public async Task Challenges_that_would_authenticate_a_connection_are_removed(string challenges, string? rest)
    {
        await using var origin = Origin.Start(_ => $"HTTP/1.1 401 Unauthorized\nPersistent-Auth: true\nWWW-Authenticate: {challenges}\nWWW-Authenticate: NTLM\nProxy-Authenticate: {challenges}\nContent-Length: 0\n\n");
        await using var gateway = await RunningGateway.StartAsync(origin);

        var response = await gateway.SendAsync("GET /x");

        Assert.Equal(401, response.Status);
        Assert.Equal(rest, response["WWW-Authenticate"]);
        Assert.Null(response["Proxy-Authenticate"]);
        Assert.Null(response["Persistent-Auth"]);
    }

    private async Task<int> ConnectionOfAsync(RunningGateway gateway)
    {
        await gateway.SendAsync("GET /x");
        return (await fixture.Origin.NextRequestAsync()).Connection;
    }
}
