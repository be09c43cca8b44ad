namespace HttpQuery.CacheKeys;

/// <summary>Differences that count by default, and that an application can declare to be without meaning (docs/cache-key.md §6.2, §6.3).</summary>
/// <remarks>A wrong declaration makes a cache answer one query with another's answer (RFC 10008 §4).</remarks>
[Flags]
public enum QueryNormalizations
{
    /// <summary>Only what is lossless: insignificant whitespace and the spelling of strings in JSON.</summary>
    None = 0,

    /// <summary><c>json-member-order</c>: the order of the members of a JSON object.</summary>
    JsonMemberOrder = 1,

    /// <summary><c>form-escapes</c>: which octets of a form are escaped.</summary>
    FormEscapes = 2,

    /// <summary><c>form-pair-order</c>: the order of pairs with different names in a form.</summary>
    FormPairOrder = 4,

    /// <summary><c>json-spelling</c>: insignificant whitespace and the escapes of strings in JSON.</summary>
    JsonSpelling = 8,

    /// <summary><c>gzip</c>: the content coding of that name.</summary>
    Gzip = 16,

    /// <summary><c>deflate</c>: the content coding of that name.</summary>
    Deflate = 32,

    /// <summary><c>br</c>: the content coding of that name.</summary>
    Brotli = 64,
}
