using System.Net.Sockets;
using System.Text;

namespace QuickStart;

/// <summary>Writes down the octets that an <see cref="HttpClient"/> sends and receives.</summary>
internal sealed class WireRecorder : IDisposable
{
    private readonly StringBuilder _text = new();

    public WireRecorder() => Handler = new() { ConnectCallback = ConnectAsync };

    public SocketsHttpHandler Handler { get; }

    /// <summary>What went out (<c>&gt;</c>) and came in (<c>&lt;</c>) since the last call.</summary>
    public string TakeExchange()
    {
        var exchange = _text.ToString();
        _text.Clear();
        return exchange.TrimEnd();
    }

    public void Dispose() => Handler.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new RecordedStream(new NetworkStream(socket, ownsSocket: true), Record);
    }

    private void Record(char direction, ReadOnlySpan<byte> octets)
    {
        foreach (var line in Encoding.UTF8.GetString(octets).TrimEnd().Split('\n'))
            _text.Append("   ").Append(direction).Append(' ').AppendLine(line.TrimEnd('\r'));
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
