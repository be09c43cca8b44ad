namespace HttpQuery.Caching.Rules;

/// <summary>The sources of a response's lifetime, the strongest first (RFC 9111 §4.2.1).</summary>
internal enum LifetimeSource
{
    /// <summary>No source: the lifetime is zero.</summary>
    None,

    /// <summary><c>s-maxage</c>, in a shared cache.</summary>
    SharedMaxAge,

    /// <summary><c>max-age</c>.</summary>
    MaxAge,

    /// <summary>Expires minus Date.</summary>
    Expires,

    /// <summary><see cref="CacheRuleOptions.DefaultLifetime"/>.</summary>
    Default,

    /// <summary>The time since Last-Modified (RFC 9111 §4.2.2).</summary>
    Heuristic,
}
