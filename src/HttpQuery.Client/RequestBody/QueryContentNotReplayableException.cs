using System.Globalization;

namespace HttpQuery;

/// <summary>Thrown if a query must be sent again, for example after a redirect, and its content can be sent only once.</summary>
/// <remarks>It is not an <see cref="HttpRequestException"/>, because retry handlers repeat requests that fail with one, and this request
/// would fail each time. To avoid it, use content in memory, such as <see cref="ByteArrayContent"/>.</remarks>
public sealed class QueryContentNotReplayableException : InvalidOperationException
{
    /// <summary>Creates an exception without details.</summary>
    public QueryContentNotReplayableException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    public QueryContentNotReplayableException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    public QueryContentNotReplayableException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception for content that is not buffered.</summary>
    /// <param name="maximumLength">The limit, in bytes.</param>
    internal static QueryContentNotReplayableException Create(int maximumLength) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The query must be sent again, but its content was already sent and is not in memory. Content is kept if its length is known and "
        + $"at most HttpQueryClientOptions.MaximumReplayLength ({maximumLength} bytes). "
        + $"Raise that limit, or send content in memory, such as ByteArrayContent."));

    /// <summary>Creates the exception for JSON whose serialization began and was not kept.</summary>
    /// <param name="maximumLength">The limit, in bytes.</param>
    internal static QueryContentNotReplayableException CreateForJson(int maximumLength) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The JSON content was serialized before. It cannot be serialized again, because a sequence in it may be readable only once. "
        + $"To send it again, create new content, or serialize to a ByteArrayContent. JSON content is kept if it does not wait and is at "
        + $"most {maximumLength} bytes long (HttpQueryClientOptions.MaximumReplayLength, or PrivateCacheOptions.MaximumContentLength)."));
}
