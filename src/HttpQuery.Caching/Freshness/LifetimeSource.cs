namespace HttpQuery.Caching;

/// <summary>What states the lifetime of a response, the strongest first (RFC 9111 §4.2.1).</summary>
internal enum LifetimeSource
{
    /// <summary>Nothing: the lifetime is zero.</summary>
    None,

    /// <summary><c>s-maxage</c>, in a shared cache.</summary>
    SharedMaxAge,

    /// <summary><c>max-age</c>.</summary>
    MaxAge,

    /// <summary>Expires, less Date.</summary>
    Expires,

    /// <summary><see cref="CacheRuleOptions.DefaultLifetime"/>.</summary>
    Default,

    /// <summary>The time since Last-Modified (RFC 9111 §4.2.2).</summary>
    Heuristic,
}
