namespace HttpQuery;

/// <summary>Settings for what a client remembers of the query formats that servers accept (RFC 10008 §3).</summary>
public sealed class QueryDiscoveryOptions
{
    /// <summary>How long an <c>Accept-Query</c> value is remembered. Default 1 hour.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Maximum number of paths that are remembered. Least recently used paths are evicted first. Default 1,000.</summary>
    public int MaximumCount { get; set; } = 1000;

    /// <summary>Longest <c>Accept-Query</c> or <c>Accept</c> value that is read, in characters. A longer value is ignored. Default
    /// 8,192.</summary>
    public int MaximumValueLength { get; set; } = 8192;

    /// <summary>Returns an error for each option that is out of range.</summary>
    /// <param name="prefix">The text before the name of the option: the configuration section and a colon, or the class and a
    /// dot.</param>
    internal IEnumerable<string> Validate(string prefix)
    {
        if (Lifetime <= TimeSpan.Zero || Lifetime > TimeSpan.FromDays(30))
            yield return $"{prefix}{nameof(Lifetime)} must be positive and at most 30 days.";
        if (MaximumCount <= 0) yield return $"{prefix}{nameof(MaximumCount)} must be positive.";
        if (MaximumValueLength is <= 0 or > 1024 * 1024)
            yield return $"{prefix}{nameof(MaximumValueLength)} must be between 1 and 1048576 characters.";
    }
}
