namespace HttpQuery.CacheKeys;

/// <summary>Claims: differences in the content that its reader ignores (docs/cache-key.md §5, §6).</summary>
/// <remarks>Without a claim, the content counts byte by byte. With a wrong claim, a cache serves the response of another query
/// (RFC 10008 §4). So claim only differences that the endpoint or origin really ignores.</remarks>
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
