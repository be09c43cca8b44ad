using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting;
using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>Connections that become others, and those that end while a request is under way.</summary>
public class ConnectionTests
{
    [Fact]
    public async Task WebSockets_pass()
    {
        await using var origin = Origin.Start(async (request, stream) =>
        {
            await stream.WriteAsync(Origin.Octets($"HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: {request["Upgrade"]}\n\nhello"));
            return true;
        });
        await using var gateway = await RunningGateway.StartAsync(origin);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, gateway.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();

        await stream.WriteAsync(Origin.Octets("GET /ws HTTP/1.1\nHost: localhost\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\nSec-WebSocket-Version: 13\n\n"), TestContext.Current.CancellationToken);

        var received = new StringBuilder();
        var buffer = new byte[4096];
        while (!received.ToString().EndsWith("\r\n\r\nhello", StringComparison.Ordinal))
        {
            var count = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, count);
            received.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", received.ToString(), StringComparison.Ordinal);
        Assert.Contains("Upgrade: websocket\r\n", received.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_that_would_upgrade_stays_a_query()
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nContent-Length: 0\n\n");
        await using var gateway = await RunningGateway.StartAsync(origin, "--no-cache");

        await RawHttp.SendAsync(gateway.Port, "QUERY /x HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n");

        Assert.Equal("QUERY /x HTTP/1.1", (await origin.NextRequestAsync()).RequestLine);
    }

    [Fact]
    public async Task A_request_under_way_is_answered_before_the_gateway_stops()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = Origin.Start(async (_, stream) =>
        {
            await release.Task;
            await stream.WriteAsync(Origin.Octets("HTTP/1.1 200 OK\nContent-Length: 2\n\nok"));
            return true;
        });
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", "http://127.0.0.1:0");
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.App.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        var port = gateway.Port;
        Assert.Equal(200, (await gateway.ManageAsync("GET /health", [])).Status);

        var answer = gateway.QueryAsync("/x", "q");
        await origin.NextRequestAsync();
        var stopped = gateway.App.StopAsync(TestContext.Current.CancellationToken);
        await stopping.Task;
        Assert.Equal(503, (await gateway.ManageAsync("GET /health", [])).Status);
        Assert.False(stopped.IsCompleted);
        release.SetResult();

        Assert.Equal("ok", (await answer).ContentText);
        await stopped;
        await Assert.ThrowsAnyAsync<SocketException>(() => RawHttp.SendAsync(port, "GET /x", []));
    }

    // The gateway's writes fail at some point, because the origin closes with content unread.
    [Theory]
    [InlineData("POST", "--no-cache")]
    [InlineData("PUT", "--no-cache")]
    [InlineData("QUERY", "--no-cache")]
    [InlineData("POST", "--no-cache=false")]
    [InlineData("PUT", "--no-cache=false")]
    [InlineData("QUERY", "--no-cache=false")]
    public async Task An_answer_that_comes_before_the_content_is_read_reaches_the_client(string method, string cache)
    {
        await using var origin = Origin.Start(async (request, stream) =>
        {
            var isFirst = request.RequestLine.StartsWith("GET ", StringComparison.Ordinal);
            await stream.WriteAsync(Origin.Octets(isFirst ? "HTTP/1.1 200 OK\nContent-Length: 0\n\n" : "HTTP/1.1 413 Content Too Large\nContent-Length: 7\n\nno more"));
            return isFirst;
        }, readsContent: false);
        await using var gateway = await RunningGateway.StartAsync(origin, cache);
        var content = new string('x', 8 << 20);
        for (var i = 0; i < 5; i++)
        {
            // On a new connection, and on one that is used again.
            if (i % 2 == 1) Assert.Equal(200, (await gateway.SendAsync("GET /")).Status);
            var response = await RawHttp.SendAsync(gateway.Port, $"{method} /x", ["Content-Type: text/plain"], content);
            Assert.Equal((413, "no more"), (response.Status, response.ContentText));
        }
        Assert.Equal(200, (await gateway.SendAsync("GET /")).Status);
    }

    [Fact]
    public async Task An_origin_that_closes_while_content_comes_and_says_nothing_is_502()
    {
        await using var origin = Origin.Start((_, _) => Task.FromResult(false), readsContent: false);
        await using var gateway = await RunningGateway.StartAsync(origin);
        Assert.Equal(502, (await RawHttp.SendAsync(gateway.Port, "POST /x", ["Content-Type: text/plain"], new string('x', 8 << 20))).Status);
    }

    [Fact]
    public async Task Connections_have_a_limit()
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nContent-Length: 0\n\n");
        await using var gateway = await RunningGateway.StartAsync(origin, "--maximum-connections", "2");
        using var first = await KeepAsync(gateway.Port);
        using (await KeepAsync(gateway.Port))
        {
            await Assert.ThrowsAsync<IOException>(() => KeepAsync(gateway.Port));
        }

        // The gateway sees in its own time that there is room again.
        while (true)
        {
            try
            {
                using (await KeepAsync(gateway.Port)) return;
            }
            catch (IOException)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }

        static async Task<TcpClient> KeepAsync(int port)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(Origin.Octets("GET / HTTP/1.1\nHost: localhost\n\n"), TestContext.Current.CancellationToken);
            if (await client.GetStream().ReadAsync(new byte[4096], TestContext.Current.CancellationToken) > 0) return client;
            client.Dispose();
            throw new IOException("The gateway has closed the connection.");
        }
    }

    [Theory]
    [InlineData(31_000, 1_000, 200)]
    [InlineData(33_000, 1_000, 431)]
    [InlineData(1_000, 63_000, 200)]
    [InlineData(1_000, 66_000, 502)]
    public async Task Headers_have_limits_in_both_directions(int request, int response, int status)
    {
        await using var origin = Origin.Start(_ => $"HTTP/1.1 200 OK\nX: {new string('x', response)}\nContent-Length: 0\n\n");
        await using var gateway = await RunningGateway.StartAsync(origin);
        Assert.Equal(status, (await gateway.SendAsync("GET /", $"X: {new string('x', request)}")).Status);
    }

    [Fact]
    public async Task Connections_to_the_management_address_have_a_limit()
    {
        await using var origin = Origin.Start(_ => "");
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", "http://127.0.0.1:0");
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i < QueryGateway.Management.ManagementServer.MaximumConnections; i++)
            {
                var client = new TcpClient();
                clients.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, gateway.ManagementPort, TestContext.Current.CancellationToken);
                await client.GetStream().WriteAsync(Origin.Octets($"GET /health HTTP/1.1\nHost: localhost:{gateway.ManagementPort}\n\n"), TestContext.Current.CancellationToken);
                Assert.NotEqual(0, await client.GetStream().ReadAsync(new byte[4096], TestContext.Current.CancellationToken));
            }
            await Assert.ThrowsAnyAsync<Exception>(() => gateway.ManageAsync("GET /health", []));
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
    }
}
