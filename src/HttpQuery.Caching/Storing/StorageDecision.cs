namespace HttpQuery.Caching;

/// <summary>Whether a response may be stored, and else why not (RFC 9111 §3).</summary>
internal enum StorageDecision
{
    /// <summary>It may be stored.</summary>
    Store,

    /// <summary>The method is neither GET nor QUERY.</summary>
    Method,

    /// <summary>The status code is not final, or the answer is to the conditions or the range of this request alone: 206, 304, 412,
    /// 416, 417.</summary>
    Status,

    /// <summary>The response has <c>must-understand</c>, and its status code is not known here (§5.2.2.3).</summary>
    NotUnderstood,

    /// <summary>The request has <c>no-store</c>.</summary>
    RequestNoStore,

    /// <summary>The response has <c>no-store</c>.</summary>
    ResponseNoStore,

    /// <summary>The response is <c>private</c> and the cache is shared.</summary>
    Private,

    /// <summary>The request has a credential, the cache is shared, and nothing allows that (§3.5).</summary>
    Authorization,

    /// <summary>The response has Set-Cookie, the cache is shared, and nothing says that the cookie is for everyone.</summary>
    SetCookie,

    /// <summary>Vary has <c>*</c> or cannot be read, so that no request would match (§4.1).</summary>
    Vary,

    /// <summary>Only a 2xx is stored under a key that does not tell all spellings of the content apart.</summary>
    NormalizedKey,

    /// <summary>Nothing states a lifetime, and none may be guessed.</summary>
    NoLifetime,

    /// <summary>It could never be used: it is stale or has <c>no-cache</c>, and has no validator.</summary>
    NotReusable,

    /// <summary>The request is a QUERY without <c>Content-Type</c>, which the origin had to refuse (RFC 10008 §2).</summary>
    ContentType,
}
