using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Headers;

/// <summary>The headers of a message, independent of where they are kept.</summary>
internal interface IReadOnlyHeaders
{
    /// <summary>The lines of a header in the order they were received; empty if there is no such header.</summary>
    /// <param name="name">The name of the header, in any case.</param>
    StringValues this[string name] { get; }
}
