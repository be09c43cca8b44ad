using System.Security.Cryptography;
using System.Text;
using HttpQuery.CacheKeys;
using HttpQuery.Caching;
using HttpQuery.Conditions;
using HttpQuery.Diagnostics;
using HttpQuery.Endpoints;
using HttpQuery.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Equivalents;

/// <summary>Makes the URIs of equivalent resources and of results (§2.3, §2.4), and finds what they name.</summary>
/// <remarks>A URI depends on the query alone: the same query has the same URI, on each machine with the same keys.</remarks>
internal sealed class EquivalentResources
{
    // Their values hold for the exact bytes that were sent (RFC 9530, RFC 9421), which a GET cannot repeat.
    private static readonly string[] DigestHeaders = ["Content-Digest", "Repr-Digest", "Signature-Input"];

    private readonly HttpQueryOptions _options;
    private readonly QueryCacheKeyScheme _scheme;
    private readonly TimeProvider _time;
    private readonly IList<string> _credentialHeaders;
    private readonly LocationKey[] _keys;
    private readonly Lazy<LocationStore> _store;
    private readonly bool _hasKeys;

    public EquivalentResources(
        IOptions<HttpQueryOptions> options, IOptions<HttpQueryCacheOptions> cacheOptions, QueryCacheKeyScheme scheme,
        QueryTelemetry telemetry, IServiceProvider services)
    {
        _credentialHeaders = cacheOptions.Value.CredentialHeaders;
        (_options, _scheme) = (options.Value, scheme);
        _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        string[] secrets = _options.LocationKeys.Count > 0 ? [.. _options.LocationKeys] : [RandomNumberGenerator.GetHexString(64)];
        _hasKeys = _options.LocationKeys.Count > 0 || !IsStoreShared(services);
        _keys = [.. secrets.Select(secret => new LocationKey(secret))];
        _store = new(() => new(CreateStore(services), _options.LocationStoreTimeout, _time, telemetry.Logger));
    }

    /// <summary>Whether an endpoint of this application has equivalent resources or stores results.</summary>
    public bool AreUsed { get; set; }

    /// <summary>The key that signs new URIs.</summary>
    public LocationKey CurrentKey => _keys[0];

    /// <summary>Whether several machines share the store, as far as can be told.</summary>
    public static bool IsStoreShared(IServiceProvider services) =>
        services.GetService<IDistributedCache>() is not (null or MemoryDistributedCache);

    /// <summary>Returns the equivalent resource of a query.</summary>
    /// <param name="context">The QUERY, or a request that repeats one.</param>
    /// <param name="content">All of its content.</param>
    /// <returns><see langword="null"/> if a GET could not repeat the query: a header refers to its exact bytes, its URI may contain a
    /// credential, or its path is no longer known as it was sent.</returns>
    public EquivalentResource? Create(HttpContext context, ReadOnlyMemory<byte> content)
    {
        AreUsed = true;
        if (!_hasKeys) return null;
        if (EquivalentRequest.Get(context) is null
            && (DigestHeaders.Any(name => context.Request.Headers[name].Count > 0) || UriCredential.IsLikely(context, _credentialHeaders)))
            return null;
        if (Identify(context, content) is not { } query) return null;
        var start = query.Query.PathBase + _options.LocationPrefix + "/";
        if (query.CanonicalContent?.Length < _options.MaximumStatelessLocationLength
            && start + CreateStatelessToken(query, CurrentKey) is var uri && uri.Length <= _options.MaximumStatelessLocationLength)
            return new(uri, query.Query, null);
        Span<byte> digest = stackalloc byte[LocationKey.DigestLength];
        return new(start + CreateStoredToken(query, CurrentKey, digest), query.Query, QueryKey(digest));
    }

    /// <summary>Whether an equivalent request stands for the query that runs in its place.</summary>
    public bool StandsFor(EquivalentRequest request, HttpContext context, ReadOnlyMemory<byte> content)
    {
        if (request.Result is not null || Identify(context, content) is not { } query) return false;
        Span<byte> digest = stackalloc byte[LocationKey.DigestLength];
        return request.Token == (LocationToken.Parse(request.Token) is [LocationToken.Query, ..]
            ? query.CanonicalContent is null ? null : CreateStatelessToken(query, request.Key)
            : CreateStoredToken(query, request.Key, digest));
    }

    /// <summary>Makes sure that a GET of the resource will find it.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="freshness">How long caches may keep the response that names it.</param>
    /// <returns>Whether it will.</returns>
    public async ValueTask<bool> KeepAsync(EquivalentResource resource, TimeSpan freshness) =>
        resource.StoreKey is not { } key
        || await _store.Value.KeepAsync(
            key, resource.Query.Write, _time.GetUtcNow() + _options.LocationLifetime + freshness, _options.LocationLifetime / 2)
            is not StoredItem.Missing;

    /// <summary>Stores a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="freshness">How long caches may keep the response that names it.</param>
    /// <returns>The URI, an absolute path, and the key in the store if this call wrote it; <see langword="null"/> if the store did not take
    /// it.</returns>
    public async ValueTask<(string Uri, string? WrittenKey)?> KeepAsync(StoredResult result, TimeSpan freshness)
    {
        AreUsed = true;
        if (!_hasKeys) return null;
        var record = result.Write();
        var digest = new byte[LocationKey.DigestLength];
        CurrentKey.Digest(record, digest);

        // Results of one period share their time of expiry, so the same result has the same URI.
        var period = _options.StoredResultLifetime.Ticks;
        var now = _time.GetUtcNow();
        var end = new DateTimeOffset(((now + freshness).Ticks / period + 2) * period, TimeSpan.Zero);
        var expires = DateTimeOffset.FromUnixTimeSeconds(end.AddTicks(TimeSpan.TicksPerSecond - 1).ToUnixTimeSeconds());
        var key = ResultKey(digest);
        var stored = await _store.Value.KeepAsync(key, () => record, expires, TimeSpan.Zero);
        if (stored is StoredItem.Missing) return null;
        var token = LocationToken.Format(LocationToken.ForStoredResult(CurrentKey, expires, digest));
        return (result.Query.PathBase + _options.LocationPrefix + "/" + token, stored is StoredItem.Written ? key : null);
    }

    /// <summary>Removes a result.</summary>
    public ValueTask RemoveAsync(string storeKey) => _store.Value.RemoveAsync(storeKey);

    /// <summary>Finds what a token stands for.</summary>
    public async ValueTask<FoundResource> FindAsync(string text)
    {
        if (LocationToken.Parse(text) is not { } token) return new FoundResource.Unknown(IsToken: false);
        try
        {
            if (token[0] is LocationToken.Query)
            {
                foreach (var key in _keys)
                {
                    if (key.Decrypt(token) is { } query)
                        return new FoundResource.Found(new(text, key, StoredQuery.Read(query)));
                }
                return new FoundResource.Unknown(IsToken: true);
            }
            if (_keys.FirstOrDefault(key => key.HasSigned(token)) is not { } signer) return new FoundResource.Unknown(IsToken: true);
            return token[0] is LocationToken.StoredQuery
                ? await FindQueryAsync(text, token, signer)
                : await FindResultAsync(text, token, signer);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException or ArgumentException)
        {
            // The store returned other bytes.
            return new FoundResource.Unknown(IsToken: true);
        }
    }

    private async ValueTask<FoundResource> FindQueryAsync(string text, byte[] token, LocationKey key)
    {
        var (isKnown, record) = await _store.Value.GetAsync(QueryKey(LocationToken.GetDigest(token)));
        if (!isKnown) return new FoundResource.Unavailable();
        return record is { } found
            ? new FoundResource.Found(new(text, key, StoredQuery.Read(found.Span)))
            : new FoundResource.Unknown(IsToken: true);
    }

    private async ValueTask<FoundResource> FindResultAsync(string text, byte[] token, LocationKey key)
    {
        var expires = LocationToken.GetExpiry(token);
        if (expires <= _time.GetUtcNow()) return new FoundResource.Expired();
        var (isKnown, record) = await _store.Value.GetAsync(ResultKey(LocationToken.GetDigest(token)));
        if (!isKnown) return new FoundResource.Unavailable();
        if (record is not { } found || !IsIntact(found.Span, token, key)) return new FoundResource.Unknown(IsToken: true);
        var result = StoredResult.Read(found.Span);
        return new FoundResource.Found(new(text, key, result.Query) { Result = result, ResultExpires = expires });
    }

    private static bool IsIntact(ReadOnlySpan<byte> record, byte[] token, LocationKey key)
    {
        Span<byte> digest = stackalloc byte[LocationKey.DigestLength];
        key.Digest(record, digest);
        return digest.SequenceEqual(LocationToken.GetDigest(token));
    }

    private IdentifiedQuery? Identify(HttpContext context, ReadOnlyMemory<byte> content)
    {
        var query = StoredQuery.Create(context, content);
        if (query.GetPath() is null) return null;
        var normalizations = EndpointNormalizations.Get(context);
        if (QueryKeyReader.GetContentKey(context, _scheme, content.Span, normalizations, out var isNormalized) is not { } key) return null;
        byte[] identity = [.. ToBytes(key), .. Encoding.UTF8.GetBytes($"{EndpointKey.GetFull(context)}\n{query.PathBase}")];
        return new(query, identity, Canonicalize(query, normalizations, isNormalized));
    }

    // Contents that the key treats as equal must have one token.
    private ReadOnlyMemory<byte>? Canonicalize(StoredQuery query, QueryNormalizations normalizations, bool isNormalized)
    {
        if (!isNormalized) return query.Content;
        return _scheme.Normalizers.Length > 0 || query.Headers.Any(header => header.Key is "Content-Encoding")
            ? null
            : CanonicalContent.TryCreate(query.Content, normalizations | _scheme.Normalizations);
    }

    private static string CreateStatelessToken(IdentifiedQuery query, LocationKey key) =>
        LocationToken.Format(key.Encrypt(
            LocationToken.Query, query.Identity, (query.Query with { Content = query.CanonicalContent!.Value }).Write()));

    private static string CreateStoredToken(IdentifiedQuery query, LocationKey key, Span<byte> digest)
    {
        key.Digest(query.Identity, digest);
        return LocationToken.Format(LocationToken.ForStoredQuery(key, digest));
    }

    private IQueryCacheStore CreateStore(IServiceProvider services) =>
        services.GetService<IDistributedCache>() is { } distributed and not MemoryDistributedCache
            ? new DistributedCacheQueryStore(distributed)
            : new MemoryCacheStore(_options.MaximumLocationStoreSize, timeProvider: _time);

    private static byte[] ToBytes(QueryCacheKey key)
    {
        var bytes = new byte[QueryCacheKey.Length];
        key.CopyTo(bytes);
        return bytes;
    }

    private static string QueryKey(ReadOnlySpan<byte> digest) => "httpquery:query:" + LocationToken.Format(digest);

    private static string ResultKey(ReadOnlySpan<byte> digest) => "httpquery:result:" + LocationToken.Format(digest);

    private sealed record IdentifiedQuery(StoredQuery Query, byte[] Identity, ReadOnlyMemory<byte>? CanonicalContent);
}
