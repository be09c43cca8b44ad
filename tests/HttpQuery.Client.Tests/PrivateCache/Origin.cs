using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>An HTTP/1.1 origin on loopback. It counts requests, and answers as the test says: by a function, or octet by octet.</summary>
internal sealed class Origin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<Exchange> _exchanges = Channel.CreateUnbounded<Exchange>();
    private readonly Func<string, string>? _answer;
    private readonly Task _accepting;
    private int _count;

    private Origin(Func<string, string>? answer)
    {
        _answer = answer;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>The requests that have come.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Starts an origin that the test answers for, request by request.</summary>
    public static Origin Start() => new(null);

    /// <summary>Starts an origin that answers each request by its text; every line end is sent as CRLF.</summary>
    public static Origin Start(Func<string, string> answer) => new(answer);

    /// <summary>Starts an origin that gives the n-th request the n-th response, and the last one to all that follow.</summary>
    public static Origin Start(params string[] responses)
    {
        var next = -1;
        return new(_ => responses[Math.Min(Interlocked.Increment(ref next), responses.Length - 1)]);
    }

    /// <summary>A 200 with text, its length, and further fields.</summary>
    public static string Ok(string content, params string[] fields) => Response("200 OK", content, fields);

    public static string Response(string status, string content, params string[] fields) =>
        $"HTTP/1.1 {status}\n{string.Concat(fields.Select(field => field + "\n"))}Content-Length: {content.Length}\n\n{content}";

    public Uri Uri(string target) => new($"http://localhost:{Port}{target}");

    /// <summary>The next request that has come, in order of arrival.</summary>
    public async Task<Exchange> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await _exchanges.Reader.ReadAsync(patience.Token);
    }

    /// <summary>All requests that come, until the origin stops.</summary>
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
        // InvalidOperationException: Accept was called when Stop had been; ObjectDisposedException is one.
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
            while (await client.GetStream().ReadAsync(buffer, _stopping.Token) is > 0 and var octets)
            {
                received.AddRange(buffer.AsSpan(0, octets));
                if (!IsWhole(received)) continue;
                var exchange = new Exchange(client, Encoding.Latin1.GetString([.. received]).Replace("\r\n", "\n", StringComparison.Ordinal));
                received.Clear();
                Interlocked.Increment(ref _count);
                if (_answer is not null) await exchange.SendAsync(_answer(exchange.Request));
                _exchanges.Writer.TryWrite(exchange);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException) { }
    }

    private static bool IsWhole(List<byte> received)
    {
        var octets = received.ToArray().AsSpan();
        var head = octets.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;
        var fields = Encoding.Latin1.GetString(octets[..(head + 2)]);
        if (fields.Contains("\r\nTransfer-Encoding: chunked\r\n", StringComparison.OrdinalIgnoreCase)) return octets.EndsWith("\r\n0\r\n\r\n"u8);
        var length = fields.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        return length is null || octets.Length - head - 4 >= int.Parse(length[16..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>One request, and the connection that its answer goes to.</summary>
    internal sealed class Exchange(TcpClient connection, string request)
    {
        /// <summary>The request as it came, each octet one char, LF for CRLF.</summary>
        public string Request => request;

        /// <summary>Sends a part of the answer; every line end is sent as CRLF.</summary>
        public async Task SendAsync(string text) => await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n")));

        /// <summary>Sends octets as they are.</summary>
        public async Task SendAsync(byte[] octets) => await connection.GetStream().WriteAsync(octets);

        public void Close() => connection.Close();
    }
}
