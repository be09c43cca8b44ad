using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HttpQuery.Benchmarks;

/// <summary>One connection to a server in this process, over which one request is sent again and again.</summary>
internal sealed class WireConnection : IDisposable
{
    private readonly TcpClient _socket = new() { NoDelay = true };
    private readonly byte[] _request;
    private readonly byte[] _batch;
    private readonly int _pipelined;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _answerLength;
    private byte[] _ending = [];

    private WireConnection(byte[] request, int pipelined) =>
        (_request, _batch, _pipelined) = (request, [.. Enumerable.Repeat(request, pipelined).SelectMany(octets => octets)], pipelined);

    /// <param name="port">The server's port.</param>
    /// <param name="path">What is asked.</param>
    /// <param name="content">JSON; <see langword="null"/> for a GET.</param>
    /// <param name="status">What every answer must begin with, for example <c>304</c>.</param>
    /// <param name="pipelined">Requests on their way at once: several, so that waking up for each does not hide what it costs.</param>
    /// <param name="fields">Further field lines.</param>
    public static async Task<WireConnection> OpenAsync(int port, string path, string? content, int status, int pipelined = 1, params string[] fields)
    {
        var head = string.Concat(fields.Select(field => field + "\r\n"));
        var connection = new WireConnection(Encoding.ASCII.GetBytes(
            content is null
                ? $"GET {path} HTTP/1.1\r\nHost: x\r\n{head}\r\n"
                : $"QUERY {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\n{head}\r\n{content}"), pipelined);
        await connection._socket.ConnectAsync(IPAddress.Loopback, port);

        // Each answer is as long as the first one, which ends when nothing more comes.
        var stream = connection._socket.GetStream();
        await stream.WriteAsync(connection._request);
        do
        {
            connection._answerLength += await stream.ReadAsync(connection._buffer.AsMemory(connection._answerLength));
            await Task.Delay(200);
        }
        while (stream.DataAvailable);
        connection._ending = connection._buffer[(connection._answerLength - 4)..connection._answerLength];
        var answer = Encoding.ASCII.GetString(connection._buffer, 0, connection._answerLength);
        return answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal) ? connection : throw new InvalidOperationException($"Not {status}: {answer}");
    }

    /// <summary>Sends the request so many times, a multiple of those pipelined.</summary>
    /// <returns>Processor time in nanoseconds and allocated bytes per request, those of client and server together; this client allocates none.</returns>
    public async Task<(double Nanoseconds, double Bytes)> MeasureAsync(int count)
    {
        var stream = _socket.GetStream();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var started = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < count; i += _pipelined)
        {
            await stream.WriteAsync(_batch);
            for (var left = _answerLength * _pipelined; left > 0;)
            {
                var read = await stream.ReadAsync(_buffer);
                if (read == 0) throw new IOException("The server closed the connection.");
                left -= read;

                // An age or a time to live can have a digit more or less than in the first answer.
                if (_pipelined == 1 && Math.Abs(left) <= 4 && _buffer.AsSpan(0, read).EndsWith(_ending)) break;
            }
        }
        var elapsed = (Environment.CpuUsage.TotalTime - started).TotalNanoseconds;
        return (elapsed / count, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)count);
    }

    public void Dispose() => _socket.Dispose();
}
