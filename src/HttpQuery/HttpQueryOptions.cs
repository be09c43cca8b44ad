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
}
