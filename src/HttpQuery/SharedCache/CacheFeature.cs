using HttpQuery.Caching;
using HttpQuery.Caching.Engine;

namespace HttpQuery.SharedCache;

/// <summary>Marks a request that has reached the cache.</summary>
internal sealed class CacheFeature
{
    /// <summary>The exchange that receives the response.</summary>
    public OriginExchange? Exchange { get; init; }

    /// <summary>Whether the application has said that the response must not be stored.</summary>
    public bool IsStorageDisabled { get; set; }

    /// <summary>The original request, if this request is a background copy of it.</summary>
    public CacheRequest? Original { get; init; }
}
