namespace HttpQuery.Caching.Status;

/// <summary>Why a request was forwarded: the parameter <c>fwd</c> (RFC 9211 §2.2).</summary>
internal enum ForwardReason
{
    /// <summary><c>bypass</c>: the cache was configured not to handle the request.</summary>
    Bypass,

    /// <summary><c>method</c>: the method requires it.</summary>
    Method,

    /// <summary><c>uri-miss</c>: nothing is stored for the target URI and the query content.</summary>
    UriMiss,

    /// <summary><c>vary-miss</c>: the stored responses are for requests with other headers.</summary>
    VaryMiss,

    /// <summary><c>request</c>: the stored response is fresh, but the request requires more.</summary>
    Request,

    /// <summary><c>stale</c>: the stored response is stale.</summary>
    Stale,
}
