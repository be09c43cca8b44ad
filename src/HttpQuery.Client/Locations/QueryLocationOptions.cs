using HttpQuery.Caching.Headers;

namespace HttpQuery;

/// <summary>Settings for the switch to GET: a query whose response had a <c>Location</c> is repeated as a GET of that URI (RFC 10008
/// §2.4).</summary>
public sealed class QueryLocationOptions
{
    /// <summary>Whether a <c>Location</c> of another origin is used. Requests with a credential are never sent there. Default
    /// <see langword="false"/>.</summary>
    public bool AllowOtherOrigins { get; set; }

    /// <summary>How long a <c>Location</c> is remembered. Then the query is sent as a QUERY again. Default 10 minutes.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Maximum number of queries whose <c>Location</c> is remembered. Least recently used queries are evicted first. Default
    /// 1,000.</summary>
    public int MaximumCount { get; set; } = 1000;

    /// <summary>Request headers that carry a credential, in addition to <c>Cookie</c>. Requests share a <c>Location</c> only if these are
    /// equal. Default: <c>Authorization</c>. The cache and the redirects of the same client know them, too.</summary>
    public IList<string> CredentialHeaders { get; } = ["Authorization"];

    /// <summary>Returns a key for the user a request is made for, if <see cref="CredentialHeaders"/> and <c>Cookie</c> do not identify
    /// one. Requests with different keys never share a <c>Location</c>. Default <see langword="null"/>.</summary>
    public Func<HttpRequestMessage, string?>? Partition { get; set; }

    /// <summary>Returns an error for each option that is out of range.</summary>
    /// <param name="prefix">The text before the name of the option: the configuration section and a colon, or the class and a
    /// dot.</param>
    internal IEnumerable<string> Validate(string prefix)
    {
        if (Lifetime <= TimeSpan.Zero || Lifetime > TimeSpan.FromDays(30))
            yield return $"{prefix}{nameof(Lifetime)} must be positive and at most 30 days.";
        if (MaximumCount <= 0) yield return $"{prefix}{nameof(MaximumCount)} must be positive.";
        if (!CredentialHeaders.All(name => HttpSyntax.IsToken(name)))
            yield return $"{prefix}{nameof(CredentialHeaders)} must be names of headers, such as X-Api-Key.";
    }
}
