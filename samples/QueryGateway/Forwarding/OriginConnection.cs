namespace QueryGateway.Forwarding;

/// <summary>The bytes of a connection to the origin. The request that wrote to it last can close it, which the HTTP client itself does not offer.</summary>
internal sealed class OriginConnection(Stream inner) : Stream
{
    // The client writes a request in the flow of the call that sends it.
    private static readonly AsyncLocal<Slot?> Current = new();

    // Bytes: the beginning of an early answer. The client reads the rest itself.
    private const int EarlyLength = 4096;

    private Task<int>? _reading;
    private Memory<byte> _early;
    private Slot? _answered;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Begins a request, whose connection <see cref="CloseCurrent"/> then closes.</summary>
    /// <param name="isSentOnce">Whether it must not be sent again on another connection: the HTTP client sends requests without content again (RFC 9110 §9.2.2).</param>
    public static void BeginRequest(bool isSentOnce) => Current.Value = new(isSentOnce);

    /// <summary>Closes the connection of the request at hand, so that no other request can meet what is left on it.</summary>
    public static void CloseCurrent() => Current.Value?.Connection?.Dispose();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var slot = Current.Value;
        var isHead = !ReferenceEquals(slot?.Connection, this);
        if (slot is not null)
        {
            if (slot.IsSentOnce && slot.Connection is { } first && !ReferenceEquals(first, this)) throw new IOException("The request was sent, and must not be sent again.");

            // On a connection that is used again the client begins to read before it writes, and that read gets the answer.
            if (isHead && _reading is { IsCompleted: true }) _reading = null;
            slot.Connection = this;
        }
        if (_answered is not null)
        {
            // The rest of the content, which the origin does not read.
            if (ReferenceEquals(_answered, slot)) return;
            throw new IOException("The origin has closed the connection.");
        }
        try
        {
            await inner.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException) when (slot is not null && !isHead)
        {
            // An origin may answer before it has all of the content, and close (RFC 9112 §9.6). The HTTP client reads the answer only after it has written everything.
            if (!await HasAnswerAsync(cancellationToken)) throw;
            _answered = slot;
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_early.Length > 0)
        {
            var count = Math.Min(_early.Length, buffer.Length);
            _early[..count].CopyTo(buffer);
            _early = _early[count..];
            return ValueTask.FromResult(count);
        }
        var reading = inner.ReadAsync(buffer, cancellationToken);
        if (reading.IsCompletedSuccessfully) return reading;
        var task = reading.AsTask();
        _reading = task;
        return new(task);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private async Task<bool> HasAnswerAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_reading is { } reading) return await reading.WaitAsync(cancellationToken) > 0;
            var buffer = new byte[EarlyLength];
            _early = buffer.AsMemory(0, await inner.ReadAsync(buffer, cancellationToken));
            return _early.Length > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private sealed class Slot(bool isSentOnce)
    {
        public bool IsSentOnce => isSentOnce;

        public OriginConnection? Connection { get; set; }
    }
}
