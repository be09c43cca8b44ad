using System.Buffers;

namespace HttpQuery.RequestBody;

/// <summary>Keeps what is written, up to a limit. Further writes wait for the stream that takes the rest.</summary>
internal sealed class BufferingWriteStream(int maximumLength) : Stream
{
    private readonly ArrayBufferWriter<byte> _kept = new();
    private readonly TaskCompletionSource<Stream> _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private bool _isClosed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Cancelled by <see cref="Stop"/>.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Keeps no more, and returns what was kept.</summary>
    public ReadOnlyMemory<byte> TakeBuffered()
    {
        lock (_kept) _isClosed = true;
        return _kept.WrittenMemory;
    }

    /// <summary>Lets the writes go on into a stream that has what was kept.</summary>
    public void ForwardTo(Stream rest) => _rest.TrySetResult(rest);

    /// <summary>Makes all further writes fail.</summary>
    public void Stop() => _stopping.Cancel();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_kept)
        {
            if (!_isClosed && buffer.Length <= maximumLength - _kept.WrittenCount)
            {
                _kept.Write(buffer.Span);
                return default;
            }
            _isClosed = true;
        }
        return WriteOnAsync(buffer, cancellationToken);
    }

    private async ValueTask WriteOnAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        var rest = await _rest.Task.WaitAsync(_stopping.Token).ConfigureAwait(false);
        await rest.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    // An asynchronous sequence is to be seen as it comes.
    public override Task FlushAsync(CancellationToken cancellationToken) => _rest.Task.IsCompletedSuccessfully ? _rest.Task.Result.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
