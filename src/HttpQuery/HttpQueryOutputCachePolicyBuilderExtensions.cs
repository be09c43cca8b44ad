using HttpQuery.OutputCaching;
using Microsoft.AspNetCore.OutputCaching;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Lets output caching store responses to QUERY.</summary>
public static class HttpQueryOutputCachePolicyBuilderExtensions
{
    /// <summary>Caches QUERY by target, content and the headers that describe the content, each compared exactly
    /// (RFC 10008 §2.7). docs/cache-key.md specifies the key.</summary>
    /// <remarks>
    /// <para>Requests that output caching cannot store or answer correctly bypass it; docs/output-caching.md lists them. The rest
    /// of the policy decides about other methods.</para>
    /// <para>A policy of an endpoint replaces that of its group, and starts with the framework's default, which turns QUERY
    /// off again: call this method in each policy. Requests for one key do not wait for one another, unless
    /// <c>SetLocking(true)</c> follows this call.</para>
    /// </remarks>
    /// <param name="policy">The policy.</param>
    /// <exception cref="ArgumentNullException"><paramref name="policy"/> is <see langword="null"/>.</exception>
    /// <example><code>
    /// app.MapQuery("/rfcs", (RfcQuery query) => Search(query))
    ///     .CacheOutput(policy => policy.Expire(TimeSpan.FromMinutes(10)).Tag("rfcs").VaryByQueryContent());
    /// </code></example>
    public static OutputCachePolicyBuilder VaryByQueryContent(this OutputCachePolicyBuilder policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.AddPolicy<QueryContentPolicy>();
    }
}
