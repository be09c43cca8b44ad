namespace HttpQuery.Fallback;

/// <summary>Why a QUERY did not work at a server.</summary>
internal enum FallbackReason
{
    /// <summary>It worked, or failed for a reason that has nothing to do with the method.</summary>
    None,

    /// <summary>405 without QUERY in <c>Allow</c>: the path does not accept QUERY.</summary>
    MethodNotAllowed,

    /// <summary>501: the server does not know QUERY.</summary>
    NotImplemented,

    /// <summary>400 or 403 by a named intermediary.</summary>
    Intermediary,

    /// <summary>The connection or stream was closed before a response, twice.</summary>
    Closed,
}
