using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>An HTTP/1.1 origin on loopback. It counts requests. A test gives the responses as a function, or byte by byte.</summary>
internal sealed class Origin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<Exchange> _exchanges = Channel.CreateUnbounded<Exchange>();
    private readonly Func<string, string>? _respond;
    private readonly Task _accepting;
    private int _count;

    private Origin(Func<string, string>? respond)
    {
        _respond = respond;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>The number of requests received.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Starts an origin whose test sends each response itself.</summary>
    public static Origin Start() => new(null);

    /// <summary>Starts an origin that computes each response from the text of the request. Line ends are sent as CRLF. For an empty
    /// response, the connection is closed.</summary>
    public static Origin Start(Func<string, string> respond) => new(respond);

    /// <summary>Starts an origin that sends the n-th response to the n-th request, and the last one to all later requests.</summary>
    public static Origin Start(params string[] responses)
    {
        var next = -1;
        return new(_ => responses[Math.Min(Interlocked.Increment(ref next), responses.Length - 1)]);
    }

    /// <summary>A 200 response with text, its length, and further headers.</summary>
    public static string Ok(string content, params string[] fields) => Response("200 OK", content, fields);

    public static string Response(string status, string content, params string[] fields) =>
        $"HTTP/1.1 {status}\n{string.Concat(fields.Select(field => field + "\n"))}Content-Length: {content.Length}\n\n{content}";

    public Uri Uri(string target) => new($"http://localhost:{Port}{target}");

    /// <summary>Returns the next request, in order of arrival.</summary>
    public async Task<Exchange> NextAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await _exchanges.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>Returns all requests until the origin stops.</summary>
    public IAsyncEnumerable<Exchange> AllAsync() => _exchanges.Reader.ReadAllAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _exchanges.Writer.TryComplete();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
        }
        // Accept after Stop throws InvalidOperationException, the base of ObjectDisposedException.
        catch (Exception stopped) when (_stopping.IsCancellationRequested && stopped is OperationCanceledException or SocketException or InvalidOperationException) { }
        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using var client = connection;
        client.NoDelay = true;
        var received = new List<byte>();
        var buffer = new byte[64 * 1024];
        try
        {
            while (await client.GetStream().ReadAsync(buffer, _stopping.Token) is > 0 and var bytes)
            {
                received.AddRange(buffer.AsSpan(0, bytes));
                if (!IsWhole(received)) continue;
                var exchange = new Exchange(client, Encoding.Latin1.GetString([.. received]).Replace("\r\n", "\n", StringComparison.Ordinal));
                received.Clear();
                Interlocked.Increment(ref _count);
                var response = _respond?.Invoke(exchange.Request);
                if (response is { Length: > 0 }) await exchange.SendAsync(response);
                if (response is { Length: 0 }) exchange.Close();
                _exchanges.Writer.TryWrite(exchange);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException) { }
    }

    private static bool IsWhole(List<byte> received)
    {
        var bytes = received.ToArray().AsSpan();
        var head = bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;
        var fields = Encoding.Latin1.GetString(bytes[..(head + 2)]);
        if (fields.Contains("\r\nTransfer-Encoding: chunked\r\n", StringComparison.OrdinalIgnoreCase)) return bytes.EndsWith("\r\n0\r\n\r\n"u8);
        var length = fields.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        return length is null || bytes.Length - head - 4 >= int.Parse(length[16..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>One request, and the connection for its response.</summary>
    internal sealed class Exchange(TcpClient connection, string request)
    {
        /// <summary>The text of the request: one char per byte, LF for CRLF.</summary>
        public string Request => request;

        /// <summary>Sends a part of the response. Line ends are sent as CRLF.</summary>
        public async Task SendAsync(string text) => await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n")));

        /// <summary>Sends bytes unchanged.</summary>
        public async Task SendAsync(byte[] bytes) => await connection.GetStream().WriteAsync(bytes);

        public void Close() => connection.Close();
    }
}
