using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace HttpQuery.Tests.Shared;

/// <summary>An HTTP/1.1 server on loopback that keeps the exact octets it was sent and answers with those it was given.</summary>
/// <remarks>The n-th request gets the n-th response; a request beyond the last one gets none. Connections stay open until the server
/// is disposed, so an answer may be a beginning only.</remarks>
internal sealed partial class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<string> _requests = Channel.CreateUnbounded<string>();
    private readonly Queue<string> _responses;
    private readonly Task _accepting;

    private RawServer(IEnumerable<string> responses)
    {
        _responses = new(responses);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Starts a server with the texts of its responses; every line end is sent as CRLF.</summary>
    public static RawServer Start(params string[] responses) => new(responses.Select(response => response.ReplaceLineEndings("\r\n")));

    /// <summary>The URI of <paramref name="target"/> on this server.</summary>
    public Uri Uri(string target) => new($"http://localhost:{Port}{target}");

    /// <summary>The next request as it came, each octet one char, LF for CRLF, the port in <c>Host</c> written as <c>{port}</c>.</summary>
    public async Task<string> NextRequestAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var request = await _requests.Reader.ReadAsync(patience.Token);
        return request.Replace($":{Port}\r\n", ":{port}\r\n", StringComparison.Ordinal).Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
        }
        // InvalidOperationException: Accept was called when Stop had been.
        catch (Exception stopped) when (_stopping.IsCancellationRequested && stopped is OperationCanceledException or SocketException or InvalidOperationException) { }
        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using var client = connection;
        var received = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            // InvalidOperationException: the client has gone already.
            var stream = client.GetStream();
            while (await stream.ReadAsync(buffer, _stopping.Token) is > 0 and var octets)
            {
                received.Append(Encoding.Latin1.GetString(buffer, 0, octets));
                if (!IsWhole(received.ToString())) continue;
                _requests.Writer.TryWrite(received.ToString());
                received.Clear();
                if (_responses.TryDequeue(out var response)) await stream.WriteAsync(Encoding.Latin1.GetBytes(response), _stopping.Token);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or InvalidOperationException) { }
    }

    private static bool IsWhole(string request)
    {
        var head = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0) return false;
        var length = ContentLength().Match(request, 0, head + 2);
        if (length.Success) return request.Length - head - 4 >= int.Parse(length.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return !Chunked().IsMatch(request[..(head + 2)]) || request.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\r\nContent-Length: (\d+)\r\n", RegexOptions.IgnoreCase)]
    private static partial Regex ContentLength();

    [GeneratedRegex(@"\r\nTransfer-Encoding: chunked\r\n", RegexOptions.IgnoreCase)]
    private static partial Regex Chunked();
}
