using System.Buffers;
using HttpQuery.CacheKeys;

namespace HttpQuery;

/// <summary>Settings of the private cache of an HttpClient.</summary>
public sealed class PrivateCacheOptions
{
    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> TokenChars = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Most memory that stored responses take, in bytes. Default 64 MiB.</summary>
    public long MaximumSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>Most stored items: responses, and for each URI and each list of Vary one more. Default 10,000.</summary>
    public int MaximumCount { get; set; } = 10_000;

    /// <summary>Largest query content that is looked up, in bytes. Default 1 MiB. Longer content passes by the cache, and so does content of unknown length, JSON excepted.</summary>
    public int MaximumContentLength { get; set; } = 1024 * 1024;

    /// <summary>Largest response content that is stored, in bytes. Default 4 MiB. Longer content passes.</summary>
    public long MaximumResponseLength { get; set; } = 4 * 1024 * 1024;

    /// <summary>Maximum memory for responses that are being read, in bytes. Default 64 MiB. When it is used up, the oldest response is not stored.</summary>
    public long MaximumPendingSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>Maximum memory for requests seen before, in bytes. Default 8 MiB; 0 remembers none. Their contents stay in memory to be compared, which is faster than hashing them again.
    /// Content longer than an eighth of it is not remembered.</summary>
    public long MaximumMemoSize { get; set; } = 8 * 1024 * 1024;

    /// <summary>Whether responses say in <c>Cache-Status</c> (RFC 9211) what the cache did. Default <see langword="false"/>.</summary>
    /// <example><code>
    /// Cache-Status: rfcs; hit; ttl=58
    /// </code></example>
    public bool AddCacheStatus { get; set; }

    /// <summary>Names of request headers that carry a credential. Requests with other values never share a response. Default: <c>Authorization</c>. <c>Cookie</c> always counts.</summary>
    /// <example><code>
    /// services.AddHttpClient("rfcs").AddQueryCache(o => o.CredentialHeaders.Add("X-Api-Key"));
    /// </code></example>
    public IList<string> CredentialHeaders { get; } = ["Authorization"];

    /// <summary>Returns a key for the user a request is made for, if <see cref="CredentialHeaders"/> and <c>Cookie</c> do not identify one. Requests with other keys never share a response.
    /// Default <see langword="null"/>.</summary>
    /// <remarks>It is called again for the request that was answered, possibly a copy, and when the content has been read. A response is stored only if the key is still the same.</remarks>
    public Func<HttpRequestMessage, string?>? Partition { get; set; }

    /// <summary>Differences in query content that the origin treats as equal, so that such requests share a response. Default none: content counts byte by byte.</summary>
    /// <remarks>Name only what the origin is known to ignore (docs/cache-key.md).</remarks>
    /// <example><code>
    /// // The origin reads {"year":2022} and { "year": 2022 } alike.
    /// services.AddHttpClient("rfcs").AddQueryCache(o => o.Normalizations = QueryNormalizations.JsonSpelling);
    /// </code></example>
    public QueryNormalizations Normalizations { get; set; }

    /// <summary>Returns the names of credential headers, <c>Cookie</c> among them: lower case, ordinal order, each once.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal string[] Validate()
    {
        ThrowIfLess(MaximumSize, 1, nameof(MaximumSize));
        ThrowIfLess(MaximumCount, 1, nameof(MaximumCount));
        ThrowIfLess(MaximumContentLength, 0, nameof(MaximumContentLength));
        ThrowIfLess(MaximumResponseLength, 0, nameof(MaximumResponseLength));
        ThrowIfLess(MaximumPendingSize, 1024 * 1024, nameof(MaximumPendingSize));
        ThrowIfLess(MaximumMemoSize, 0, nameof(MaximumMemoSize));
        foreach (var name in CredentialHeaders)
        {
            if (string.IsNullOrEmpty(name) || name.AsSpan().ContainsAnyExcept(TokenChars))
                throw new ArgumentException($"PrivateCacheOptions.CredentialHeaders contains '{name}', which is not the name of a header. Add names of request headers, such as X-Api-Key.", nameof(CredentialHeaders));
        }
        return [.. CredentialHeaders.Append("Cookie").Select(name => name.ToLowerInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static void ThrowIfLess(long value, long least, string name)
    {
        if (value < least) throw new ArgumentOutOfRangeException(name, value, $"PrivateCacheOptions.{name} must be {least} or more.");
    }
}
