namespace HttpQuery;

/// <summary>What a Range field asks for (RFC 9110 §14.2).</summary>
public enum ByteRangeOutcome
{
    /// <summary>To answer as if the field were not there.</summary>
    Ignored,

    /// <summary>To answer 206 (Partial Content).</summary>
    Satisfiable,

    /// <summary>To answer 416 (Range Not Satisfiable).</summary>
    Unsatisfiable,
}
