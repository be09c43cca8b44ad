namespace HttpQuery.Caching;

/// <summary>How the origin failed when it was asked.</summary>
internal enum OriginFailure
{
    /// <summary>It answered with an error: <see cref="ReuseRules.IsError"/>.</summary>
    Error,

    /// <summary>It could not be reached, or broke off before it had answered.</summary>
    Disconnected,
}
