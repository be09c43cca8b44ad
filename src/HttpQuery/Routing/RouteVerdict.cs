namespace HttpQuery.Routing;

/// <summary>The decision of routing about a request to a path that holds a QUERY endpoint.</summary>
internal enum RouteVerdict
{
    /// <summary>Not a QUERY, and valid; the framework chooses the endpoint.</summary>
    Pass,

    /// <summary>A valid QUERY; the framework chooses among the endpoints that answer it.</summary>
    Query,

    /// <summary>A valid QUERY whose content came encoded: the endpoint rejects it, unless a middleware removes the coding.</summary>
    EncodedQuery,

    /// <summary>400: no Content-Type (§2).</summary>
    MissingContentType,

    /// <summary>400: the Content-Type is malformed, or was sent twice (§2).</summary>
    MalformedContentType,

    /// <summary>400: no content, for a media type that cannot be empty (§2.1).</summary>
    EmptyContent,

    /// <summary>400: a posted form that a method override turned into a QUERY.</summary>
    MethodOverride,

    /// <summary>415: well formed, but no endpoint accepts it (§2.1).</summary>
    UnsupportedMediaType,

    /// <summary>405 (RFC 9110 §15.5.6).</summary>
    MethodNotAllowed,

    /// <summary>204: lists the features that the path supports (RFC 9110 §9.3.7).</summary>
    Options,
}
