using HttpQuery.Negotiation;

namespace HttpQuery;

/// <summary>Results that a QUERY handler returns beside those of <c>Results</c> and <c>TypedResults</c>.</summary>
public static class QueryResults
{
    /// <summary>422: the query is well formed but cannot be processed, for example because it names an unknown field (RFC 10008 §2.1).</summary>
    /// <remarks>Sent as problem details (RFC 9457) through the application's <c>IProblemDetailsService</c> where it has one.</remarks>
    /// <param name="detail">What is wrong, for the reader of the response.</param>
    /// <param name="errors">Messages by the name of the query's part that they concern, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="detail"/> is empty.</exception>
    public static UnprocessableQuery UnprocessableQuery(string detail, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(detail);
        return new(detail, errors);
    }
}
