namespace HttpQuery.SharedCache;

/// <summary>Endpoint metadata that states a cache policy. The last one of an endpoint counts.</summary>
internal interface IQueryCachePolicySource
{
    /// <summary>Returns the policy.</summary>
    /// <exception cref="InvalidOperationException">It names a policy that does not exist, or is out of range.</exception>
    QueryCachePolicy Resolve(IServiceProvider services);
}
