using System.Net;

namespace HttpQuery;

/// <summary>Thrown by the methods that read JSON if the status of the response is not 2xx.</summary>
/// <remarks>It is an <see cref="HttpRequestException"/> with <see cref="HttpRequestException.StatusCode"/>, so code that catches those
/// works unchanged.</remarks>
public sealed class QueryRequestException : HttpRequestException
{
    /// <summary>Creates an exception without details.</summary>
    public QueryRequestException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    public QueryRequestException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    public QueryRequestException(string? message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>Creates an exception with what the response says.</summary>
    internal QueryRequestException(
        string message, HttpStatusCode status, QueryProblemDetails? problem, IReadOnlyList<string> acceptedFormats, QueryResponseInfo info)
        : base(message, null, status) =>
        (Problem, AcceptedFormats, Info) = (problem, acceptedFormats, info);

    /// <summary>The problem details of the response (RFC 9457). <see langword="null"/> if it has none, or if they are malformed or longer
    /// than 64 KiB.</summary>
    public QueryProblemDetails? Problem { get; }

    /// <summary>The media types that the server accepts as query content, from <c>Accept-Query</c>, or from <c>Accept</c> of a 415. Empty
    /// if the response does not name any. At most 100.</summary>
    public IReadOnlyList<string> AcceptedFormats { get; } = [];

    /// <summary>What the handlers of HttpQuery did to get the response, for example why a redirect was not followed.</summary>
    public QueryResponseInfo Info { get; } = QueryResponseInfo.None;
}
