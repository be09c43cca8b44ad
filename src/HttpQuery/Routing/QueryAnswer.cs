namespace HttpQuery.Routing;

/// <summary>What routing decides about a request to a path that holds a QUERY endpoint.</summary>
internal enum QueryAnswer
{
    /// <summary>Not a QUERY, and in order; the framework chooses the endpoint.</summary>
    Pass,

    /// <summary>A QUERY in order; the framework chooses among the endpoints that answer it.</summary>
    Query,

    /// <summary>A QUERY in order whose content came coded: refused at the endpoint, unless a middleware removes the coding.</summary>
    CodedQuery,

    /// <summary>400: no Content-Type (§2).</summary>
    MissingContentType,

    /// <summary>400: the Content-Type is malformed, or was sent twice (§2).</summary>
    MalformedContentType,

    /// <summary>400: no content, of a media type that cannot be empty (§2.1).</summary>
    EmptyContent,

    /// <summary>400: a form that was posted, and became a QUERY by a method override on its way.</summary>
    MethodOverride,

    /// <summary>415: well formed, but no endpoint takes it (§2.1).</summary>
    UnsupportedMediaType,

    /// <summary>405 (RFC 9110 §15.5.6).</summary>
    MethodNotAllowed,

    /// <summary>204: what the path supports (RFC 9110 §9.3.7).</summary>
    Options,
}
