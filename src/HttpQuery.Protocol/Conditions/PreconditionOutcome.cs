namespace HttpQuery;

/// <summary>The result of the preconditions of a request (RFC 9110 §13.2.2).</summary>
public enum PreconditionOutcome
{
    /// <summary>Respond as if the request had no preconditions.</summary>
    Proceed,

    /// <summary>Respond with 304 (Not Modified): the client has the current representation.</summary>
    NotModified,

    /// <summary>Respond with 412 (Precondition Failed).</summary>
    PreconditionFailed,
}
