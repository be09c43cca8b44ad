namespace HttpQuery.SharedCache;

/// <summary>The reason why a request bypasses the cache.</summary>
internal sealed record CacheBypass(string Reason, string? Remedy = null)
{
    public static readonly CacheBypass NoEndpoint = new("no endpoint was chosen before the cache");
    public static readonly CacheBypass BeforeRouting = new(
        "routing runs behind the cache", "Call UseRouting() before UseHttpQueryCache().");
    public static readonly CacheBypass NoHost = new("the request does not name one host");
    public static readonly CacheBypass BeforeAuthorization = new(
        "authorization has not run before the cache", "Call UseAuthorization() before UseHttpQueryCache().");
    public static readonly CacheBypass BeforeAuthentication = new(
        "authentication has not run before the cache", "Call UseAuthentication() before UseHttpQueryCache().");
    public static readonly CacheBypass ErrorPage = new("an error page is made");
    public static readonly CacheBypass Upgrade = new("the connection is to be upgraded");
    public static readonly CacheBypass MethodOverride = new("a posted form became a QUERY");
    public static readonly CacheBypass UnwatchedAuthentication = new(
        "they carry a credential, and the application has registered an IAuthenticationService that the cache cannot watch",
        "Register it before AddHttpQueryCache() and AddHttpQuery().");
    public static readonly CacheBypass FailingPolicy = new(
        "PartitionBy or UserBy threw an exception", "Return null where nothing tells the request apart.");
    public static readonly CacheBypass UncertainUser = new(
        "their user is of a class of its own, which may say what claims do not",
        "Name the user with .CacheQuery(policy => policy.UserBy(...)).");
    public static readonly CacheBypass NoMemory = new("MaximumPendingSize is used up, and newer requests need the memory");
    public static readonly CacheBypass Content = new("the content is too long, or was read before the cache");
}
