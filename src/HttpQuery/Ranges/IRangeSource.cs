using Microsoft.AspNetCore.Http;

namespace HttpQuery.Ranges;

/// <summary>Content of known length from which parts can be sent.</summary>
internal interface IRangeSource
{
    /// <summary>In octets.</summary>
    long Length { get; }

    /// <summary>Writes the octets of <paramref name="range"/> to the response.</summary>
    Task WriteAsync(HttpResponse response, ByteRange range);
}
