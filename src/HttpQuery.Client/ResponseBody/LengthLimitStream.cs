using System.Diagnostics.CodeAnalysis;

namespace HttpQuery.ResponseBody;

/// <summary>Reads at most <paramref name="limit"/> bytes and throws on the next one.</summary>
/// <remarks>A response without a declared length must stay within <see cref="HttpClient.MaxResponseContentBufferSize"/>, too.</remarks>
internal sealed class LengthLimitStream(Stream inner, long limit) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    [DoesNotReturn]
    public static void ThrowOverLimit(long limit) => throw new HttpRequestException(
        HttpRequestError.ConfigurationLimitExceeded,
        $"The response body is longer than HttpClient.MaxResponseContentBufferSize, {limit} bytes.");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int bytes)
    {
        _read += bytes;
        if (_read > limit) ThrowOverLimit(limit);
        return bytes;
    }
}
