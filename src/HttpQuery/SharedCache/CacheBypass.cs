namespace HttpQuery.SharedCache;

/// <summary>The reason why a request bypasses the cache.</summary>
internal sealed record CacheBypass(string Reason, string? Remedy = null)
{
    public static readonly CacheBypass NoEndpoint = new("no endpoint was selected before the cache");
    public static readonly CacheBypass BeforeRouting = new(
        "routing runs after the cache", "Call UseRouting() before UseHttpQueryCache().");
    public static readonly CacheBypass NoHost = new("the request names no host, or several");
    public static readonly CacheBypass BeforeAuthorization = new(
        "authorization has not run before the cache", "Call UseAuthorization() before UseHttpQueryCache().");
    public static readonly CacheBypass BeforeAuthentication = new(
        "authentication has not run before the cache", "Call UseAuthentication() before UseHttpQueryCache().");
    public static readonly CacheBypass ErrorPage = new("the request runs an error page");
    public static readonly CacheBypass Upgrade = new("the request asks for a protocol upgrade");
    public static readonly CacheBypass MethodOverride = new("a method override made a posted form a QUERY");
    public static readonly CacheBypass OtherQuery = new("the URI of an equivalent resource does not stand for this query");
    public static readonly CacheBypass StoredResult = new("the request asks for a stored result");
    public static readonly CacheBypass UnwatchedAuthentication = new(
        "they carry a credential, and the application has registered an IAuthenticationService that the cache cannot watch",
        "Register it before AddHttpQueryCache() and AddHttpQuery().");
    public static readonly CacheBypass FailingPolicy = new(
        "PartitionBy or UserBy threw an exception", "Return null if the request has no value of its own.");
    public static readonly CacheBypass UncertainUser = new(
        "their user is of a custom class, which may hold data besides claims",
        "Name the user with .CacheQuery(policy => policy.UserBy(...)).");
    public static readonly CacheBypass NoMemory = new("the memory of MaximumPendingSize is used up");
    public static readonly CacheBypass Content = new("the content is too long, or was read before it reached the cache");
}
