using HttpQuery.Caching;

namespace HttpQuery;

/// <summary>Settings of the private cache of an HttpClient.</summary>
/// <remarks>Settings for all clients come from the configuration section <c>HttpQuery:PrivateCache</c>, then settings for one client from
/// <c>HttpQuery:PrivateCache:Clients:NAME</c>. The host checks them at start. A key in these sections that is not an option is an
/// error.</remarks>
/// <example><code>
/// "HttpQuery": { "PrivateCache": { "StoreTimeout": "00:00:01", "Clients": { "rfcs": { "AddCacheStatus": true } } } }
/// </code></example>
public sealed class PrivateCacheOptions : QueryCacheOptionsBase
{
    /// <summary>Creates options with the defaults of a client.</summary>
    /// <remarks>Heuristic freshness is allowed. A request waits at most 50 ms for the response to another request whose caller
    /// does not read it, because that caller may itself be waiting for this second request.</remarks>
    public PrivateCacheOptions() => (AllowHeuristicFreshness, FollowerTimeout) = (true, TimeSpan.FromMilliseconds(50));

    /// <summary>Returns a key for the user a request is made for, if <see cref="QueryCacheOptionsBase.CredentialHeaders"/> and
    /// <c>Cookie</c> do not identify one. Requests with different keys never share a response. Default <see langword="null"/>.</summary>
    /// <remarks>The cache calls it again for the message that the response belongs to, possibly a copy, and when the body has been read.
    /// A response is stored only if the key is still the same.</remarks>
    public Func<HttpRequestMessage, string?>? Partition { get; set; }

    /// <summary>Returns the names of credential headers, including <c>Cookie</c>: lower case, ordinal order, no duplicates.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal string[] GetValidatedCredentialHeaders()
    {
        if (Validate(nameof(PrivateCacheOptions) + ".").FirstOrDefault() is { } failure) throw new ArgumentException(failure);
        var names = CredentialHeaders.Append("Cookie").Select(name => name.ToLowerInvariant());
        return [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
