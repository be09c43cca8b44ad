namespace QueryGateway.Forwarding;

/// <summary>The bytes of a connection to the origin. The request that wrote to it last can close it, which the HTTP client itself does not offer.</summary>
internal sealed class OriginConnection(Stream inner) : Stream
{
    // The client writes a request in the flow of the call that sends it.
    private static readonly AsyncLocal<Slot?> Current = new();

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

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Current.Value is { } slot)
        {
            if (slot.IsSentOnce && slot.Connection is { } first && !ReferenceEquals(first, this)) throw new IOException("The request was sent, and must not be sent again.");
            slot.Connection = this;
        }
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => inner.ReadAsync(buffer, offset, count, cancellationToken);

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

    private sealed class Slot(bool isSentOnce)
    {
        public bool IsSentOnce => isSentOnce;

        public OriginConnection? Connection { get; set; }
    }
}
