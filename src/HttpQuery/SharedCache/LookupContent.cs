using System.Buffers;
using System.IO.Pipelines;
using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.SharedCache;

/// <summary>The content of a request that is looked up. Readers of the request body still find it there.</summary>
/// <remarks>Call either <see cref="Consume"/> or <see cref="ForwardAsync"/> afterwards.</remarks>
internal readonly struct LookupContent : IDisposable
{
    /// <summary>Content up to this length, in bytes, is examined in the server's buffer, without memory of the cache. Servers
    /// buffer far more.</summary>
    public const int MaximumExaminedLength = 64 * 1024;

    private readonly PendingMemory? _memory;
    private readonly PipeReader? _reader;
    private readonly ReadAheadStream? _stream;
    private readonly int _taken;

    private LookupContent(ReadOnlySequence<byte>? bytes, bool hasGivenWay, ReadAheadStream stream) =>
        (Bytes, HasGivenWay, _stream) = (bytes, hasGivenWay, stream);

    private LookupContent(ReadOnlySequence<byte>? bytes, PipeReader reader, PendingMemory memory, int taken) =>
        (Bytes, HasGivenWay, _reader, _memory, _taken) = (bytes, bytes is null, reader, memory, taken);

    private LookupContent(ReadOnlySequence<byte> bytes) => Bytes = bytes;

    /// <summary>No content.</summary>
    public static LookupContent Empty { get; } = new(ReadOnlySequence<byte>.Empty);

    /// <summary>All bytes that were sent; <see langword="null"/> if they exceed the limit, were read before, or
    /// <see cref="QueryCacheOptionsBase.MaximumPendingSize"/> is used up.</summary>
    public ReadOnlySequence<byte>? Bytes { get; }

    /// <summary>Whether the content could not be read because <see cref="QueryCacheOptionsBase.MaximumPendingSize"/> is used up.</summary>
    public bool HasGivenWay { get; }

    /// <summary>Reads the content of a request.</summary>
    /// <exception cref="BadHttpRequestException">The content breaks off, arrives too slowly, or is too long for the server.</exception>
    /// <exception cref="InvalidDataException">The content coding is broken.</exception>
    public static async ValueTask<LookupContent> ReadAsync(HttpContext context, int maximumLength, PendingMemory memory)
    {
        var body = context.Request.Body;
        var length = context.Request.ContentLength;
        if (length > 0
            && length <= maximumLength
            && MayExamine(context.Request, length.Value)
            && BufferedContent.IsServerStream(body)
            && TryExamine(context.Request.BodyReader, (int)length, memory, out var examined))
            return examined;

        // A seekable stream can already be read again.
        var start = body.CanSeek ? body.Position : -1;
        var stream = new ReadAheadStream(body, memory, reader: BufferedContent.GetServerReader(context));
        if (start < 0) context.Request.Body = stream;
        context.Response.OnCompleted(End, stream);
        await stream.FillAsync(maximumLength, context.RequestAborted);
        if (start >= 0) body.Position = start;
        var isCertain = stream.IsWhole && start <= 0 && BufferedContent.IsExpectedLength(context, stream.Bytes.Length);
        if (start >= 0 && !isCertain) stream.Consume();
        else if (!isCertain) stream.Release();
        return new(isCertain ? stream.Bytes : default(ReadOnlySequence<byte>?), stream.HasGivenWay, stream);
    }

    /// <summary>Discards the content: the cache answers the request, and nothing behind it reads the content.</summary>
    public void Consume()
    {
        _stream?.Consume();
        Dispose();
        _memory?.Return(_taken);
    }

    /// <summary>Consumes the bytes that the server still holds: the request has its response, and nothing reads them any more.</summary>
    /// <remarks>Kestrel reads the unread rest at the end, but not if the client has gone. Bytes that were examined and not consumed
    /// are then a read that never ends.</remarks>
    public void Dispose()
    {
        if (_reader is null) return;
        try
        {
            if (_reader.TryRead(out var result)) _reader.AdvanceTo(result.Buffer.End);
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or OperationCanceledException)
        {
            // The endpoint has completed the reader, or the client has gone.
        }
    }

    /// <summary>Prepares the content of a request that is forwarded.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isNeeded">Whether the request may have to be forwarded twice. If so, call <see cref="Finish"/> afterwards.</param>
    /// <returns>The content from now on, with its bytes if needed: the server reuses its memory as soon as a handler reads.</returns>
    public async ValueTask<LookupContent> ForwardAsync(HttpContext context, bool isNeeded)
    {
        if (_reader is not null && isNeeded && Bytes is { Length: > MaximumExaminedLength })
        {
            // The content moves from the server's memory to memory that is already counted.
            var stream = new ReadAheadStream(context.Request.Body, _memory!, _taken);
            context.Request.Body = stream;
            context.Response.OnCompleted(End, stream);
            try
            {
                await stream.FillAsync(_taken, context.RequestAborted);
            }
            catch
            {
                // The client has gone: examined bytes must not be left unread.
                Dispose();
                throw;
            }
            return new(stream.Bytes, stream.HasGivenWay, stream);
        }
        if (_reader is not null) context.Response.RegisterForDispose(this);

        // The content is the server's again, as without a cache.
        _memory?.Return(_taken);
        if (isNeeded && Bytes is { } bytes)
            return _reader is null ? this : new(new ReadOnlySequence<byte>(bytes.ToArray()), _reader, _memory!, _taken);
        _stream?.Release();
        return this;
    }

    /// <summary>Releases the content: the request is not forwarded again. An error page may still read it, unless the response has
    /// started or the client has gone.</summary>
    public void Finish(HttpContext context)
    {
        _stream?.Release();
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) Dispose();
    }

    private static readonly Func<object, Task> End = state =>
    {
        ((ReadAheadStream)state).End();
        return Task.CompletedTask;
    };

    // All HTTP/2 requests of a connection share a flow-control window, so unread content of one takes room from the others.
    private static bool MayExamine(HttpRequest request, long length) =>
        length <= MaximumExaminedLength || HttpProtocol.IsHttp11(request.Protocol);

    // Only content that the server holds completely. It is not consumed, so nothing has to be put back.
    private static bool TryExamine(PipeReader reader, int length, PendingMemory memory, out LookupContent content)
    {
        content = default;
        if (!reader.TryRead(out var result)) return false;
        var buffer = result.Buffer;
        reader.AdvanceTo(buffer.Start);
        if (buffer.Length != length) return false;

        // The memory is counted before a copy is needed, so that there is room for one.
        var taken = length > MaximumExaminedLength ? ReadAheadStream.GetSize(length) : 0;
        content = taken == 0 || memory.TryTake(taken) ? new(buffer, reader, memory, taken) : new(null, reader, memory, 0);
        return true;
    }
}
