using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.SharedCache;

/// <summary>The body of a <see cref="ForwardedResponse"/>.</summary>
internal sealed class ForwardedBody : StreamResponseBodyFeature
{
    private readonly ForwardedResponse _response;
    private readonly IHttpResponseBodyFeature _inner;
    private readonly Octets _octets;
    private bool _isFinishing;

    public ForwardedBody(ForwardedResponse response, IHttpResponseBodyFeature inner)
        : this(response, inner, new(response, inner))
    {
    }

    private ForwardedBody(ForwardedResponse response, IHttpResponseBodyFeature inner, Octets octets)
        : base(octets, inner) => (_response, _inner, _octets) = (response, inner, octets);

    /// <summary>Whether nobody has written anything.</summary>
    public bool IsUnwritten => !_octets.WasWritten;

    public override void DisableBuffering() => _inner.DisableBuffering();

    public override async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _response.StartAsync();
        if (!_isFinishing && !_response.IsDropped) await _inner.StartAsync(cancellationToken);
    }

    public override async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        await _response.StartAsync();
        if (_response.Head is Caching.CacheHead.Pass) await _inner.SendFileAsync(path, offset, count, cancellationToken);
        else if (!_response.IsDropped) await base.SendFileAsync(path, offset, count, cancellationToken);
    }

    /// <summary>What a handler calls where its response is complete before it returns.</summary>
    public override async Task CompleteAsync()
    {
        if (_isFinishing) return;
        await FinishAsync();
        await _response.StartAsync();
        await _response.StoreAsync();
        if (!_response.IsDropped) await _inner.CompleteAsync();
    }

    /// <summary>Writes what a handler has left in the writer.</summary>
    public Task FinishAsync()
    {
        _isFinishing = _octets.IsFinishing = true;
        return base.CompleteAsync();
    }

    private sealed class Octets(ForwardedResponse response, IHttpResponseBodyFeature inner) : Stream
    {
        public bool WasWritten { get; private set; }

        public bool IsFinishing { get; set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            WasWritten |= !buffer.IsEmpty;
            await response.StartAsync();
            if (response.IsDropped) return;
            await response.KeepAsync(buffer.Span);
            await inner.Stream.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count)
        {
            WasWritten |= count > 0;
            Wait(response.StartAsync());
            if (response.IsDropped) return;
            Wait(response.KeepAsync(buffer.AsSpan(offset, count)));
            inner.Stream.Write(buffer, offset, count);
        }

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            // At the end the server flushes, and knows then that there is no more.
            if (IsFinishing) return;
            await response.StartAsync();
            if (!response.IsDropped) await inner.Stream.FlushAsync(cancellationToken);
        }

        public override void Flush()
        {
            if (IsFinishing) return;
            Wait(response.StartAsync());
            if (!response.IsDropped) inner.Stream.Flush();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        // Who writes synchronously waits for the store as well.
        private static void Wait(ValueTask task)
        {
            if (!task.IsCompletedSuccessfully) task.AsTask().GetAwaiter().GetResult();
        }
    }
}
