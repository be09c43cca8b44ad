namespace HttpQuery;

/// <summary>What the preconditions of a request ask for (RFC 9110 §13.2.2).</summary>
public enum PreconditionOutcome
{
    /// <summary>To answer as if there were none.</summary>
    Proceed,

    /// <summary>To answer 304 (Not Modified): the client has the current representation.</summary>
    NotModified,

    /// <summary>To answer 412 (Precondition Failed).</summary>
    PreconditionFailed,
}
