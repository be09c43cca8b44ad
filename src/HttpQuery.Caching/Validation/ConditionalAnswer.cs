namespace HttpQuery.Caching;

/// <summary>What a stored response that may be used answers to the conditions of a request (RFC 9111 §4.3.2).</summary>
internal enum ConditionalAnswer
{
    /// <summary>The response as it is stored.</summary>
    Stored,

    /// <summary>304: the client has it.</summary>
    NotModified,

    /// <summary>Nothing: the request has If-Match or If-Unmodified-Since, which only the origin evaluates.</summary>
    Forward,
}
