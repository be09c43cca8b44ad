using HttpQuery.CacheKeys;
using HttpQuery.SharedCache;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery;

/// <summary>States how the responses of an MVC action, a controller or a route handler are kept by <c>UseHttpQueryCache</c>, as
/// <see cref="HttpQueryEndpointConventionBuilderExtensions.CacheQuery{TBuilder}(TBuilder, Action{QueryCachePolicyBuilder})"/> does (RFC 10008 §2.7).</summary>
/// <remarks>On an action it replaces that of its controller. With a policy name, the properties add to the named policy, and <see cref="LifetimeSeconds"/> replaces its lifetime. An unknown name
/// stops the host at start.</remarks>
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
    /// <summary>States a policy by properties alone.</summary>
    public CacheQueryAttribute()
    {
    }

    /// <summary>States a policy of <see cref="HttpQueryCacheOptions.AddPolicy"/>.</summary>
    /// <param name="policyName">Its name; case does not matter.</param>
    /// <exception cref="ArgumentException"><paramref name="policyName"/> is <see langword="null"/> or empty.</exception>
    public CacheQueryAttribute(string policyName)
    {
        ArgumentException.ThrowIfNullOrEmpty(policyName);
        PolicyName = policyName;
    }

    /// <summary>The name of a policy; <see langword="null"/> if the properties say all.</summary>
    public string? PolicyName { get; }

    /// <summary>Lifetime of 2xx responses that state none, in seconds. Default 0: that of the named policy, if any. See <see cref="QueryCachePolicyBuilder.Expire"/>.</summary>
    public int LifetimeSeconds { get; set; }

    /// <summary>Tags by which responses are evicted. Default none. See <see cref="QueryCachePolicyBuilder.Tag(string[])"/>.</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>Request headers that responses vary by. Default none. See <see cref="QueryCachePolicyBuilder.SetVaryByHeader"/>.</summary>
    public string[] VaryByHeaderNames { get; set; } = [];

    /// <summary>Whether the response is the same for all users. Default <see langword="false"/>. See <see cref="QueryCachePolicyBuilder.ShareAcrossUsers"/>.</summary>
    public bool ShareAcrossUsers { get; set; }

    /// <summary>Differences in content that the action treats as equal. Default none. See <see cref="QueryCachePolicyBuilder.Normalize"/>.</summary>
    public QueryNormalizations Normalizations { get; set; }

    bool IFilterFactory.IsReusable => true;

    // The only place where MVC lets an attribute see the services.
    IFilterMetadata IFilterFactory.CreateInstance(IServiceProvider serviceProvider) => serviceProvider.GetService<CachePosition>() is not null
        ? Nothing.Instance
        : throw new InvalidOperationException("[CacheQuery] needs the cache: call builder.Services.AddHttpQueryCache() before the application is built, and app.UseHttpQueryCache() behind UseAuthorization().");

    QueryCachePolicy IQueryCachePolicySource.Resolve(IServiceProvider services)
    {
        var policy = PolicyName is null ? new() : new QueryCachePolicyBuilder(services.GetRequiredService<IOptions<HttpQueryCacheOptions>>().Value.FindPolicy(PolicyName));
        if (LifetimeSeconds < 0) throw new InvalidOperationException("[CacheQuery]: LifetimeSeconds must be positive, or 0 for none.");
        if (LifetimeSeconds > 0) policy.Expire(TimeSpan.FromSeconds(LifetimeSeconds));
        if (Tags.Length > 0) policy.Tag(Tags);
        policy.SetVaryByHeader(VaryByHeaderNames).Normalize(Normalizations);
        if (ShareAcrossUsers) policy.ShareAcrossUsers();
        return policy.Build();
    }

    private sealed class Nothing : IFilterMetadata
    {
        public static readonly Nothing Instance = new();
    }
}
