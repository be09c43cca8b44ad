using System.Buffers;

namespace HttpQuery.RequestBody;

/// <summary>Buffers written bytes up to a limit. Further writes wait for the stream that receives the rest.</summary>
internal sealed class BufferingWriteStream(int maximumLength) : Stream
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly TaskCompletionSource<Stream> _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private bool _isClosed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>A token that <see cref="Stop"/> cancels.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Ends buffering, and returns the buffered bytes.</summary>
    public ReadOnlyMemory<byte> TakeBuffered()
    {
        lock (_buffer) _isClosed = true;
        return _buffer.WrittenMemory;
    }

    /// <summary>Sends further writes to a stream that already has the buffered bytes.</summary>
    public void ForwardTo(Stream rest) => _rest.TrySetResult(rest);

    /// <summary>Makes all further writes fail.</summary>
    public void Stop() => _stopping.Cancel();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_buffer)
        {
            if (!_isClosed && buffer.Length <= maximumLength - _buffer.WrittenCount)
            {
                _buffer.Write(buffer.Span);
                return default;
            }
            _isClosed = true;
        }
        return WriteRestAsync(buffer, cancellationToken);
    }

    private async ValueTask WriteRestAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        var rest = await _rest.Task.WaitAsync(_stopping.Token).ConfigureAwait(false);
        await rest.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    // The receiver must see the elements of an asynchronous sequence as they come.
    public override Task FlushAsync(CancellationToken cancellationToken) =>
        _rest.Task.IsCompletedSuccessfully ? _rest.Task.Result.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
