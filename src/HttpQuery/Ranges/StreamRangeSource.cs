using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Ranges;

/// <summary>Content of a stream that can seek to any position.</summary>
internal sealed class StreamRangeSource(Stream content) : IRangeSource
{
    private const int BufferLength = 64 * 1024;

    public long Length { get; } = content.Length;

    public async Task WriteAsync(HttpResponse response, ByteRange range)
    {
        var aborted = response.HttpContext.RequestAborted;
        content.Seek(range.First, SeekOrigin.Begin);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BufferLength, range.Length));
        try
        {
            for (var left = range.Length; left > 0;)
            {
                var count = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), aborted);
                if (count == 0) throw new EndOfStreamException("The content became shorter while it was being sent.");
                await response.Body.WriteAsync(buffer.AsMemory(0, count), aborted);
                left -= count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
