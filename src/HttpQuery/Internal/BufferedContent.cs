using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Internal;

/// <summary>Query content read ahead of its handler, up to a limit, and put back for the handler to read.</summary>
internal sealed class BufferedContent : IDisposable
{
    private const int FirstLength = 4096;

    private byte[] _octets;
    private int _length;

    private BufferedContent(int capacity) => _octets = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Whether the limit held all of the content.</summary>
    public bool IsWhole { get; private set; }

    public ReadOnlyMemory<byte> Octets => _octets.AsMemory(0, _length);

    /// <summary>Reads what is left of the request's content and gives the request a body that starts there again.</summary>
    /// <exception cref="BadHttpRequestException">The content breaks off, comes too slowly, or is longer than the server takes.</exception>
    /// <exception cref="InvalidDataException">Its coding is broken.</exception>
    public static async Task<BufferedContent> ReadAsync(HttpContext context, int maximumLength)
    {
        var body = context.Request.Body;
        var content = new BufferedContent((int)Math.Clamp(context.Request.ContentLength + 1 ?? FirstLength, 1, Math.Min((long)maximumLength + 1, FirstLength * 16)));
        context.Response.RegisterForDispose(content);
        while (content._length <= maximumLength)
        {
            if (content._length == content._octets.Length) content.Grow(maximumLength);
            var count = await body.ReadAsync(content._octets.AsMemory(content._length), context.RequestAborted);
            content.IsWhole = count == 0;
            if (content.IsWhole) break;
            content._length += count;
        }

        if (content._length > 0) context.Request.Body = new ReplayedStream(content.Octets, body);
        return content;
    }

    public void Dispose()
    {
        if (_octets.Length > 0) ArrayPool<byte>.Shared.Return(_octets);
        (_octets, _length) = ([], 0);
    }

    private void Grow(int maximumLength)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * _octets.Length, (long)maximumLength + 1));
        Octets.Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_octets);
        _octets = larger;
    }
}
