namespace HttpQuery.SharedCache;

/// <summary>Why a request passes by the cache.</summary>
internal sealed record CacheBypass(string Reason, string? Remedy = null)
{
    public static readonly CacheBypass NoEndpoint = new("no endpoint was chosen before the cache");
    public static readonly CacheBypass BeforeAuthorization = new("authorization has not run before the cache", "Call UseAuthorization() before UseHttpQueryCache().");
    public static readonly CacheBypass BeforeAuthentication = new("authentication has not run before the cache", "Call UseAuthentication() before UseHttpQueryCache().");
    public static readonly CacheBypass ErrorPage = new("an error page is made");
    public static readonly CacheBypass Upgrade = new("the connection is to be upgraded");
    public static readonly CacheBypass MethodOverride = new("a posted form became a QUERY");
    public static readonly CacheBypass Content = new("the content is too long, or was read before the cache");
}
