using Microsoft.AspNetCore.Http;

namespace HttpQuery.Ranges;

/// <summary>Content of known length from which parts can be sent.</summary>
internal interface IRangeSource
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Writes the bytes of <paramref name="range"/> to the response.</summary>
    Task WriteAsync(HttpResponse response, ByteRange range);
}
