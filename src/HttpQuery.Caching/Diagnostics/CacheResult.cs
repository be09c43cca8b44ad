namespace HttpQuery.Caching.Diagnostics;

/// <summary>How the cache handled a request. Each request has exactly one result, which is counted and logged.</summary>
internal enum CacheResult
{
    /// <summary>A fresh response was served.</summary>
    Hit,

    /// <summary>A stale response was served and is revalidated in the background (RFC 5861 §3).</summary>
    StaleWhileRevalidate,

    /// <summary>A stale response was served because the request accepts it (RFC 9111 §5.2.1.2).</summary>
    MaxStale,

    /// <summary>A stale response was served because the origin failed (RFC 5861 §4, RFC 9111 §4.2.4).</summary>
    StaleIfError,

    /// <summary>The origin returned 304, and the stored response was served.</summary>
    Validated,

    /// <summary>The request got the response to an identical request that ran at the same time.</summary>
    Collapsed,

    /// <summary>The request was forwarded, and the origin's response was sent.</summary>
    Miss,

    /// <summary>A background request got a response from the origin.</summary>
    Revalidation,

    /// <summary>The cache could not look up the request.</summary>
    Bypass,

    /// <summary>The cache does not store responses to this method.</summary>
    Method,

    /// <summary>504: the request allows only a stored response, and there is none (RFC 9111 §5.2.1.7).</summary>
    Refused,

    /// <summary>No response arrived, and no stored response could replace it.</summary>
    Failed,

    /// <summary>The client disconnected before a response arrived.</summary>
    Cancelled,
}
