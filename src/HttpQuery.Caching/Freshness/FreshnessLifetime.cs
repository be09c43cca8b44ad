namespace HttpQuery.Caching;

/// <summary>How long a response is fresh (RFC 9111 §4.2.1).</summary>
/// <param name="Value">The time since the response was made; never negative.</param>
/// <param name="Source">What states it.</param>
internal readonly record struct FreshnessLifetime(TimeSpan Value, LifetimeSource Source)
{
    /// <summary>Whether the response states it itself.</summary>
    public bool IsExplicit => Source is LifetimeSource.SharedMaxAge or LifetimeSource.MaxAge or LifetimeSource.Expires;
}
