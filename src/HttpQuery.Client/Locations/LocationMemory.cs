using System.Globalization;
using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.Learning;
using HttpQuery.PrivateCache;

namespace HttpQuery.Locations;

/// <summary>Remembers the <c>Location</c> of queries by their whole key: target, content, content headers and user.</summary>
internal sealed class LocationMemory
{
    private static readonly QueryCacheOptions KeyOptions = new();

    private readonly QueryLocationOptions _options;
    private readonly PrivateCacheOptions _identity = new();
    private readonly string[] _credentialHeaders;
    private readonly ExpiringTable<QueryCacheKey, LearnedLocation> _locations;

    /// <summary>Creates an empty memory.</summary>
    /// <param name="options">Settings that have been validated.</param>
    /// <param name="cache">The settings of the client's cache, which may know further credentials and users.</param>
    /// <param name="time">The clock.</param>
    public LocationMemory(QueryLocationOptions options, PrivateCacheOptions? cache, TimeProvider time)
    {
        _options = options;
        IEnumerable<string> names = ["Proxy-Authorization", .. options.CredentialHeaders, .. cache?.CredentialHeaders ?? []];
        foreach (var name in names) _identity.CredentialHeaders.Add(name);
        _identity.Partition = Combine(options.Partition, cache?.Partition);
        _credentialHeaders = _identity.GetValidatedCredentialHeaders();
        _locations = new(options.MaximumCount, time);
    }

    /// <summary>Reads a request for comparison with others.</summary>
    public RequestSnapshot Read(HttpRequestMessage request, in RequestTarget target, string? cookies) =>
        RequestSnapshot.Create(request, target, cookies, _identity, _credentialHeaders);

    /// <summary>Whether no URI is known.</summary>
    public bool IsEmpty => _locations.Count == 0;

    /// <summary>Computes the keys of a query. Its bytes must have been set.</summary>
    public static CacheKeySet ComputeKeys(RequestSnapshot query) =>
        CacheKeySet.Create(KeyOptions, query.ToCacheRequest([], isBackground: false, isUserUncertain: false));

    /// <summary>Returns the URI that is known for a query.</summary>
    public Uri? Find(CacheKeySet keys, RequestSnapshot query) =>
        _locations.TryGet(keys.Primary, out var known) && known.IsFor(query.Headers) ? known.Uri : null;

    /// <summary>Remembers the URI of a response.</summary>
    public void Learn(HttpResponseMessage response, Uri requested, CacheKeySet keys, RequestSnapshot query)
    {
        var location = LearnedLocation.Read(response, requested, query.Headers, keys.Resource);
        if (location is not null && MayGet(location.Uri, requested, query)) _locations.Set(keys.Primary, location, _options.Lifetime);
    }

    /// <summary>Forgets the URI of a query.</summary>
    public void Forget(CacheKeySet keys) => _locations.Remove(keys.Primary);

    /// <summary>Forgets the URIs of all queries to a target.</summary>
    public void ForgetAll(Uri target)
    {
        if (IsEmpty) return;
        var resource = CacheKeySet.GetResourceKey(target);
        _locations.RemoveWhere(location => location.Resource == resource);
    }

    private bool MayGet(Uri location, Uri requested, RequestSnapshot query) =>
        LearnedLocation.IsSameOrigin(location, requested)
        || (_options.AllowOtherOrigins && query is { User.Headers.Length: 0, Cookies: null, Target.HostLines: null });

    // The length keeps two pairs of keys apart.
    private static Func<HttpRequestMessage, string?>? Combine(
        Func<HttpRequestMessage, string?>? one, Func<HttpRequestMessage, string?>? other)
    {
        if (one is null || one == other) return other;
        if (other is null) return one;
        return request =>
        {
            var (first, second) = (one(request), other(request));
            if (first is null && second is null) return null;
            var (length, rest) = (first?.Length ?? -1, second is null ? "" : ":" + second);
            return string.Create(CultureInfo.InvariantCulture, $"{length}:{first}{rest}");
        };
    }
}
