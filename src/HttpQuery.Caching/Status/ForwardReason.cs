namespace HttpQuery.Caching;

/// <summary>Why a request was forwarded: the parameter <c>fwd</c> (RFC 9211 §2.2).</summary>
internal enum ForwardReason
{
    /// <summary><c>bypass</c>: the cache was told not to handle it.</summary>
    Bypass,

    /// <summary><c>method</c>: the method asks for it.</summary>
    Method,

    /// <summary><c>uri-miss</c>: nothing is stored for the target URI and the query content.</summary>
    UriMiss,

    /// <summary><c>vary-miss</c>: what is stored answers requests with other fields.</summary>
    VaryMiss,

    /// <summary><c>miss</c>: nothing stored could be used, for one of the two reasons above.</summary>
    Miss,

    /// <summary><c>request</c>: what is stored is fresh, but the request asked for more.</summary>
    Request,

    /// <summary><c>stale</c>: what is stored is stale.</summary>
    Stale,

    /// <summary><c>partial</c>: only a part is stored.</summary>
    Partial,
}
