using System.Runtime.CompilerServices;
using HttpQuery.CacheKeys;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.CachePolicies;

/// <summary>How the responses of an endpoint are cached. The policy of an endpoint replaces that of its group.</summary>
internal sealed record QueryCachePolicy(
    TimeSpan? Lifetime, Func<HttpContext, IEnumerable<string>>[] Tags, Func<HttpContext, string?>? Partition,
    Func<HttpContext, string?>? User, string[] VaryBy, bool IsSharedAcrossUsers)
    : IQueryCachePolicySource
{
    // Attributes are the same for all applications of a process, so they are resolved once for each endpoint.
    private static readonly ConditionalWeakTable<Endpoint, QueryCachePolicy> Resolved = [];

    public QueryNormalizations Normalizations { get; init; }

    /// <summary>The tags that do not depend on the request. Their epochs are read together with the entry.</summary>
    public string[] FixedTags { get; init; } = [];

    /// <summary>Whether the policy has settings for the cache alone. Normalizations do not count: output caching and keys use them,
    /// too.</summary>
    public bool NeedsCache =>
        Lifetime is not null || Tags.Length > 0 || Partition is not null || User is not null || VaryBy.Length > 0 || IsSharedAcrossUsers;

    public static QueryCachePolicy Default { get; } = new(null, [], null, null, [], false);

    public static QueryCachePolicy Get(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint) return Default;
        return endpoint.Metadata.GetMetadata<IQueryCachePolicySource>() switch
        {
            null => Default,
            QueryCachePolicy policy => policy,

            // Reading RequestServices creates a service scope, so it is avoided where possible.
            var source => Resolved.TryGetValue(endpoint, out var policy) ? policy : Resolve(endpoint, source, context.RequestServices),
        };
    }

    /// <summary>Returns the policy of an endpoint, or <see langword="null"/> if it has none.</summary>
    /// <exception cref="InvalidOperationException">The endpoint names a policy that does not exist.</exception>
    public static QueryCachePolicy? Find(Endpoint endpoint, IServiceProvider services) =>
        endpoint.Metadata.GetMetadata<IQueryCachePolicySource>() switch
        {
            null => null,
            QueryCachePolicy policy => policy,
            var source => Resolve(endpoint, source, services),
        };

    private static QueryCachePolicy Resolve(Endpoint endpoint, IQueryCachePolicySource source, IServiceProvider services) =>
        Resolved.GetValue(endpoint, _ => source.Resolve(services));

    public string[] GetTags(HttpContext context) =>
        Tags.Length == 0 ? [] : [.. Tags.SelectMany(tags => tags(context)).Distinct(StringComparer.Ordinal)];

    QueryCachePolicy IQueryCachePolicySource.Resolve(IServiceProvider services) => this;
}
