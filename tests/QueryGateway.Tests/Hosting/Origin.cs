using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace QueryGateway.Tests.Hosting;

/// <summary>An origin on loopback that keeps what it was sent, octet by octet, and answers with octets; it may die at any point.</summary>
internal sealed class Origin : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<OriginRequest> _requests = Channel.CreateUnbounded<OriginRequest>();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<OriginRequest, Stream, Task<bool>> _answer;
    private readonly bool _readsContent;
    private readonly Task _accepting;
    private int _count;
    private int _connectionCount;

    private Origin(Func<OriginRequest, Stream, Task<bool>> answer, int port = 0, bool readsContent = true)
    {
        (_answer, _readsContent) = (answer, readsContent);
        _listener = new(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>How many requests have come.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many connections have come.</summary>
    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    /// <summary>Answers each request with a text, whose line ends are sent as CRLF, and keeps the connection open.</summary>
    public static Origin Start(Func<OriginRequest, string> answer, int port = 0) => new(async (request, stream) =>
    {
        await stream.WriteAsync(Octets(answer(request)));
        return true;
    }, port);

    /// <summary>Answers the n-th request with the n-th text; where it ends in <c>[close]</c> the connection is closed after it.</summary>
    public static Origin Start(params string[] answers)
    {
        var rest = new ConcurrentQueue<string>(answers);
        return new(async (_, stream) =>
        {
            if (!rest.TryDequeue(out var answer)) return false;
            var isLast = answer.EndsWith("[close]", StringComparison.Ordinal);
            await stream.WriteAsync(Octets(isLast ? answer[..^"[close]".Length] : answer));
            return !isLast;
        });
    }

    /// <summary>Lets <paramref name="answer"/> write; the connection stays open where it returns <see langword="true"/>.</summary>
    public static Origin Start(Func<OriginRequest, Stream, Task<bool>> answer, bool readsContent = true) => new(answer, readsContent: readsContent);

    public async Task<OriginRequest> NextRequestAsync()
    {
        // Cancelled, not abandoned: a reader that nobody waits for would take the request of the next test.
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(10));
        return await _requests.Reader.ReadAsync(timeout.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stopping.Dispose();
    }

    public static byte[] Octets(string text) => Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n"));

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync(_stopping.Token);
                _connections.Add(ServeAsync(connection, Interlocked.Increment(ref _connectionCount)));
            }
        }
        // InvalidOperationException: Accept was called when Stop had been; ObjectDisposedException is one.
        catch (Exception stopped) when (_stopping.IsCancellationRequested && stopped is OperationCanceledException or SocketException or InvalidOperationException) { }
    }

    private async Task ServeAsync(TcpClient connection, int number)
    {
        using var client = connection;
        using var closing = _stopping.Token.Register(client.Close);
        try
        {
            // InvalidOperationException: the client has gone already.
            var stream = client.GetStream();
            var reader = PipeReader.Create(stream, new(leaveOpen: true));
            while (await ReadAsync(reader, _readsContent) is { } read)
            {
                var request = read with { Connection = number };
                Interlocked.Increment(ref _count);
                _requests.Writer.TryWrite(request);
                if (!await _answer(request, stream)) return;
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException or SocketException) { }
    }

    private static async Task<OriginRequest?> ReadAsync(PipeReader reader, bool readsContent)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await LineAsync(reader) is not { } line) return null;
            head.Append(line);
        }
        var text = head.ToString()[..^2].Replace("\r\n", "\n", StringComparison.Ordinal);
        var request = new OriginRequest(text, []);
        if (!readsContent) return request;
        if (request["Content-Length"] is { } length) return request with { Content = await OctetsAsync(reader, int.Parse(length, CultureInfo.InvariantCulture)) };
        if (request["Transfer-Encoding"] is null) return request;

        using var content = new MemoryStream();
        while (await LineAsync(reader) is { } line)
        {
            var size = int.Parse(line.AsSpan().TrimEnd(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            content.Write(await OctetsAsync(reader, size));
            await LineAsync(reader);
            if (size == 0) break;
        }
        return request with { Content = content.ToArray() };
    }

    private static async Task<string?> LineAsync(PipeReader reader)
    {
        while (true)
        {
            var read = await reader.ReadAsync();
            var found = System.Buffers.BuffersExtensions.PositionOf(read.Buffer, (byte)'\n');
            if (found is { } position)
            {
                var end = read.Buffer.GetPosition(1, position);
                var line = Encoding.Latin1.GetString(read.Buffer.Slice(0, end));
                reader.AdvanceTo(end);
                return line;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted) return null;
        }
    }

    private static async Task<byte[]> OctetsAsync(PipeReader reader, int count)
    {
        var octets = new byte[count];
        if (count > 0) await reader.AsStream(leaveOpen: true).ReadExactlyAsync(octets);
        return octets;
    }
}
