using HttpQuery.Caching;

namespace HttpQuery.SharedCache;

/// <summary>That a request has met the cache.</summary>
internal sealed class CachePlace
{
    /// <summary>Takes its response.</summary>
    public OriginExchange? Exchange { get; init; }

    /// <summary>Whether the response must not be stored: the application said so.</summary>
    public bool IsStorageDisabled { get; set; }

    /// <summary>The request that a request in the background was made of.</summary>
    public CacheRequest? Original { get; init; }
}
