namespace HttpQuery.Caching.Rules;

/// <summary>Why a stored response is used or not.</summary>
internal enum ReuseReason
{
    /// <summary>It is fresh.</summary>
    Fresh,

    /// <summary>Its lifetime is over.</summary>
    Stale,

    /// <summary>Its lifetime is over, and <c>must-revalidate</c> or a similar directive forbids stale use.</summary>
    StaleForbidden,

    /// <summary>It has <c>no-cache</c>.</summary>
    ResponseNoCache,

    /// <summary>The request has <c>no-cache</c>.</summary>
    RequestNoCache,

    /// <summary>The request has <c>no-store</c>.</summary>
    RequestNoStore,

    /// <summary>It is older than the <c>max-age</c> of the request.</summary>
    RequestMaxAge,

    /// <summary>Its remaining lifetime is shorter than the <c>min-fresh</c> of the request.</summary>
    RequestMinFresh,

    /// <summary>It is stale within the <c>max-stale</c> of the request.</summary>
    RequestMaxStale,

    /// <summary>It is stale within its <c>stale-while-revalidate</c>.</summary>
    StaleWhileRevalidate,
}
