namespace HttpQuery;

/// <summary>Settings of the private cache of an HttpClient.</summary>
public sealed class PrivateCacheOptions
{
    /// <summary>Most memory that stored responses take, in bytes. Default 64 MiB.</summary>
    public long MaximumSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>Most stored items: responses, and for each URI and each list of Vary one more. Default 10,000.</summary>
    public int MaximumCount { get; set; } = 10_000;

    /// <summary>Largest query content that is looked up, in bytes. Default 1 MiB. Longer content passes by the cache, and so does content of unknown length, JSON excepted.</summary>
    public int MaximumContentLength { get; set; } = 1024 * 1024;

    /// <summary>Largest response content that is stored, in bytes. Default 4 MiB. Longer content passes.</summary>
    public long MaximumResponseLength { get; set; } = 4 * 1024 * 1024;

    /// <summary>Whom a request speaks for, where <c>Authorization</c> and <c>Cookie</c> do not say it: responses to one are never given to another.
    /// Default <see langword="null"/>.</summary>
    public Func<HttpRequestMessage, string?>? Partition { get; set; }
}
