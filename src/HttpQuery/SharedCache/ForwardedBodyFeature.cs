using System.IO.Pipelines;
using HttpQuery.ResponseBody;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.SharedCache;

/// <summary>The body of a forwarded response. It asks the <see cref="ForwardedResponseFeature"/> how to treat each write; the response
/// does not know the body.</summary>
internal sealed class ForwardedBodyFeature : StreamResponseBodyFeature, IHttpResponseBodyFeature
{
    private readonly ForwardedResponseFeature _response;
    private readonly IHttpResponseBodyFeature _inner;
    private readonly BodyStream _body;
    private readonly OrderedStream _stream;
    private PipeWriter? _writer;
    private bool _isFinishing;

    public ForwardedBodyFeature(ForwardedResponseFeature response, IHttpResponseBodyFeature inner)
        : this(response, inner, new(response, inner))
    {
    }

    private ForwardedBodyFeature(ForwardedResponseFeature response, IHttpResponseBodyFeature inner, BodyStream body)
        : base(body, inner) => (_response, _inner, _body, _stream) = (response, inner, body, new(this));

    // A handler may use the stream and the writer in turn.
    Stream IHttpResponseBodyFeature.Stream => _stream;

    PipeWriter IHttpResponseBodyFeature.Writer => _writer ??= Writer;

    public override void DisableBuffering() => _inner.DisableBuffering();

    public override async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _response.StartWithoutContentAsync();
        if (!_isFinishing && !_response.IsWaiting && !_response.IsDropped) await _inner.StartAsync(cancellationToken);
    }

    public override async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        await FlushWriterAsync(cancellationToken);
        await _response.StartAsync(hasContent: true);
        if (_response.IsRelayed) await _inner.SendFileAsync(path, offset, count, cancellationToken);
        else if (!_response.IsDropped) await base.SendFileAsync(path, offset, count, cancellationToken);
    }

    /// <summary>Completes the response. A handler calls this if its response is complete before it returns.</summary>
    public override async Task CompleteAsync()
    {
        if (_isFinishing) return;
        await FinishAsync();
        if (!_response.IsDropped) await _inner.CompleteAsync();
    }

    /// <summary>Ends the body: sends the bytes that a handler has left in the writer, and stores the captured response.</summary>
    public async Task FinishAsync()
    {
        _isFinishing = _body.IsFinishing = true;
        await base.CompleteAsync();
        await _response.StartAsync(hasContent: false);
        await _response.StoreAsync();
    }

    // Bytes that were written through the writer earlier are sent first.
    private async ValueTask FlushWriterAsync(CancellationToken cancellationToken)
    {
        if (_writer is { UnflushedBytes: > 0 } writer) await writer.FlushAsync(cancellationToken);
    }

    // A synchronous write waits for the store as well.
    private static void Wait(ValueTask task)
    {
        if (!task.IsCompletedSuccessfully) task.AsTask().GetAwaiter().GetResult();
    }

    private sealed class BodyStream(ForwardedResponseFeature response, IHttpResponseBodyFeature inner) : WriteOnlyStream
    {
        public bool IsFinishing { get; set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await response.StartAsync(hasContent: !buffer.IsEmpty);
            if (response.IsDropped) return;
            await response.KeepAsync(buffer.Span);
            try
            {
                await response.SendAsync(inner.Stream.WriteAsync(buffer, cancellationToken));
            }
            catch
            {
                response.AbandonCapture();
                throw;
            }
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Wait(response.StartAsync(hasContent: count > 0));
            if (response.IsDropped) return;

            // Servers usually reject synchronous writes, and rejected bytes are not kept.
            inner.Stream.Write(buffer, offset, count);
            Wait(response.KeepAsync(buffer.AsSpan(offset, count)));
        }

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            // The server flushes at the end, and knows then that no more bytes follow.
            if (IsFinishing) return;
            await response.StartWithoutContentAsync();
            if (!response.IsWaiting && !response.IsDropped) await inner.Stream.FlushAsync(cancellationToken);
        }

        public override void Flush()
        {
            if (IsFinishing) return;
            Wait(response.StartWithoutContentAsync());
            if (!response.IsWaiting && !response.IsDropped) inner.Stream.Flush();
        }
    }

    private sealed class OrderedStream(ForwardedBodyFeature body) : WriteOnlyStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await body.FlushWriterAsync(cancellationToken);
            await body._body.WriteAsync(buffer, cancellationToken);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Wait(body.FlushWriterAsync(default));
            body._body.Write(buffer, offset, count);
        }

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            await body.FlushWriterAsync(cancellationToken);
            await body._body.FlushAsync(cancellationToken);
        }

        public override void Flush()
        {
            Wait(body.FlushWriterAsync(default));
            body._body.Flush();
        }
    }
}
