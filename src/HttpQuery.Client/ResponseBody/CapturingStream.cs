using HttpQuery.Http;

namespace HttpQuery.ResponseBody;

/// <summary>Passes the bytes of a response body to the reader and to the capture.</summary>
internal sealed class CapturingStream(Stream inner, CaptureHandle capture) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        capture.BeginRead();
        try
        {
            count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // A caller that reads on after a failure may see a false end of the body.
            capture.Abandon();
            throw;
        }
        capture.EndRead(buffer.Span[..count]);
        if (capture.IsWhole || (count == 0 && buffer.Length > 0)) await capture.CompleteAsync().ConfigureAwait(false);
        return count;
    }

    public override int Read(Span<byte> buffer)
    {
        int count;
        capture.BeginRead();
        try
        {
            count = inner.Read(buffer);
        }
        catch
        {
            capture.Abandon();
            throw;
        }
        capture.EndRead(buffer[..count]);
        if (capture.IsWhole || (count == 0 && buffer.Length > 0)) SyncOverAsync.Run(capture.CompleteAsync);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            capture.Dispose();
            inner.Dispose();
        }
        base.Dispose(disposing);
    }
}
