namespace HttpQuery;

/// <summary>Options of the server, read from the configuration section <c>HttpQuery</c> and checked at start.</summary>
public sealed class HttpQueryOptions
{
    /// <summary>Lets a fallback route (<c>MapFallback</c>) answer methods that no other endpoint of a QUERY path accepts.
    /// Default <see langword="false"/>: such a request gets 405 with <c>Allow</c> (RFC 9110 §15.5.6).</summary>
    public bool AllowFallback { get; set; }

    /// <summary>Largest JSON content kept while it is bound, in bytes, so that a 400 can name the position of the first error. Default
    /// 64 KiB; 0 keeps none. Longer content that does not bind gets a 400 without a position.</summary>
    public int JsonErrorBufferLimit { get; set; } = 64 * 1024;

    /// <summary>Largest query content read before a handler runs, by <c>WithQueryKey</c>, <c>CheckConditionsAsync</c> or
    /// <c>VaryByQueryContent</c>, in bytes. Default 1 MiB. Longer content has no key, is not cached, and its conditions are not
    /// evaluated: the handler sends the full response.</summary>
    public int MaximumBufferedContentLength { get; set; } = 1024 * 1024;

    /// <summary>Largest response that <c>WithETag</c> and <c>WithRanges</c> buffer, in bytes. Default 1 MiB. Longer responses are sent as
    /// they are written, whole and without an entity tag.</summary>
    public int MaximumBufferedResponseLength { get; set; } = 1024 * 1024;

    /// <summary>Maximum number of ranges in a <c>Range</c> header. Default 16. More ranges get 416 (RFC 9110 §15.5.17).</summary>
    public int MaximumRanges { get; set; } = 16;
}
