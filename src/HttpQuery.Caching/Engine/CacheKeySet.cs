using System.Security.Cryptography;
using HttpQuery.CacheKeys;

namespace HttpQuery.Caching;

/// <summary>The keys of one request (docs/cache-key.md).</summary>
/// <param name="Primary">Of the request, Vary left out; where the user is known, of that user's.</param>
/// <param name="Shared">Of the same request as anybody's; the primary one where no user is known.</param>
/// <param name="IsNormalized">Whether other spellings of the content have it too.</param>
/// <param name="Resource">Of the URI's epoch.</param>
internal readonly record struct CacheKeySet(QueryCacheKey Primary, QueryCacheKey Shared, bool IsNormalized, QueryCacheKey Resource)
{
    private static readonly string[] KeyFields =
        ["Content-Type", "Content-Encoding", "Content-Language", "Content-Location", "Cache-Control", "Content-Digest", "Repr-Digest", "Signature-Input"];

    private static readonly QueryCacheKeyScheme Exact = new(new QueryCacheKeyOptions { MemoCapacity = 0 });

    /// <summary>Of the epoch of the whole store.</summary>
    public static QueryCacheKey Store { get; } = new(SHA256.HashData("HttpQuery: the epoch of the store"u8));

    public static CacheKeySet Of(QueryCacheKeyScheme scheme, ResourceKeys resources, CacheRequest request)
    {
        using var builder = scheme.CreateBuilder();
        Start(builder, request, request.Method is "HEAD" ? "GET" : request.Method, request.Partition.Span);
        var shared = builder.Complete(request.Content!.Value.Span);
        var (primary, isNormalized) = (shared, builder.IsNormalized);
        if (!request.User.IsEmpty)
        {
            Start(builder, request, request.Method is "HEAD" ? "GET" : request.Method, PartitionOf(request));
            primary = builder.Complete(request.Content!.Value.Span);
        }
        return new(primary, shared, isNormalized, resources.Of(builder, request));
    }

    /// <summary>The key of the request's own octets alone.</summary>
    /// <param name="request">The request.</param>
    /// <param name="shared">Whether as anybody's, though the user is known.</param>
    public static QueryCacheKey ExactOf(CacheRequest request, bool shared)
    {
        using var builder = Exact.CreateBuilder();
        Start(builder, request, request.Method, shared || request.User.IsEmpty ? request.Partition.Span : PartitionOf(request));

        // What asks for no normalization gets none.
        builder.AddField("Cache-Control", "no-transform");
        return builder.Complete(request.Content!.Value.Span);
    }

    public static QueryCacheKey ResourceOf(QueryCacheKeyScheme scheme, Uri uri)
    {
        using var builder = scheme.CreateBuilder();

        // A name in Unicode is sent in ASCII.
        var authority = uri.HostNameType is UriHostNameType.Dns ? uri.Authority.Replace(uri.Host, uri.IdnHost, StringComparison.Ordinal) : uri.Authority;
        return ResourceOf(builder, uri.Scheme, authority, TargetOf(uri));
    }

    // As it was written: Uri removes escapes that need not be, and requests come with them.
    private static string TargetOf(Uri uri)
    {
        var text = uri.OriginalString;
        var authority = text.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0 || text.AsSpan().ContainsAnyExceptInRange('!', '~')) return uri.PathAndQuery;
        var start = text.AsSpan(authority + 3).IndexOfAny('/', '?', '#');
        var target = start < 0 ? "" : text[(authority + 3 + start)..];
        if (target.IndexOf('#', StringComparison.Ordinal) is >= 0 and var fragment) target = target[..fragment];
        return target is ['/', ..] ? target : "/" + target;
    }

    public static QueryCacheKey ResourceOf(QueryCacheKeyScheme scheme, CacheRequest request)
    {
        using var builder = scheme.CreateBuilder();
        return ResourceOf(builder, request.Scheme, request.Authority, request.Target);
    }

    /// <summary>One for all spellings of scheme, host and port.</summary>
    public static QueryCacheKey OriginOf(QueryCacheKeyScheme scheme, CacheRequest request)
    {
        using var builder = scheme.CreateBuilder();
        return ResourceOf(builder, request.Scheme, request.Authority, "/");
    }

    internal static QueryCacheKey ResourceOf(QueryCacheKeyBuilder _, string scheme, string authority, string target) =>
        QueryCacheKey.OfResource(scheme, authority, target);

    // A digest, which nobody else's partition can be.
    private static byte[] PartitionOf(CacheRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("HttpQuery: a user's"u8);
        hash.AppendData(BitConverter.GetBytes(request.Partition.Length));
        hash.AppendData(request.Partition.Span);
        hash.AppendData(request.User.Span);
        return hash.GetHashAndReset();
    }

    private static void Start(QueryCacheKeyBuilder builder, CacheRequest request, string method, ReadOnlySpan<byte> partition)
    {
        builder.Start(method, request.Scheme, request.Authority, request.Target);
        foreach (var name in KeyFields)
        {
            foreach (var line in request.Fields[name]) builder.AddField(name, line);
        }
        builder.SetNormalizations(request.Normalizations);
        if (!partition.IsEmpty) builder.SetPartition(partition);
    }
}
