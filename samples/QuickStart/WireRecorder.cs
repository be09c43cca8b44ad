using System.Net.Sockets;
using System.Text;
using System.Text.Unicode;

namespace QuickStart;

/// <summary>Records the bytes that an <see cref="HttpClient"/> sends and receives.</summary>
internal sealed class WireRecorder : IDisposable
{
    private readonly StringBuilder _text = new();
    private readonly MemoryStream _turn = new();
    private char _direction;

    public WireRecorder() => Handler = new() { ConnectCallback = ConnectAsync };

    public SocketsHttpHandler Handler { get; }

    /// <summary>Returns the lines that were sent (<c>&gt;</c>) and received (<c>&lt;</c>) since the last call.</summary>
    public string TakeExchange()
    {
        EndTurn();
        var exchange = _text.ToString();
        _text.Clear();
        return exchange.TrimEnd();
    }

    public void Dispose()
    {
        Handler.Dispose();
        _turn.Dispose();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new RecordedStream(new NetworkStream(socket, ownsSocket: true), Record);
    }

    // One line may arrive in several reads, so lines are split when the direction changes.
    private void Record(char direction, ReadOnlySpan<byte> octets)
    {
        if (direction != _direction) EndTurn();
        _direction = direction;
        _turn.Write(octets);
    }

    private void EndTurn()
    {
        if (_turn.Length == 0) return;
        foreach (var line in Describe(_turn.GetBuffer().AsSpan(0, (int)_turn.Length)).TrimEnd().Split('\n'))
            _text.Append("   ").Append(_direction).Append(' ').AppendLine(line.TrimEnd('\r'));
        _turn.SetLength(0);
    }

    // Compressed content is never valid UTF-8: gzip starts with the bytes 1F 8B.
    private static string Describe(ReadOnlySpan<byte> message)
    {
        if (Utf8.IsValid(message)) return Encoding.UTF8.GetString(message);
        var head = message[..(message.IndexOf("\r\n\r\n"u8) + 4)];
        return Encoding.UTF8.GetString(head) + $"({message.Length - head.Length} bytes of compressed content)";
    }

    private sealed class RecordedStream(Stream inner, RecordedStream.Recorder record) : Stream
    {
        public delegate void Recorder(char direction, ReadOnlySpan<byte> octets);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            if (count > 0) record('<', buffer.Span[..count]);
            return count;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            record('>', buffer.Span);
            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
