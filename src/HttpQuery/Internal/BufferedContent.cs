using System.Buffers;
using HttpQuery.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.Internal;

/// <summary>Query content read ahead of its handler, up to a limit, and put back for the handler to read.</summary>
/// <remarks>Not in pooled memory where it is put back: whoever holds the request's body may read it later than anybody could tell.</remarks>
internal sealed class BufferedContent
{
    private const int FirstLength = 4096;

    // Far below what servers take before somebody consumes it.
    private const int LongestPeek = 64 * 1024;

    private byte[] _octets;
    private int _length;

    private BufferedContent(int capacity) => _octets = GC.AllocateUninitializedArray<byte>(capacity);

    /// <summary>Whether the limit held all of the content.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether this is all that was sent, as far as anybody can tell: nobody had read it before, or the beginning of it.</summary>
    public bool IsCertain { get; private set; }

    /// <summary>What was read.</summary>
    public ReadOnlyMemory<byte> Octets => _octets.AsMemory(0, _length);

    /// <summary>Reads what is left of the request's content; who reads the request's body finds it again.</summary>
    /// <exception cref="BadHttpRequestException">The content breaks off, comes too slowly, or is longer than the server takes.</exception>
    /// <exception cref="InvalidDataException">Its coding is broken.</exception>
    public static async ValueTask<BufferedContent> ReadAsync(HttpContext context, int maximumLength)
    {
        var body = context.Request.Body;
        var start = body.CanSeek ? body.Position : -1;
        var length = context.Request.ContentLength;

        // Consumed, not only examined: once the client has gone, Kestrel does not consume what is left, and then cannot read on ("Reading is already in progress").
        var content = new BufferedContent((int)Math.Clamp(length + 1 ?? FirstLength, 1, Math.Min((long)maximumLength + 1, LongestPeek)));
        while (content._length <= maximumLength)
        {
            if (content._length == content._octets.Length) Array.Resize(ref content._octets, (int)Math.Min(2L * content._length, (long)maximumLength + 1));
            var count = await body.ReadAsync(content._octets.AsMemory(content._length), context.RequestAborted);
            content._length += count;
            content.IsWhole = count == 0;
            if (content.IsWhole) break;
        }

        content.IsCertain = content.IsWhole && start <= 0 && IsExpected(context, content._length);
        if (start >= 0) body.Position = start;
        else if (content._length > 0 && body is ReplayedStream replayed) replayed.PutBack(content.Octets);
        else if (content._length > 0) context.Request.Body = new ReplayedStream(content.Octets, body);
        return content;
    }

    /// <summary>Waits until the content has come. It stays where it is, for a handler that holds the request's body already, unless <paramref name="isAnswered"/> says that none will read it.</summary>
    /// <returns>Whether the limit holds all of it.</returns>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public static async ValueTask<bool> WaitAsync(HttpContext context, int maximumLength, Func<bool> isAnswered)
    {
        var (isExamined, buffer) = (CanExamine(context, maximumLength, out var length), default(ReadOnlySequence<byte>));
        try
        {
            if (isExamined) buffer = await ExamineAsync(context, length);
            else if (!(await ReadAsync(context, maximumLength)).IsWhole) return false;
        }
        catch (InvalidOperationException)
        {
            // Whoever bound the content has completed its reader: there is nothing left.
            isExamined = false;
        }

        var consumed = buffer.Start;
        try
        {
            if (isAnswered()) consumed = buffer.End;
        }
        finally
        {
            // Examined no further than consumed: what is examined and left is a read that Kestrel cannot end once the client has gone.
            if (isExamined) context.Request.BodyReader.AdvanceTo(consumed);
        }
        return true;
    }

    /// <summary>Whether no other stream has taken the place of Kestrel's own.</summary>
    public static bool IsServersOwn(Stream body) => body.GetType().Assembly == typeof(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions).Assembly;

    private static bool CanExamine(HttpContext context, int maximumLength, out int length)
    {
        var stated = context.Request.ContentLength;
        length = stated is > 0 and <= LongestPeek && stated <= maximumLength ? (int)stated : 0;
        return length > 0 && IsServersOwn(context.Request.Body);
    }

    // Who calls it calls AdvanceTo. Memory is the server's until all has come.
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

    // A coding that was removed leaves its own length in the field.
    public static bool IsExpected(HttpContext context, long length)
    {
        var detection = context.Features.Get<IHttpRequestBodyDetectionFeature>();
        var canHaveContent = detection?.CanHaveBody ?? context.Request.ContentLength is not 0;
        if (length == 0) return !canHaveContent;
        return detection is RequestAsSent.CodedContent || context.Request.ContentLength is not { } stated || length >= stated;
    }
}
