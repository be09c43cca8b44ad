using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HttpQuery.Tests.Shared;

/// <summary>Sends octets to a server on loopback and reads the octets that come back: nothing between the test and the wire.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends <paramref name="request"/> (each char one octet) and reads until the server closes.</summary>
    public static Task<RawResponse> SendAsync(int port, string request) => SendAsync(port, Encoding.Latin1.GetBytes(request));

    /// <summary>Sends one request with <c>Connection: close</c>, a <c>Host</c>, and <c>Content-Length</c> where content is given.</summary>
    /// <param name="port">The server's port on 127.0.0.1.</param>
    /// <param name="requestLine">Method and target, for example <c>QUERY /rfcs</c>.</param>
    /// <param name="fields">Further field lines, each <c>Name: value</c>.</param>
    /// <param name="content">Content as UTF-8; <see langword="null"/> sends none and no length.</param>
    /// <param name="host">Value of the <c>Host</c> field.</param>
    public static Task<RawResponse> SendAsync(int port, string requestLine, string[] fields, string? content = null, string host = "localhost")
    {
        var octets = content is null ? null : Encoding.UTF8.GetBytes(content);
        var head = new StringBuilder($"{requestLine} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        foreach (var field in fields) head.Append(field).Append("\r\n");
        if (octets is not null) head.Append($"Content-Length: {octets.Length}\r\n");
        head.Append("\r\n");
        return SendAsync(port, [.. Encoding.Latin1.GetBytes(head.ToString()), .. octets ?? []]);
    }

    /// <summary>Sends <paramref name="request"/> and reads until the server closes the connection.</summary>
    public static async Task<RawResponse> SendAsync(int port, byte[] request)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, patience.Token);
        var stream = socket.GetStream();

        // The server may answer and close before it has taken all of a large request; the answer still counts.
        var sending = Task.Run(async () =>
        {
            try { await stream.WriteAsync(request, patience.Token); }
            catch (IOException) { }
        }, patience.Token);

        using var received = new MemoryStream();
        try { await stream.CopyToAsync(received, patience.Token); }
        catch (IOException) when (received.Length > 0) { }
        await sending;
        return RawResponse.Parse(received.ToArray());
    }
}
