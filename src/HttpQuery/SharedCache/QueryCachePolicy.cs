using System.Runtime.CompilerServices;
using HttpQuery.CacheKeys;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.SharedCache;

/// <summary>How the responses of an endpoint are cached. An endpoint's takes the place of its group's.</summary>
internal sealed record QueryCachePolicy(
    TimeSpan? Lifetime, Func<HttpContext, IEnumerable<string>>[] Tags, Func<HttpContext, string?>? Partition, Func<HttpContext, string?>? User, string[] VaryBy, bool IsSharedAcrossUsers)
    : IQueryCachePolicySource
{
    // Attributes, which are the same for all applications of a process, are resolved once for each endpoint.
    private static readonly ConditionalWeakTable<Endpoint, QueryCachePolicy> Resolved = [];

    public QueryNormalizations Normalizations { get; init; }

    /// <summary>The tags that do not depend on the request: their epochs are read together with the entry.</summary>
    public string[] FixedTags { get; init; } = [];

    /// <summary>Whether it says what only the cache looks at: normalizations are for output caching and keys, too.</summary>
    public bool NeedsCache => Lifetime is not null || Tags.Length > 0 || Partition is not null || User is not null || VaryBy.Length > 0 || IsSharedAcrossUsers;

    public static QueryCachePolicy Default { get; } = new(null, [], null, null, [], false);

    public static QueryCachePolicy Of(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint) return Default;
        return endpoint.Metadata.GetMetadata<IQueryCachePolicySource>() switch
        {
            null => Default,
            QueryCachePolicy policy => policy,

            // Asking for the services of a request makes a scope of them.
            var source => Resolved.TryGetValue(endpoint, out var policy) ? policy : Resolve(endpoint, source, context.RequestServices),
        };
    }

    /// <summary>Returns the policy of an endpoint, or <see langword="null"/> if it states none.</summary>
    /// <exception cref="InvalidOperationException">It names a policy that does not exist.</exception>
    public static QueryCachePolicy? Of(Endpoint endpoint, IServiceProvider services) => endpoint.Metadata.GetMetadata<IQueryCachePolicySource>() switch
    {
        null => null,
        QueryCachePolicy policy => policy,
        var source => Resolve(endpoint, source, services),
    };

    private static QueryCachePolicy Resolve(Endpoint endpoint, IQueryCachePolicySource source, IServiceProvider services) => Resolved.GetValue(endpoint, _ => source.Resolve(services));

    public string[] TagsOf(HttpContext context) => Tags.Length == 0 ? [] : [.. Tags.SelectMany(tags => tags(context)).Distinct(StringComparer.Ordinal)];

    QueryCachePolicy IQueryCachePolicySource.Resolve(IServiceProvider services) => this;
}
