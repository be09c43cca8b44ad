using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.ResponseBody;

/// <summary>Holds back the bytes that a handler writes, up to a limit. Longer or streamed responses pass through.</summary>
internal sealed class ResponseBufferFeature : StreamResponseBodyFeature
{
    private readonly Buffer _buffer;

    private ResponseBufferFeature(Buffer buffer, IHttpResponseBodyFeature inner)
        : base(buffer, inner) => _buffer = buffer;

    public ResponseBufferFeature(IHttpResponseBodyFeature inner, int maximumLength)
        : this(new Buffer(inner, maximumLength), inner)
    {
    }

    /// <summary>Whether all bytes written so far are in the buffer, and none has been sent.</summary>
    public bool IsWhole => !_buffer.Passes;

    public ReadOnlyMemory<byte> Bytes => _buffer.Bytes;

    /// <summary>Whether the response can be sent in parts.</summary>
    public bool SendsRanges { get; set; }

    /// <summary>Whether <paramref name="length"/> more bytes can be held back, too.</summary>
    public bool CanKeep(long length) => _buffer.CanKeep(length);

    /// <summary>Stops holding back: server-sent events and similar responses ask for this, and must not wait for their end.</summary>
    public override void DisableBuffering()
    {
        _buffer.Passes = true;
        base.DisableBuffering();
    }

    // The start is held back, too: the headers are not known before the end.
    public override Task StartAsync(CancellationToken cancellationToken = default) =>
        _buffer.Passes ? base.StartAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Returns the memory to its pool.</summary>
    public void Release() => _buffer.Drop();

    private sealed class Buffer(IHttpResponseBodyFeature inner, int maximumLength) : Stream
    {
        private byte[] _bytes = [];
        private int _length;

        public bool Passes { get; set; }

        public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public bool CanKeep(long length) => !Passes && length <= maximumLength - _length;

        public void Drop()
        {
            if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
            (_bytes, _length) = ([], 0);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (TryKeep(buffer.Span)) return default;
            return PassAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (TryKeep(buffer.AsSpan(offset, count))) return;
            Passes = true;
            inner.Stream.Write(_bytes, 0, _length);
            Drop();
            inner.Stream.Write(buffer, offset, count);
        }

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            if (!Passes) return;
            await PassAsync(default, cancellationToken);
            await inner.Stream.FlushAsync(cancellationToken);
        }

        public override void Flush()
        {
            if (Passes) inner.Stream.Flush();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private bool TryKeep(ReadOnlySpan<byte> bytes)
        {
            if (!CanKeep(bytes.Length)) return false;
            if (_bytes.Length < _length + bytes.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + bytes.Length, 2 * _bytes.Length));
                Bytes.Span.CopyTo(larger);
                var length = _length;
                Drop();
                (_bytes, _length) = (larger, length);
            }
            bytes.CopyTo(_bytes.AsSpan(_length));
            _length += bytes.Length;
            return true;
        }

        private async ValueTask PassAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Passes = true;
            if (_length > 0)
            {
                await inner.Stream.WriteAsync(Bytes, cancellationToken);
                Drop();
            }
            if (!bytes.IsEmpty) await inner.Stream.WriteAsync(bytes, cancellationToken);
        }

    }
}
