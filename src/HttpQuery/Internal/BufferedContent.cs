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
    public const int LongestPeek = 64 * 1024;

    private byte[] _octets;
    private int _length;
    private ReadOnlyMemory<byte> _peeked;

    private BufferedContent(int capacity) => _octets = GC.AllocateUninitializedArray<byte>(capacity);

    /// <summary>Whether the limit held all of the content.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether this is all that was sent, as far as anybody can tell: nobody had read it before, or the beginning of it.</summary>
    public bool IsCertain { get; private set; }

    /// <summary>What was read. Up to <see cref="LongestPeek"/> octets it may be the server's memory, and theirs again as soon as anybody reads the request's body.</summary>
    public ReadOnlyMemory<byte> Octets => _peeked.IsEmpty ? _octets.AsMemory(0, _length) : _peeked;

    /// <summary>Reads what is left of the request's content; who reads the request's body finds it again.</summary>
    /// <exception cref="BadHttpRequestException">The content breaks off, comes too slowly, or is longer than the server takes.</exception>
    /// <exception cref="InvalidDataException">Its coding is broken.</exception>
    public static async ValueTask<BufferedContent> ReadAsync(HttpContext context, int maximumLength)
    {
        var body = context.Request.Body;
        var start = body.CanSeek ? body.Position : -1;
        var length = context.Request.ContentLength;
        if (length is > 0 and <= LongestPeek && length <= maximumLength && IsServersOwn(body)) return await PeekAsync(context, (int)length);

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

    // Nobody has put another stream in its place.
    public static bool IsServersOwn(Stream body) => body.GetType().Assembly == typeof(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions).Assembly;

    // Nothing is consumed, so nothing need be put back.
    private static async ValueTask<BufferedContent> PeekAsync(HttpContext context, int length)
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

            var content = new BufferedContent(0) { _peeked = buffer.IsSingleSegment ? buffer.First : buffer.ToArray(), IsWhole = true, IsCertain = buffer.Length == length };
            reader.AdvanceTo(buffer.Start, buffer.End);
            return content;
        }
    }

    // A coding that was removed leaves its own length in the field.
    public static bool IsExpected(HttpContext context, int length)
    {
        var detection = context.Features.Get<IHttpRequestBodyDetectionFeature>();
        var canHaveContent = detection?.CanHaveBody ?? context.Request.ContentLength is not 0;
        if (length == 0) return !canHaveContent;
        return detection is RequestAsSent.CodedContent || context.Request.ContentLength is not { } stated || length >= stated;
    }
}
