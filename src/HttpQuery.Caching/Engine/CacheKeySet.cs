using HttpQuery.CacheKeys;

namespace HttpQuery.Caching.Engine;

/// <summary>The keys of one request (docs/cache-key.md).</summary>
/// <param name="Primary">Key of the request without Vary. If the user is known, it is the key of the user's own request.</param>
/// <param name="Shared">Key of the same request for everyone; equal to the primary key if no user is known.</param>
/// <param name="IsNormalized">Whether other spellings of the content have the same key.</param>
/// <param name="Resource">Key of the URI's epoch.</param>
internal sealed record CacheKeySet(QueryCacheKey Primary, QueryCacheKey Shared, bool IsNormalized, QueryCacheKey Resource)
{
    /// <summary>Stands for the keys of a request that is not looked up.</summary>
    public static CacheKeySet None { get; } = new(default, default, false, default);

    /// <summary>Names of the headers that are part of every key.</summary>
    internal static readonly string[] KeyHeaders =
        ["Content-Type", "Content-Encoding", "Content-Language", "Content-Location",
            "Cache-Control", "Content-Digest", "Repr-Digest", "Signature-Input"];

    public static CacheKeySet Create(QueryCacheOptions options, CacheRequest request)
    {
        using var builder = options.Keys.CreateBuilder();
        Start(builder, options, request, request.Partition.Span);
        var shared = builder.Complete(request.Content!.Value);
        var (primary, isNormalized) = (shared, builder.IsNormalized);
        if (!request.User.IsEmpty)
        {
            Start(builder, options, request, CachePartition.WithUser(request.Partition.Span, request.User.Span));
            primary = builder.Complete(request.Content!.Value);
        }
        return new(primary, shared, isNormalized, GetResourceKey(request));
    }

    /// <summary>One key for all spellings of a URI.</summary>
    public static QueryCacheKey GetResourceKey(Uri uri)
    {
        var (scheme, authority, target) = TargetUri.FromUri(uri);
        return QueryCacheKey.FromResource(scheme, authority, target);
    }

    /// <summary>One key for all spellings of the target URI of a request.</summary>
    public static QueryCacheKey GetResourceKey(CacheRequest request) =>
        QueryCacheKey.FromResource(request.Scheme, request.Authority, request.Target);

    /// <summary>One key for all spellings of scheme, host and port.</summary>
    public static QueryCacheKey GetOriginKey(CacheRequest request) => QueryCacheKey.FromResource(request.Scheme, request.Authority, "/");

    private static void Start(QueryCacheKeyBuilder builder, QueryCacheOptions options, CacheRequest request, ReadOnlySpan<byte> partition)
    {
        builder.Start(request.Method is "HEAD" ? "GET" : request.Method, request.Scheme, request.Authority, request.Target);
        builder.SetNormalizations(request.Normalizations);
        foreach (var name in KeyHeaders)
        {
            foreach (var line in request.Headers[name]) builder.AddHeader(name, line);
        }
        foreach (var name in options.RoutingHeaders)
        {
            foreach (var line in request.Headers[name]) builder.AddRoutingHeader(name, line);
        }
        if (!partition.IsEmpty) builder.SetPartition(partition);
    }
}
