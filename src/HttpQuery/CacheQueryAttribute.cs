using HttpQuery.CacheKeys;
using HttpQuery.CachePolicies;
using HttpQuery.SharedCache;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery;

/// <summary>Sets how <c>UseHttpQueryCache</c> caches the responses of an MVC action, a controller or a route handler
/// (RFC 10008 §2.7).</summary>
/// <remarks>It does the same as
/// <see cref="HttpQueryEndpointConventionBuilderExtensions.CacheQuery{TBuilder}(TBuilder, Action{QueryCachePolicyBuilder})"/>. On an action
/// it replaces the attribute of the controller. With a policy name, the properties add to the named policy, and
/// <see cref="LifetimeSeconds"/> replaces its lifetime. The host does not start if the name is unknown.</remarks>
/// <example><code>
/// [HttpQuery, CacheQuery("lists")]
/// public IEnumerable&lt;Rfc> Search(RfcQuery query) => ...
///
/// [HttpQuery, CacheQuery(LifetimeSeconds = 60, Tags = ["rfcs"])]
/// public IEnumerable&lt;Rfc> Search(RfcQuery query) => ...
/// </code></example>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class CacheQueryAttribute : Attribute, IFilterFactory, IQueryCachePolicySource
{
    /// <summary>Creates a policy from the properties alone.</summary>
    public CacheQueryAttribute()
    {
    }

    /// <summary>Starts from a policy that <see cref="HttpQueryCacheOptions.AddPolicy"/> added.</summary>
    /// <param name="policyName">Name of the policy, compared without case.</param>
    /// <exception cref="ArgumentException"><paramref name="policyName"/> is <see langword="null"/> or empty.</exception>
    public CacheQueryAttribute(string policyName)
    {
        ArgumentException.ThrowIfNullOrEmpty(policyName);
        PolicyName = policyName;
    }

    /// <summary>Name of the policy, or <see langword="null"/> if the properties define all of it.</summary>
    public string? PolicyName { get; }

    /// <summary>Lifetime of 2xx responses that declare none, in seconds. Default 0: the lifetime of the named policy applies, if any. See
    /// <see cref="QueryCachePolicyBuilder.Expire"/>.</summary>
    public int LifetimeSeconds { get; set; }

    /// <summary>Tags by which responses are evicted. Default none. See <see cref="QueryCachePolicyBuilder.Tag(string[])"/>.</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>Request headers that responses vary by. Default none. See <see cref="QueryCachePolicyBuilder.SetVaryByHeader"/>.</summary>
    public string[] VaryByHeaderNames { get; set; } = [];

    /// <summary>Whether the response is the same for all users. Default <see langword="false"/>. See
    /// <see cref="QueryCachePolicyBuilder.ShareAcrossUsers"/>.</summary>
    public bool ShareAcrossUsers { get; set; }

    /// <summary>Differences in content that the action treats as equal. Default none. See
    /// <see cref="QueryCachePolicyBuilder.Normalize"/>.</summary>
    public QueryNormalizations Normalizations { get; set; }

    bool IFilterFactory.IsReusable => true;

    // MVC gives an attribute access to the services only here.
    IFilterMetadata IFilterFactory.CreateInstance(IServiceProvider serviceProvider) =>
        serviceProvider.GetService<PipelineOrderCheck>() is not null
            ? NoFilter.Instance
            : throw new InvalidOperationException(
                "[CacheQuery] needs the cache. Call builder.Services.AddHttpQueryCache() before the application is built, "
                + "and app.UseHttpQueryCache() after UseAuthorization().");

    QueryCachePolicy IQueryCachePolicySource.Resolve(IServiceProvider services)
    {
        var policy = PolicyName is null
            ? new()
            : new QueryCachePolicyBuilder(
                services.GetRequiredService<IOptions<HttpQueryCacheOptions>>().Value.FindPolicy(PolicyName));
        if (LifetimeSeconds < 0) throw new InvalidOperationException("[CacheQuery]: LifetimeSeconds must be positive, or 0 for none.");
        if (LifetimeSeconds > 0) policy.Expire(TimeSpan.FromSeconds(LifetimeSeconds));
        if (Tags.Length > 0) policy.Tag(Tags);
        policy.SetVaryByHeader(VaryByHeaderNames).Normalize(Normalizations);
        if (ShareAcrossUsers) policy.ShareAcrossUsers();
        return policy.Build();
    }

    private sealed class NoFilter : IFilterMetadata
    {
        public static readonly NoFilter Instance = new();
    }
}
