namespace HttpQuery;

/// <summary>Settings of the server side, read from the configuration section <c>HttpQuery</c> and checked at start.</summary>
public sealed class HttpQueryOptions
{
    /// <summary>Lets a fallback route (<c>MapFallback</c>) answer methods that no other endpoint of a QUERY path accepts.
    /// Default <see langword="false"/>: such a request gets 405 with <c>Allow</c> (RFC 9110 §15.5.6).</summary>
    public bool AllowFallback { get; set; }

    /// <summary>Largest JSON content kept while it is bound, so that a 400 can name the position of its first error, in bytes.
    /// Default 64 KiB; 0 keeps nothing. Longer content that does not bind gets its 400 without a position.</summary>
    public int MaximumLocatedContentLength { get; set; } = 64 * 1024;

    /// <summary>Largest query content read ahead of a handler, by <c>WithQueryKey</c>, <c>CheckConditionsAsync</c> or <c>VaryByQueryContent</c>, in bytes. Default 1 MiB.
    /// Longer content has no key, is not cached, and its conditions are not evaluated: the handler answers in full.</summary>
    public int MaximumBufferedContentLength { get; set; } = 1024 * 1024;

    /// <summary>Largest response kept back by <c>WithETag</c> and <c>WithRanges</c>, in bytes. Default 1 MiB. Longer ones are sent as they come, without
    /// an entity tag and whole.</summary>
    public int MaximumBufferedResponseLength { get; set; } = 1024 * 1024;

    /// <summary>Most ranges that a <c>Range</c> field may ask for. Default 16. More are answered by 416 (RFC 9110 §15.5.17).</summary>
    public int MaximumRanges { get; set; } = 16;
}
