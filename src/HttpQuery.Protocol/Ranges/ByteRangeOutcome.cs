namespace HttpQuery;

/// <summary>The result of a Range header (RFC 9110 §14.2).</summary>
public enum ByteRangeOutcome
{
    /// <summary>Respond as if the header were absent.</summary>
    Ignored,

    /// <summary>Respond with 206 (Partial Content).</summary>
    Satisfiable,

    /// <summary>Respond with 416 (Range Not Satisfiable).</summary>
    Unsatisfiable,
}
