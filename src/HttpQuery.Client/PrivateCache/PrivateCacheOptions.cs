using HttpQuery.Caching;

namespace HttpQuery;

/// <summary>Settings of the private cache of an HttpClient. Those of all clients are read from the configuration section <c>HttpQuery:PrivateCache</c>, then those of one client from
/// <c>HttpQuery:PrivateCache:Clients:NAME</c>. The host checks them at start; a key of these sections that is no option is an error.</summary>
/// <example><code>
/// "HttpQuery": { "PrivateCache": { "StoreTimeout": "00:00:01", "Clients": { "rfcs": { "AddCacheStatus": true } } } }
/// </code></example>
public sealed class PrivateCacheOptions : QueryCacheOptionsBase
{
    /// <summary>Makes options with the defaults of a client: heuristic freshness is allowed, and a request waits 50 ms at most for a response that its caller does not read, because the caller may
    /// itself wait for its second request.</summary>
    public PrivateCacheOptions() => (AllowHeuristicFreshness, FollowerTimeout) = (true, TimeSpan.FromMilliseconds(50));

    /// <summary>Returns a key for the user a request is made for, if <see cref="QueryCacheOptionsBase.CredentialHeaders"/> and <c>Cookie</c> do not identify one. Requests with other keys never
    /// share a response. Default <see langword="null"/>.</summary>
    /// <remarks>It is called again for the request that was answered, possibly a copy, and when the content has been read. A response is stored only if the key is still the same.</remarks>
    public Func<HttpRequestMessage, string?>? Partition { get; set; }

    /// <summary>Returns the names of credential headers, <c>Cookie</c> among them: lower case, ordinal order, each once.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal string[] GetValidatedCredentialHeaders()
    {
        if (Validate(nameof(PrivateCacheOptions) + ".").FirstOrDefault() is { } failure) throw new ArgumentException(failure);
        return [.. CredentialHeaders.Append("Cookie").Select(name => name.ToLowerInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
