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

    /// <summary>Content in memory, with validators, of which a client can ask parts: 200, 206, 304, 412, 416 (RFC 10008 §2.6, §2.8).</summary>
    /// <remarks>Serves GET and HEAD as well. Validators that were stated before, by <see cref="QueryHttpContextExtensions.CheckConditionsAsync"/>, count too.</remarks>
    /// <param name="content">The octets of the result, as a whole.</param>
    /// <param name="contentType">Their media type, for example <c>text/csv; charset=utf-8</c>.</param>
    /// <param name="entityTag">The entity tag of the result, strong where clients are to resume by <c>If-Range</c>; or <see langword="null"/>.</param>
    /// <param name="lastModified">When the result last changed, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="contentType"/> is empty.</exception>
    public static RangeContent Bytes(ReadOnlyMemory<byte> content, string contentType, EntityTag? entityTag = null, DateTimeOffset? lastModified = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(contentType);
        return new(content, null, contentType, entityTag, lastModified);
    }

    /// <summary>Content of a seekable stream, with validators, of which a client can ask parts: 200, 206, 304, 412, 416 (RFC 10008 §2.6, §2.8).</summary>
    /// <remarks>Serves GET and HEAD as well. Validators that were stated before, by <see cref="QueryHttpContextExtensions.CheckConditionsAsync"/>, count too.
    /// Parts are sought, never read through. The stream is disposed when the response has been sent.</remarks>
    /// <param name="content">The octets of the result, as a whole and from its position 0, for example a file.</param>
    /// <param name="contentType">Their media type, for example <c>text/csv; charset=utf-8</c>.</param>
    /// <param name="entityTag">The entity tag of the result, strong where clients are to resume by <c>If-Range</c>; or <see langword="null"/>.</param>
    /// <param name="lastModified">When the result last changed, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="content"/> cannot be sought, or <paramref name="contentType"/> is empty.</exception>
    public static RangeContent Stream(Stream content, string contentType, EntityTag? entityTag = null, DateTimeOffset? lastModified = null)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentException.ThrowIfNullOrEmpty(contentType);
        if (!content.CanSeek) throw new ArgumentException("Ranges need a stream that can be sought.", nameof(content));
        return new(default, content, contentType, entityTag, lastModified);
    }
}
