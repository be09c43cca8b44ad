using Microsoft.AspNetCore.Http;

namespace HttpQuery.Ranges;

/// <summary>Content in memory.</summary>
internal sealed class MemoryRangeSource(ReadOnlyMemory<byte> content) : IRangeSource
{
    public long Length => content.Length;

    public async Task WriteAsync(HttpResponse response, ByteRange range) =>
        await response.BodyWriter.WriteAsync(content.Slice((int)range.First, (int)range.Length), response.HttpContext.RequestAborted);
}
