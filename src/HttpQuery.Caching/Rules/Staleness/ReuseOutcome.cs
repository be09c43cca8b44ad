namespace HttpQuery.Caching.Rules;

/// <summary>The action for a stored response that a request selects (RFC 9111 §4).</summary>
internal enum ReuseOutcome
{
    /// <summary>Ask the origin, with a conditional request if the response has a validator.</summary>
    MustValidate,

    /// <summary>Serve the response: it is fresh.</summary>
    Fresh,

    /// <summary>Serve the response stale: the client accepts this.</summary>
    ServeStale,

    /// <summary>Serve the response stale and validate it in the background (RFC 5861 §3).</summary>
    ServeStaleAndRevalidate,

    /// <summary>Return 504: the request forbids asking the origin (RFC 9111 §5.2.1.7).</summary>
    Unsatisfiable,
}
