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
}
