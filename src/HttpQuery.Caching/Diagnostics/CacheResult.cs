namespace HttpQuery.Caching.Diagnostics;

/// <summary>What the cache did with a request: each way through it has one result, by which it is counted and logged.</summary>
internal enum CacheResult
{
    /// <summary>A fresh response was served.</summary>
    Hit,

    /// <summary>A stale response was served, and is revalidated in the background (RFC 5861 §3).</summary>
    StaleWhileRevalidate,

    /// <summary>A stale response was served, because the request accepts it (RFC 9111 §5.2.1.2).</summary>
    MaxStale,

    /// <summary>A stale response was served, because the origin failed (RFC 5861 §4, RFC 9111 §4.2.4).</summary>
    StaleIfError,

    /// <summary>The origin answered 304, and the stored response was served.</summary>
    Validated,

    /// <summary>The response to another request that asked the same at the same time was served.</summary>
    Collapsed,

    /// <summary>The request was forwarded, and the origin's response was sent.</summary>
    Miss,

    /// <summary>A request in the background got a response from the origin.</summary>
    Revalidation,

    /// <summary>The cache could not look the request up.</summary>
    Bypass,

    /// <summary>The cache stores nothing for this method.</summary>
    Method,

    /// <summary>504: only a stored response was asked for, and there is none (RFC 9111 §5.2.1.7).</summary>
    Refused,

    /// <summary>No response came, and no stored one could stand in.</summary>
    Failed,

    /// <summary>The client left before a response came.</summary>
    Cancelled,
}
