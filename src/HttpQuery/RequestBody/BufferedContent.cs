using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.RequestBody;

/// <summary>Query content read ahead of its handler, up to a limit, and put back for the handler to read.</summary>
/// <remarks>Content that is put back is not in pooled memory: code that holds the request body may read it at any later time.</remarks>
internal sealed class BufferedContent
{
    private const int FirstLength = 4096;

    // Far below the length that servers buffer before a reader consumes it.
    private const int MaximumPeekLength = 64 * 1024;

    private byte[] _bytes;
    private int _length;

    private BufferedContent(int capacity) => _bytes = GC.AllocateUninitializedArray<byte>(capacity);

    /// <summary>Whether all of the content fits within the limit.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether this is all that was sent, as far as can be told: no code had read the content, or its beginning, before.</summary>
    public bool IsCertain { get; private set; }

    /// <summary>The bytes that were read.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Reads the rest of the request content. Later readers of the request body find it again.</summary>
    /// <exception cref="BadHttpRequestException">The content breaks off, arrives too slowly, or is too long for the server.</exception>
    /// <exception cref="InvalidDataException">The content coding is broken.</exception>
    public static async ValueTask<BufferedContent> ReadAsync(HttpContext context, int maximumLength)
    {
        var body = context.Request.Body;
        var start = body.CanSeek ? body.Position : -1;
        var length = context.Request.ContentLength;

        // The bytes are consumed, not only examined: once the client has gone, Kestrel does not consume the rest, and then cannot
        // read on ("Reading is already in progress").
        var maximumCapacity = Math.Min((long)maximumLength + 1, MaximumPeekLength);
        var content = new BufferedContent((int)Math.Clamp(length + 1 ?? FirstLength, 1, maximumCapacity));
        while (content._length <= maximumLength)
        {
            if (content._length == content._bytes.Length)
                Array.Resize(ref content._bytes, (int)Math.Min(2L * content._length, (long)maximumLength + 1));
            var count = await body.ReadAsync(content._bytes.AsMemory(content._length), context.RequestAborted);
            content._length += count;
            content.IsWhole = count == 0;
            if (content.IsWhole) break;
        }

        content.IsCertain = content.IsWhole && start <= 0 && IsExpectedLength(context, content._length);
        if (start >= 0) body.Position = start;
        else if (content._length > 0 && body is ReplayedStream replayed) replayed.PutBack(content.Bytes);
        else if (content._length > 0) context.Request.Body = new ReplayedStream(content.Bytes, body);
        return content;
    }

    /// <summary>Waits until the content has arrived. It stays in place for a handler that already holds the request body, unless
    /// <paramref name="isResponseDecided"/> says that no handler will read it.</summary>
    /// <returns>Whether all of it fits within the limit.</returns>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public static async ValueTask<bool> WaitAsync(HttpContext context, int maximumLength, Func<bool> isResponseDecided)
    {
        var (isExamined, buffer) = (CanExamine(context, maximumLength, out var length), default(ReadOnlySequence<byte>));
        try
        {
            if (isExamined) buffer = await ExamineAsync(context, length);
            else if (!(await ReadAsync(context, maximumLength)).IsWhole) return false;
        }
        catch (InvalidOperationException)
        {
            // The code that bound the content has completed its reader: no bytes are left.
            isExamined = false;
        }

        var consumed = buffer.Start;
        try
        {
            if (isResponseDecided()) consumed = buffer.End;
        }
        finally
        {
            // Examined no further than consumed: once the client has gone, Kestrel cannot end a read whose examined bytes are left.
            if (isExamined) context.Request.BodyReader.AdvanceTo(consumed);
        }
        return true;
    }

    /// <summary>Whether the stream is Kestrel's own, and no other has replaced it.</summary>
    public static bool IsServerStream(Stream body) =>
        body.GetType().Assembly == typeof(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions).Assembly;

    /// <summary>The server's reader of the content; <see langword="null"/> if another stream has replaced the server's own.</summary>
    public static PipeReader? GetServerReader(HttpContext context) => context.Request.Body switch
    {
        CountingStream counting => counting.ServerReader,
        var body => IsServerStream(body) ? context.Request.BodyReader : null,
    };

    private static bool CanExamine(HttpContext context, int maximumLength, out int length)
    {
        var declared = context.Request.ContentLength;
        length = declared is > 0 and <= MaximumPeekLength && declared <= maximumLength ? (int)declared : 0;
        return length > 0 && IsServerStream(context.Request.Body);
    }

    // The caller must call AdvanceTo. The memory is the server's until all bytes have arrived.
    private static async ValueTask<ReadOnlySequence<byte>> ExamineAsync(HttpContext context, int length)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            if (result.Buffer.Length >= length || result.IsCompleted) return result.Buffer;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    // A content coding that was removed leaves its encoded length in Content-Length.
    public static bool IsExpectedLength(HttpContext context, long length)
    {
        var detection = context.Features.Get<IHttpRequestBodyDetectionFeature>();
        var canHaveContent = detection?.CanHaveBody ?? context.Request.ContentLength is not 0;
        if (length == 0) return !canHaveContent;
        return detection is EncodedContentFeature || context.Request.ContentLength is not { } declared || length >= declared;
    }
}
