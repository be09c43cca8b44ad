namespace HttpQuery.Caching;

/// <summary>For whom a cache stores responses (RFC 9111 §1).</summary>
public enum CacheMode
{
    /// <summary>For one user.</summary>
    Private,

    /// <summary>For several users: stricter about what may be stored, and addressed by <c>s-maxage</c> and
    /// <c>CDN-Cache-Control</c>.</summary>
    Shared,
}
