namespace HttpQuery.Caching.Rules;

/// <summary>Whether a response may be stored, or the reason why not (RFC 9111 §3).</summary>
internal enum StorageDecision
{
    /// <summary>The response may be stored.</summary>
    Store,

    /// <summary>The method is neither GET nor QUERY.</summary>
    Method,

    /// <summary>The status code is not final, or the response depends on the conditions, range or expectation of this request: 206, 304,
    /// 412, 416, 417.</summary>
    Status,

    /// <summary>The response has <c>must-understand</c>, and the cache does not know its status code (§5.2.2.3).</summary>
    NotUnderstood,

    /// <summary>The request has <c>no-store</c>.</summary>
    RequestNoStore,

    /// <summary>The response has <c>no-store</c>.</summary>
    ResponseNoStore,

    /// <summary>The response is <c>private</c> and the cache is shared.</summary>
    Private,

    /// <summary>The request has a credential, the cache is shared, and no directive or option allows storing (§3.5).</summary>
    Authorization,

    /// <summary>The response has Set-Cookie, the cache is shared, and no directive or option allows sharing the cookie.</summary>
    SetCookie,

    /// <summary>Vary has <c>*</c> or cannot be read, so no request would match (§4.1).</summary>
    Vary,

    /// <summary>The status code is not 2xx, and different spellings of the content have the same key.</summary>
    NormalizedKey,

    /// <summary>The response states no lifetime, and a heuristic one is not allowed.</summary>
    NoLifetime,

    /// <summary>The response could never be used: it is stale or has <c>no-cache</c>, and has no validator.</summary>
    NotReusable,

    /// <summary>The request is a QUERY without <c>Content-Type</c>, which the origin must refuse (RFC 10008 §2).</summary>
    ContentType,
}
