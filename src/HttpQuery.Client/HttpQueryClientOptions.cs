using HttpQuery.Replay;

namespace HttpQuery;

/// <summary>Settings of the handlers that <c>AddHttpQuery</c> adds to an HttpClient.</summary>
/// <remarks>Settings for all clients come from the configuration section <c>HttpQuery:Client</c>, then settings for one client from
/// <c>HttpQuery:Client:Clients:NAME</c>. The host checks them at start. A key in these sections that is not an option is an error. The
/// cache has its own settings, <see cref="PrivateCacheOptions"/>.</remarks>
/// <example><code>
/// "HttpQuery": { "Client": { "Redirects": { "MaximumCount": 5 }, "Clients": { "orders": { "UseCache": false } } } }
/// </code></example>
public sealed class HttpQueryClientOptions
{
    private const int LargestLength = 1024 * 1024 * 1024;

    /// <summary>Whether <c>AddHttpQuery</c> adds a private cache (RFC 9111, RFC 10008 §2.7). Default <see langword="true"/>.</summary>
    public bool UseCache { get; set; } = true;

    /// <summary>Whether <c>AddHttpQuery</c> adds a handler that follows redirects (RFC 10008 §2.5), in place of the automatic redirects
    /// of .NET. Default <see langword="true"/>.</summary>
    public bool UseRedirects { get; set; } = true;

    /// <summary>Whether <c>AddHttpQuery</c> adds a handler that remembers the query formats that servers accept (RFC 10008 §3). Default
    /// <see langword="true"/>.</summary>
    public bool UseDiscovery { get; set; } = true;

    /// <summary>Whether <c>AddHttpQuery</c> adds a handler that sends a query by POST or GET where QUERY is not known. It needs
    /// <see cref="QueryFallbackOptions.Paths"/>. Default <see langword="false"/>.</summary>
    public bool UseFallback { get; set; }

    /// <summary>Whether <c>AddHttpQuery</c> adds a handler that repeats a query as a GET of the <c>Location</c> that its response had
    /// (RFC 10008 §2.4). Default <see langword="false"/>.</summary>
    public bool UseLocation { get; set; }

    /// <summary>Whether a query is sent once more if the server closes the connection before a response. Default <see langword="true"/>.
    /// The fallback always does it.</summary>
    public bool UseConnectionRetry { get; set; } = true;

    /// <summary>Largest query content that is kept in memory to be sent again, in bytes: 0 to 1 GiB. Default 1 MiB. Larger content is sent
    /// once. If it must be sent again, <see cref="QueryContentNotReplayableException"/> is thrown.</summary>
    public int MaximumReplayLength { get; set; } = ReplayableRequest.DefaultMaximumLength;

    /// <summary>Settings of redirects.</summary>
    public QueryRedirectOptions Redirects { get; } = new();

    /// <summary>Settings of discovery.</summary>
    public QueryDiscoveryOptions Discovery { get; } = new();

    /// <summary>Settings of the fallback.</summary>
    public QueryFallbackOptions Fallback { get; } = new();

    /// <summary>Settings of the switch to GET.</summary>
    public QueryLocationOptions Location { get; } = new();

    /// <summary>Returns an error for each option that is out of range.</summary>
    /// <param name="prefix">The text before the name of an option: the section and a colon.</param>
    internal IEnumerable<string> Validate(string prefix)
    {
        if (MaximumReplayLength is < 0 or > LargestLength)
            yield return $"{prefix}{nameof(MaximumReplayLength)} must be between 0 and {LargestLength} bytes.";
        foreach (var failure in Redirects.Validate($"{prefix}{nameof(Redirects)}:")) yield return failure;
        foreach (var failure in Discovery.Validate($"{prefix}{nameof(Discovery)}:")) yield return failure;
        foreach (var failure in Fallback.Validate($"{prefix}{nameof(Fallback)}:", UseFallback)) yield return failure;
        foreach (var failure in Location.Validate($"{prefix}{nameof(Location)}:")) yield return failure;
    }
}
