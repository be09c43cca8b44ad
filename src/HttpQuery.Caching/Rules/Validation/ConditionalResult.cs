namespace HttpQuery.Caching.Rules;

/// <summary>How a usable stored response is served under the conditions of a request (RFC 9111 §4.3.2).</summary>
internal enum ConditionalResult
{
    /// <summary>Serve the response as it is stored.</summary>
    Stored,

    /// <summary>Return 304: the client already has the response.</summary>
    NotModified,

    /// <summary>Forward the request: it has If-Match or If-Unmodified-Since, which only the origin evaluates.</summary>
    Forward,
}
