namespace HttpQuery.CacheKeys;

/// <summary>Claims: differences in the content that its reader does not see (docs/cache-key.md §5, §6).</summary>
/// <remarks>Without a claim the content counts byte by byte. A wrong claim makes a cache answer one query with another's response
/// (RFC 10008 §4), so claim only what the endpoint or origin that reads the content really does.</remarks>
[Flags]
public enum QueryNormalizations
{
    /// <summary>No claim: every byte counts.</summary>
    None = 0,

    /// <summary><c>json-spelling</c>: insignificant whitespace and the escapes of strings in JSON.</summary>
    JsonSpelling = 1,

    /// <summary><c>json-member-order</c>: the order of the members of a JSON object. Implies <see cref="JsonSpelling"/>.</summary>
    JsonMemberOrder = 2,

    /// <summary><c>gzip</c>: the content coding of that name.</summary>
    Gzip = 4,

    /// <summary><c>deflate</c>: the content coding of that name.</summary>
    Deflate = 8,
}
