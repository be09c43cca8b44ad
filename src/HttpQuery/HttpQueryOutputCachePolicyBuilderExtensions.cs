using HttpQuery.OutputCaching;
using Microsoft.AspNetCore.OutputCaching;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Lets output caching store the responses to QUERY.</summary>
public static class HttpQueryOutputCachePolicyBuilderExtensions
{
    /// <summary>Caches QUERY by target, content and the fields that describe the content, each of them exactly (RFC 10008 §2.7): by the key that docs/cache-key.md specifies.</summary>
    /// <remarks>
    /// <para>What cannot be stored or answered rightly by output caching passes by it; docs/output-caching.md lists what. Other methods are left to the rest of the policy.</para>
    /// <para>A policy of an endpoint replaces that of its group, and begins with the framework's default, which turns QUERY off again: say this in each. Requests for one
    /// key do not wait for one another, unless <c>SetLocking(true)</c> comes after it.</para>
    /// </remarks>
    /// <param name="policy">The policy.</param>
    /// <exception cref="ArgumentNullException"><paramref name="policy"/> is <see langword="null"/>.</exception>
    /// <example><code>
    /// app.MapQuery("/rfcs", (RfcQuery query) => Search(query)).CacheOutput(policy => policy.Expire(TimeSpan.FromMinutes(10)).Tag("rfcs").VaryByQueryContent());
    /// </code></example>
    public static OutputCachePolicyBuilder VaryByQueryContent(this OutputCachePolicyBuilder policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.AddPolicy<QueryContentPolicy>();
    }
}
