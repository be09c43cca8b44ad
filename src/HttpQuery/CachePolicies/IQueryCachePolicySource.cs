namespace HttpQuery.CachePolicies;

/// <summary>Endpoint metadata that defines a cache policy. If an endpoint has several, the last one applies.</summary>
internal interface IQueryCachePolicySource
{
    /// <summary>Returns the policy.</summary>
    /// <exception cref="InvalidOperationException">It names a policy that does not exist, or has a value out of range.</exception>
    QueryCachePolicy Resolve(IServiceProvider services);
}
