namespace HttpQuery.Caching;

/// <summary>What is to become of a request.</summary>
public enum CacheAction
{
    /// <summary>It is answered by <see cref="CacheTransaction.Answer"/>.</summary>
    Serve,

    /// <summary>It is forwarded as it came.</summary>
    Forward,

    /// <summary>It is forwarded with <see cref="CacheTransaction.Conditions"/> in the place of its own conditions, and without <c>Range</c> and <c>If-Range</c>.</summary>
    Validate,

    /// <summary>It asks for what is stored alone, and nothing is: 504 (RFC 9111 §5.2.1.7).</summary>
    Refuse,
}
