using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Adapters;

/// <summary>The headers of a request that an adapter forwards.</summary>
internal interface IRequestHeaders : IReadOnlyHeaders
{
    /// <summary>Replaces the lines of a header. Without lines, removes the header.</summary>
    void Set(string name, StringValues lines);
}
