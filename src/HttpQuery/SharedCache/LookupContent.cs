using System.Buffers;
using System.IO.Pipelines;
using HttpQuery.Caching;
using HttpQuery.Internal;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.SharedCache;

/// <summary>The content of a request that is looked up. Whoever reads the request's body finds it there.</summary>
/// <remarks>Either <see cref="Consume"/> or <see cref="ForwardAsync"/> is due.</remarks>
internal readonly struct LookupContent : IDisposable
{
    /// <summary>Content up to this length is examined where the server keeps it, and takes no memory of the cache. Servers buffer far more.</summary>
    public const int LongestExamined = 64 * 1024;

    private readonly PendingMemory? _memory;
    private readonly PipeReader? _reader;
    private readonly ReadAheadStream? _stream;
    private readonly int _taken;

    private LookupContent(ReadOnlySequence<byte>? bytes, bool hasGivenWay, ReadAheadStream stream) => (Bytes, HasGivenWay, _stream) = (bytes, hasGivenWay, stream);

    private LookupContent(ReadOnlySequence<byte>? bytes, PipeReader reader, PendingMemory memory, int taken) =>
        (Bytes, HasGivenWay, _reader, _memory, _taken) = (bytes, bytes is null, reader, memory, taken);

    private LookupContent(ReadOnlySequence<byte> bytes) => Bytes = bytes;

    /// <summary>No content.</summary>
    public static LookupContent Empty { get; } = new(ReadOnlySequence<byte>.Empty);

    /// <summary>All bytes that were sent; <see langword="null"/> if they are more than the limit, were read before, or <see cref="QueryCacheOptionsBase.MaximumPendingSize"/> is used up.</summary>
    public ReadOnlySequence<byte>? Bytes { get; }

    /// <summary>Whether it could not be read because <see cref="QueryCacheOptionsBase.MaximumPendingSize"/> is used up.</summary>
    public bool HasGivenWay { get; }

    /// <summary>Reads the content of a request.</summary>
    /// <exception cref="BadHttpRequestException">It breaks off, comes too slowly, or is longer than the server takes.</exception>
    /// <exception cref="InvalidDataException">Its coding is broken.</exception>
    public static async ValueTask<LookupContent> ReadAsync(HttpContext context, int maximumLength, PendingMemory memory)
    {
        var body = context.Request.Body;
        var length = context.Request.ContentLength;
        if (length > 0 && length <= maximumLength && MayExamine(context.Request, length.Value) && BufferedContent.IsServersOwn(body) && TryExamine(context.Request.BodyReader, (int)length, memory, out var examined)) return examined;

        // A stream that can seek lets it be read again already.
        var start = body.CanSeek ? body.Position : -1;
        var stream = new ReadAheadStream(body, memory);
        if (start < 0) context.Request.Body = stream;
        context.Response.OnCompleted(End, stream);
        await stream.FillAsync(maximumLength, context.RequestAborted);
        if (start >= 0) body.Position = start;
        var isCertain = stream.IsWhole && start <= 0 && BufferedContent.IsExpected(context, stream.Bytes.Length);
        if (start >= 0 && !isCertain) stream.Consume();
        else if (!isCertain) stream.Release();
        return new(isCertain ? stream.Bytes : default(ReadOnlySequence<byte>?), stream.HasGivenWay, stream);
    }

    /// <summary>The request is answered by the cache: nothing behind it reads the content.</summary>
    public void Consume()
    {
        _stream?.Consume();
        Dispose();
        _memory?.Return(_taken);
    }

    /// <summary>The request has its response: nothing reads any more what the server keeps.</summary>
    /// <remarks>Kestrel reads what is left unread at the end, but not for a client that has gone; then what was examined and not consumed is a read that never ends.</remarks>
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

    /// <summary>The request is forwarded.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isNeeded">Whether it may have to be forwarded twice. Then <see cref="Finish"/> is due.</param>
    /// <returns>The content as it is from now on, and its bytes if they are needed: the server's memory is its own again as soon as a handler reads.</returns>
    public async ValueTask<LookupContent> ForwardAsync(HttpContext context, bool isNeeded)
    {
        if (_reader is not null && isNeeded && Bytes is { Length: > LongestExamined })
        {
            // It moves from the server's memory to that which is counted already.
            var stream = new ReadAheadStream(context.Request.Body, _memory!, _taken);
            context.Request.Body = stream;
            context.Response.OnCompleted(End, stream);
            try
            {
                await stream.FillAsync(_taken, context.RequestAborted);
            }
            catch
            {
                // The client has gone: what was examined must not be left unread.
                Dispose();
                throw;
            }
            return new(stream.Bytes, stream.HasGivenWay, stream);
        }
        if (_reader is not null) context.Response.RegisterForDispose(this);

        // It is the server's again, as without a cache.
        _memory?.Return(_taken);
        if (isNeeded && Bytes is { } bytes) return _reader is null ? this : new(new ReadOnlySequence<byte>(bytes.ToArray()), _reader, _memory!, _taken);
        _stream?.Release();
        return this;
    }

    /// <summary>The request is not forwarded once more. An error page may still read it, unless the response has started or the client has gone.</summary>
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

    // Over HTTP/2 all requests of a connection share a window, which what is left unread keeps from the others.
    private static bool MayExamine(HttpRequest request, long length) => length <= LongestExamined || HttpProtocol.IsHttp11(request.Protocol);

    // Only what lies there as a whole. It is not consumed, so nothing need be put back.
    private static bool TryExamine(PipeReader reader, int length, PendingMemory memory, out LookupContent content)
    {
        content = default;
        if (!reader.TryRead(out var result)) return false;
        var buffer = result.Buffer;
        reader.AdvanceTo(buffer.Start);
        if (buffer.Length != length) return false;

        // Counted before a copy is needed, so that there is room for one.
        var taken = length > LongestExamined ? ReadAheadStream.SizeOf(length) : 0;
        content = taken == 0 || memory.TryTake(taken) ? new(buffer, reader, memory, taken) : new(null, reader, memory, 0);
        return true;
    }
}
