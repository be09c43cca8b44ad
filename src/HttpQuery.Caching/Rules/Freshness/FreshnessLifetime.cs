namespace HttpQuery.Caching.Rules;

/// <summary>The lifetime of a response and its source (RFC 9111 §4.2.1).</summary>
/// <param name="Value">The lifetime, counted from the creation of the response; never negative.</param>
/// <param name="Source">The source that states the lifetime.</param>
internal readonly record struct FreshnessLifetime(TimeSpan Value, LifetimeSource Source)
{
    /// <summary>Whether the response itself states the lifetime.</summary>
    public bool IsExplicit => Source is LifetimeSource.SharedMaxAge or LifetimeSource.MaxAge or LifetimeSource.Expires;
}
