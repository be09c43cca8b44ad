using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>Fields of one connection end at the gateway, the others pass, and Via is all that is added (RFC 9110 §7.6).</summary>
public class FieldTests
{
    private const string Ok = "HTTP/1.1 200 OK\nContent-Length: 0\n\n";

    [Theory]
    [InlineData("--no-cache=false")]
    [InlineData("--no-cache")]
    public async Task A_request_comes_with_its_own_fields_and_Via(string cache)
    {
        await using var origin = Origin.Start(_ => Ok);
        await using var gateway = await RunningGateway.StartAsync(origin, cache);

        // The connection is closed after a second request: Kestrel keeps nothing of a Connection field but close, where that is in it.
        await RawHttp.SendAsync(gateway.Port,
            "QUERY /x?y HTTP/1.1\r\nHost: api.example:8443\r\nConnection: X-Hop, te,,content-length\r\nX-Hop: 1\r\nTE: trailers\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\n"
            + "Content-Type: text/plain\r\nContent-Length: 1\r\nAccept: a/b;q=0.5, c/d\r\nCookie: a=b; c=d\r\nUser-Agent: test\r\nVia: 1.0 fred\r\nForwarded: for=1.2.3.4\r\n"
            + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=1\r\nbaggage: b=2\r\nUpgrade-Insecure-Requests: 1\r\nX-Latin: caf\u00E9\r\nX-Empty:\r\nX-Two: 1\r\nX-Two: 2\r\n\r\nq"
            + "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        var request = await origin.NextRequestAsync();
        Assert.Equal("q"u8.ToArray(), request.Content);
        Assert.Equal(
            """
            QUERY /x?y HTTP/1.1
            Accept: a/b;q=0.5, c/d
            baggage: b=2
            Content-Length: 1
            Content-Type: text/plain
            Cookie: a=b; c=d
            Forwarded: for=1.2.3.4
            Host: api.example:8443
            traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
            tracestate: a=1
            Upgrade-Insecure-Requests: 1
            User-Agent: test
            Via: 1.0 fred, 1.1 QueryGateway
            X-Empty: 
            X-Latin: café
            X-Two: 1, 2
            """.ReplaceLineEndings("\n"), Sorted(request.Head));
    }

    [Theory]
    [InlineData("--no-cache=false")]
    [InlineData("--no-cache")]
    public async Task A_bare_GET_gets_nothing_but_Via(string cache)
    {
        await using var origin = Origin.Start(_ => Ok);
        await using var gateway = await RunningGateway.StartAsync(origin, cache);

        await gateway.SendAsync("GET /x");

        Assert.Equal("GET /x HTTP/1.1\nHost: localhost\nVia: 1.1 QueryGateway\n", (await origin.NextRequestAsync()).Head);
    }

    [Fact]
    public async Task A_response_comes_with_its_own_fields_and_Via()
    {
        await using var origin = Origin.Start(_ =>
            "HTTP/1.1 203 Fine\nDate: Sun, 01 Jan 2023 00:00:00 GMT\nServer: old\nConnection: X-Hop, keep-alive\nX-Hop: 1\nKeep-Alive: timeout=5\nProxy-Connection: x\nVia: 1.0 fred\n"
            + "Content-Type: text/plain\nSet-Cookie: a=b\nSet-Cookie: c=d\nX-Latin: caf\u00E9\nContent-Encoding: gzip\nLocation: /elsewhere\nContent-Length: 2\n\nok");
        await using var gateway = await RunningGateway.StartAsync(origin, "--no-cache");

        var response = await gateway.SendAsync("GET /x");

        Assert.Equal("ok", response.ContentText);
        Assert.Equal(
            """
            HTTP/1.1 203 Fine
            Connection: close
            Content-Encoding: gzip
            Content-Length: 2
            Content-Type: text/plain
            Date: Sun, 01 Jan 2023 00:00:00 GMT
            Location: /elsewhere
            Server: old
            Set-Cookie: a=b
            Set-Cookie: c=d
            Via: 1.0 fred, 1.1 QueryGateway
            X-Latin: café
            """.ReplaceLineEndings("\n"), Sorted(response.Text[..(response.Text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2)].ReplaceLineEndings("\n")));
    }

    [Fact]
    public async Task A_redirect_is_the_clients_to_follow()
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 303 See Other\nLocation: /there\nContent-Length: 0\n\n");
        await using var gateway = await RunningGateway.StartAsync(origin);

        var response = await gateway.QueryAsync("/x", "q");

        Assert.Equal(303, response.Status);
        Assert.Equal("/there", response["Location"]);
        Assert.Equal(1, origin.Count);
    }

    [Theory]
    [InlineData("GET", "--no-cache=false")]
    [InlineData("QUERY", "--no-cache=false")]
    [InlineData("QUERY", "--no-cache")]
    public async Task Interim_responses_do_no_harm(string method, string cache)
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 103 Early Hints\nLink: </style.css>\n\nHTTP/1.1 102 Processing\n\nHTTP/1.1 200 OK\nCache-Control: max-age=60\nContent-Length: 2\n\nok");
        await using var gateway = await RunningGateway.StartAsync(origin, cache);

        for (var i = 0; i < 2; i++)
        {
            var response = await gateway.AskAsync(method, "/x");
            Assert.Equal(200, response.Status);
            Assert.Equal("ok", response.ContentText);
            Assert.Null(response["Link"]);
        }
        Assert.Equal(cache is "--no-cache" ? 2 : 1, origin.Count);
    }

    [Fact]
    public async Task The_version_in_Via_is_that_of_the_received_message()
    {
        await using var origin = Origin.Start(_ => Ok);
        await using var gateway = await RunningGateway.StartAsync(origin, "--h2c", "http://127.0.0.1:0");
        using var client = gateway.Client(http2: true);

        using var response = await client.GetAsync(new Uri("/x", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal("2 QueryGateway", (await origin.NextRequestAsync())["Via"]);
        Assert.Equal("1.1 QueryGateway", string.Join(", ", response.Headers.GetValues("Via")));
    }

    private static string Sorted(string head)
    {
        var lines = head.TrimEnd('\n').Split('\n');
        return string.Join('\n', [lines[0], .. lines.Skip(1).Order(StringComparer.OrdinalIgnoreCase)]);
    }
}
