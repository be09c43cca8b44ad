using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.SharedCache;

/// <summary>A client that sends, reads and leaves when the test says so.</summary>
internal sealed class SlowClient : IDisposable
{
    // The operating system takes megabytes by default: a client that reads nothing would not be noticed.
    private const int BufferSize = 8 * 1024;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = BufferSize };

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    /// <summary>Lets the server notice soon that a client does not read.</summary>
    public static void UseSmallBuffers(WebApplicationBuilder builder) => builder.Services.Configure<SocketTransportOptions>(options => options.CreateBoundListenSocket = endpoint =>
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        socket.SendBufferSize = BufferSize;
        return socket;
    });

    /// <summary>Connects, and sends the head of a request.</summary>
    public static async Task<SlowClient> StartAsync(int port, string requestLine, params string[] fields)
    {
        var client = new SlowClient();
        await client._socket.ConnectAsync(IPAddress.Loopback, port, Test);
        string[] lines = [$"{requestLine} HTTP/1.1", "Host: localhost", "Connection: close", .. fields];
        await client.SendAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n"));
        return client;
    }

    /// <summary>Sends a part of the content.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> octets)
    {
        while (!octets.IsEmpty) octets = octets[await _socket.SendAsync(octets, Test)..];
    }

    /// <summary>Reads until the server closes.</summary>
    public async Task<RawResponse> ReadAsync()
    {
        using var received = new MemoryStream();
        await using var stream = new NetworkStream(_socket);
        await stream.CopyToAsync(received, Test);
        return RawResponse.Parse(received.ToArray());
    }

    /// <summary>Leaves without a word.</summary>
    public void Dispose()
    {
        _socket.LingerState = new(true, 0);
        _socket.Dispose();
    }
}
