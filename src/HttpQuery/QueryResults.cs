
namespace HttpQuery;

/// <summary>Results that a QUERY handler can return besides those of <c>Results</c> and <c>TypedResults</c>.</summary>
public static class QueryResults
{
    /// <summary>422: the query is well formed but cannot be processed, for example because it names an unknown field
    /// (RFC 10008 §2.1).</summary>
    /// <remarks>Sent as problem details (RFC 9457), through the application's <c>IProblemDetailsService</c> if it has one.</remarks>
    /// <param name="detail">Describes the error to the reader of the response.</param>
    /// <param name="errors">Messages, keyed by the name of the query's part that they are about, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="detail"/> is empty.</exception>
    public static UnprocessableQuery UnprocessableQuery(string detail, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(detail);
        return new(detail, errors);
    }

    /// <summary>303: the result of the query is another resource, which the client gets with GET (RFC 10008 §2.5).</summary>
    /// <param name="location">URI of the result, absolute or relative to the target of the query.</param>
    /// <exception cref="ArgumentException"><paramref name="location"/> is empty, or no URI reference in ASCII.</exception>
    public static SeeOtherHttpResult SeeOther(string location)
    {
        ArgumentException.ThrowIfNullOrEmpty(location);
        return Uri.TryCreate(location, UriKind.RelativeOrAbsolute, out _) && location.All(c => c is > ' ' and <= '~')
            ? new(location)
            : throw new ArgumentException("The location must be a URI reference in ASCII; escape other characters.", nameof(location));
    }

    /// <summary>Content in memory, with validators. Clients can request parts of it: 200, 206, 304, 412, 416
    /// (RFC 10008 §2.6, §2.8).</summary>
    /// <remarks>Serves GET and HEAD as well. Validators that
    /// <see cref="QueryHttpContextExtensions.CheckConditionsAsync"/> has set before apply too.</remarks>
    /// <param name="content">All bytes of the result.</param>
    /// <param name="contentType">Media type of the content, for example <c>text/csv; charset=utf-8</c>.</param>
    /// <param name="entityTag">Entity tag of the result, strong if clients are to resume with
    /// <c>If-Range</c>; or <see langword="null"/>.</param>
    /// <param name="lastModified">Time when the result last changed, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="contentType"/> is empty.</exception>
    public static RangeHttpResult Bytes(
        ReadOnlyMemory<byte> content, string contentType, EntityTag? entityTag = null, DateTimeOffset? lastModified = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(contentType);
        return new(content, null, contentType, entityTag, lastModified);
    }

    /// <summary>Content of a seekable stream, with validators. Clients can request parts of it: 200,
    /// 206, 304, 412, 416 (RFC 10008 §2.6, §2.8).</summary>
    /// <remarks>Serves GET and HEAD as well. Validators that
    /// <see cref="QueryHttpContextExtensions.CheckConditionsAsync"/> has set before apply too. The stream seeks to a part
    /// and never reads through to it. The stream is disposed when the response has been sent.</remarks>
    /// <param name="content">All bytes of the result, from position 0 of the stream, for example a file.</param>
    /// <param name="contentType">Media type of the content, for example <c>text/csv; charset=utf-8</c>.</param>
    /// <param name="entityTag">Entity tag of the result, strong if clients are to resume with
    /// <c>If-Range</c>; or <see langword="null"/>.</param>
    /// <param name="lastModified">Time when the result last changed, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="content"/> cannot seek, or <paramref name="contentType"/> is empty.</exception>
    public static RangeHttpResult Stream(
        Stream content, string contentType, EntityTag? entityTag = null, DateTimeOffset? lastModified = null)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentException.ThrowIfNullOrEmpty(contentType);
        if (!content.CanSeek) throw new ArgumentException("Ranges need a stream that can seek.", nameof(content));
        return new(default, content, contentType, entityTag, lastModified);
    }
}
