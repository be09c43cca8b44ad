namespace HttpQuery.Caching;

/// <summary>Whether a cache stores responses for one user or for several (RFC 9111 §1).</summary>
public enum CacheMode
{
    /// <summary>For one user.</summary>
    Private,

    /// <summary>For several users. A shared cache has stricter rules for storing, and obeys <c>s-maxage</c> and
    /// <c>CDN-Cache-Control</c>.</summary>
    Shared,
}
