namespace HttpQuery.Caching;

/// <summary>What to do with a stored response that a request selects (RFC 9111 §4).</summary>
internal enum ReuseOutcome
{
    /// <summary>Ask the origin: by a conditional request where the response has a validator.</summary>
    MustValidate,

    /// <summary>Serve it: it is fresh.</summary>
    Fresh,

    /// <summary>Serve it stale: the client has said that this will do.</summary>
    ServeStale,

    /// <summary>Serve it stale and validate it meanwhile (RFC 5861 §3).</summary>
    ServeStaleAndRevalidate,

    /// <summary>Answer 504: the origin must not be asked (RFC 9111 §5.2.1.7).</summary>
    Unsatisfiable,
}
