using System.Buffers;
using System.IO.Pipelines;
using HttpQuery.Caching;
using HttpQuery.Internal;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.SharedCache;

/// <summary>The content of a request that is looked up. Whoever reads the request's body finds it there.</summary>
internal sealed class LookupContent
{
    /// <summary>Content up to this length is examined where the server keeps it, and takes no memory of the cache. Servers buffer far more.</summary>
    public const int LongestExamined = 64 * 1024;

    private readonly PipeReader? _reader;
    private readonly ReadAheadStream? _stream;

    private LookupContent(ReadOnlyMemory<byte>? bytes, PipeReader? reader, ReadAheadStream? stream) => (Bytes, _reader, _stream) = (bytes, reader, stream);

    /// <summary>No content.</summary>
    public static LookupContent Empty { get; } = new(ReadOnlyMemory<byte>.Empty, null, null);

    /// <summary>All bytes that were sent; <see langword="null"/> if they are more than the limit, were read before, or <see cref="HttpQueryCacheOptions.MaximumPendingSize"/> is used up.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; }

    /// <summary>Reads the content of a request.</summary>
    /// <exception cref="BadHttpRequestException">It breaks off, comes too slowly, or is longer than the server takes.</exception>
    /// <exception cref="InvalidDataException">Its coding is broken.</exception>
    public static async ValueTask<LookupContent> ReadAsync(HttpContext context, int maximumLength, PendingMemory memory)
    {
        var body = context.Request.Body;
        var length = context.Request.ContentLength;
        if (length is > 0 and <= LongestExamined && length <= maximumLength && BufferedContent.IsServersOwn(body)) return await ExamineAsync(context, (int)length);

        // Somebody before the cache lets it be read again, and this is not the second stream to do that.
        var start = body.CanSeek ? body.Position : -1;
        var stream = new ReadAheadStream(body, memory);
        context.Response.RegisterForDispose(stream);
        if (start < 0) context.Request.Body = stream;
        await stream.FillAsync(maximumLength, context.RequestAborted);
        if (start >= 0) body.Position = start;
        var isCertain = stream.IsWhole && start <= 0 && BufferedContent.IsExpected(context, stream.Bytes.Length);
        if (!isCertain) stream.Release();
        return new(isCertain ? stream.Bytes : default(ReadOnlyMemory<byte>?), null, stream);
    }

    /// <summary>The cache answers: nothing reads the content any more.</summary>
    public void Consume()
    {
        _stream?.Dispose();

        // What stays unread is read by the server at the end, which fails for a client that has left.
        if (_reader is not null && _reader.TryRead(out var result)) _reader.AdvanceTo(result.Buffer.End);
    }

    /// <summary>The request is forwarded.</summary>
    /// <param name="isNeeded">Whether it may have to be forwarded twice. Then <see cref="Release"/> is due.</param>
    /// <returns>The bytes, if they are needed: the server's memory is its own again as soon as a handler reads.</returns>
    public ReadOnlyMemory<byte> Forward(bool isNeeded)
    {
        if (isNeeded && Bytes is { } bytes) return _stream is null ? bytes.ToArray() : bytes;
        Release();
        return default;
    }

    /// <summary>The request is not forwarded once more.</summary>
    public void Release() => _stream?.Release();

    // Examined and not consumed, so nothing need be put back.
    private static async ValueTask<LookupContent> ExamineAsync(HttpContext context, int length)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            var buffer = result.Buffer;
            if (buffer.Length < length && !result.IsCompleted)
            {
                reader.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            var isCertain = buffer.Length == length;
            var bytes = buffer.IsSingleSegment ? buffer.First : buffer.ToArray();
            reader.AdvanceTo(buffer.Start);
            return new(isCertain ? bytes : default(ReadOnlyMemory<byte>?), reader, null);
        }
    }
}
