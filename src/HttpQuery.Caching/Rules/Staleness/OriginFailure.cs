namespace HttpQuery.Caching.Rules;

/// <summary>How a request to the origin failed.</summary>
internal enum OriginFailure
{
    /// <summary>The origin returned an error: <see cref="ReuseRules.IsError"/>.</summary>
    Error,

    /// <summary>The origin was unreachable, or broke off before its response was complete.</summary>
    Disconnected,
}
