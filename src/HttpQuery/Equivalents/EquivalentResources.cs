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
    private readonly HttpQueryOptions _options;
    private readonly QueryCacheKeyScheme _scheme;
    private readonly TimeProvider _time;
    private readonly LocationKey[] _keys;
    private readonly Lazy<LocationStore> _store;

    public EquivalentResources(
        IOptions<HttpQueryOptions> options, QueryCacheKeyScheme scheme, QueryTelemetry telemetry, IServiceProvider services)
    {
        (_options, _scheme) = (options.Value, scheme);
        _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        string[] secrets = _options.LocationKeys.Count > 0 ? [.. _options.LocationKeys] : [RandomNumberGenerator.GetHexString(64)];
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
    /// <param name="context">A QUERY, or a request that repeats one.</param>
    /// <param name="content">All of its content.</param>
    /// <param name="key">The key that signs.</param>
    /// <returns><see langword="null"/> if the query cannot be repeated: a header refers to its exact bytes, or its path is no longer known
    /// as it was sent.</returns>
    public EquivalentResource? Create(HttpContext context, ReadOnlyMemory<byte> content, LocationKey key)
    {
        var query = StoredQuery.Create(context, content);
        if (query.GetPath() is null) return null;

        var normalizations = EndpointNormalizations.Get(context);
        var cacheKey = QueryKeyReader.GetContentKey(context, _scheme, content.Span, normalizations, out var isNormalized);
        if (cacheKey is null) return null;
        byte[] identity =
            [.. ToBytes(cacheKey.Value), .. Encoding.UTF8.GetBytes($"{EndpointKey.Get(context)}\n{query.PathBase}\n")];

        var start = query.PathBase + _options.LocationPrefix + "/";
        if (content.Length < _options.MaximumStatelessLocationLength && Canonicalize(query, normalizations, isNormalized) is { } canonical)
        {
            var text = canonical.Write();
            var token = LocationToken.Format(key.Encrypt(LocationToken.Query, identity, text));
            if (start.Length + token.Length <= _options.MaximumStatelessLocationLength) return new(start + token, token, null, text);
        }

        Span<byte> digest = stackalloc byte[LocationKey.DigestLength];
        key.Digest(identity, digest);
        var stored = LocationToken.Format(LocationToken.ForStoredQuery(key, digest));
        return new(start + stored, stored, QueryKey(digest), query.Write());
    }

    /// <summary>Whether an equivalent request stands for the query that runs in its place.</summary>
    public bool StandsFor(EquivalentRequest request, HttpContext context, ReadOnlyMemory<byte> content) =>
        Create(context, content, request.Key)?.Token == request.Token;

    /// <summary>Makes sure that a GET of the resource will find it.</summary>
    /// <returns>Whether it will.</returns>
    public ValueTask<bool> KeepAsync(EquivalentResource resource) =>
        resource.StoreKey is { } key ? _store.Value.KeepAsync(key, resource.Record, _options.LocationLifetime) : new(true);

    /// <summary>Stores a result.</summary>
    /// <returns>Its URI, an absolute path; <see langword="null"/> if the store did not take it.</returns>
    public async ValueTask<string?> KeepAsync(StoredResult result)
    {
        var record = result.Write();
        var digest = new byte[LocationKey.DigestLength];
        CurrentKey.Digest(record, digest);

        // Results of one period share their time of expiry, so the same result has the same URI.
        var period = _options.StoredResultLifetime.Ticks;
        var now = _time.GetUtcNow();
        var expires = new DateTimeOffset((now.Ticks / period + 2) * period, TimeSpan.Zero);
        if (!await _store.Value.KeepAsync(ResultKey(digest), record, expires - now, expires.Ticks)) return null;
        return result.Query.PathBase + _options.LocationPrefix + "/"
            + LocationToken.Format(LocationToken.ForStoredResult(CurrentKey, expires, digest));
    }

    /// <summary>Finds what a token stands for.</summary>
    public async ValueTask<FoundResource> FindAsync(string text)
    {
        if (LocationToken.Parse(text) is not { } token) return new FoundResource.Unknown(IsOurs: false);
        try
        {
            if (token[0] is LocationToken.Query)
            {
                foreach (var key in _keys)
                {
                    if (key.Decrypt(token) is { } query)
                        return new FoundResource.Found(new(text, key, StoredQuery.Read(query)));
                }
                return new FoundResource.Unknown(IsOurs: false);
            }
            if (_keys.FirstOrDefault(key => key.HasSigned(token)) is not { } signer) return new FoundResource.Unknown(IsOurs: false);
            return token[0] is LocationToken.StoredQuery
                ? await FindQueryAsync(text, token, signer)
                : await FindResultAsync(text, token, signer);
        }
        catch (InvalidDataException)
        {
            return new FoundResource.Unknown(IsOurs: true);
        }
    }

    private async ValueTask<FoundResource> FindQueryAsync(string text, byte[] token, LocationKey key)
    {
        var (isKnown, record) = await _store.Value.GetAsync(QueryKey(LocationToken.GetDigest(token)));
        if (!isKnown) return new FoundResource.Unavailable();
        return record is { } found
            ? new FoundResource.Found(new(text, key, StoredQuery.Read(found.Span)))
            : new FoundResource.Unknown(IsOurs: true);
    }

    private async ValueTask<FoundResource> FindResultAsync(string text, byte[] token, LocationKey key)
    {
        var expires = LocationToken.GetExpiry(token);
        if (expires <= _time.GetUtcNow()) return new FoundResource.Expired();
        var (isKnown, record) = await _store.Value.GetAsync(ResultKey(LocationToken.GetDigest(token)));
        if (!isKnown) return new FoundResource.Unavailable();
        if (record is not { } found || !IsIntact(found.Span, token, key)) return new FoundResource.Unknown(IsOurs: true);
        var result = StoredResult.Read(found.Span);
        return new FoundResource.Found(new(text, key, result.Query) { Result = result, ResultExpires = expires });
    }

    private static bool IsIntact(ReadOnlySpan<byte> record, byte[] token, LocationKey key)
    {
        Span<byte> digest = stackalloc byte[LocationKey.DigestLength];
        key.Digest(record, digest);
        return digest.SequenceEqual(LocationToken.GetDigest(token));
    }

    // Contents that the key treats as equal must have one token.
    private StoredQuery? Canonicalize(StoredQuery query, QueryNormalizations normalizations, bool isNormalized)
    {
        if (!isNormalized) return query;
        if (_scheme.Normalizers.Length > 0 || query.Headers.Any(header => header.Key is "Content-Encoding")) return null;
        return CanonicalContent.TryCreate(query.Content, normalizations | _scheme.Normalizations) is { } content
            ? query with { Content = content }
            : null;
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
}
