using HttpQuery.CacheKeys;
using HttpQuery.CachePolicies;
using HttpQuery.Caching;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;
using Microsoft.AspNetCore.Http;

namespace HttpQuery;

/// <summary>Builds the cache policy of an endpoint: see <c>CacheQuery</c>.</summary>
public sealed class QueryCachePolicyBuilder
{
    private readonly List<string> _varyBy = [];
    private readonly List<Func<HttpContext, IEnumerable<string>>> _tags = [];
    private readonly List<string> _fixedTags = [];
    private Func<HttpContext, string?>? _partition;
    private Func<HttpContext, string?>? _user;
    private TimeSpan? _lifetime;
    private bool _isSharedAcrossUsers;
    private QueryNormalizations _normalizations;

    internal QueryCachePolicyBuilder()
    {
    }

    /// <summary>Starts from an existing policy.</summary>
    internal QueryCachePolicyBuilder(QueryCachePolicy policy)
    {
        (_lifetime, _partition, _user) = (policy.Lifetime, policy.Partition, policy.User);
        (_isSharedAcrossUsers, _normalizations) = (policy.IsSharedAcrossUsers, policy.Normalizations);
        _tags.AddRange(policy.Tags);
        _fixedTags.AddRange(policy.FixedTags);
        _varyBy.AddRange(policy.VaryBy);
    }

    /// <summary>Sets the lifetime of 2xx responses that declare none: neither <c>max-age</c> nor <c>s-maxage</c> nor <c>Expires</c>.
    /// <c>no-store</c>, <c>private</c> and <c>no-cache</c> still apply.</summary>
    /// <param name="lifetime">Positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lifetime"/> is not positive.</exception>
    public QueryCachePolicyBuilder Expire(TimeSpan lifetime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        _lifetime = lifetime;
        return this;
    }

    /// <summary>Adds tags to stored responses: <c>QueryCache.EvictByTagAsync</c> removes all responses with a tag.</summary>
    public QueryCachePolicyBuilder Tag(params string[] tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        foreach (var tag in tags) ArgumentException.ThrowIfNullOrEmpty(tag, nameof(tags));
        _tags.Add(_ => tags);
        _fixedTags.AddRange(tags);
        return this;
    }

    /// <summary>Adds tags that depend on the request, for example on a route value.</summary>
    /// <param name="tags">Called when the response starts.</param>
    public QueryCachePolicyBuilder Tag(Func<HttpContext, IEnumerable<string>> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        _tags.Add(tags);
        return this;
    }

    /// <summary>Adds the group names in a response's <c>Cache-Groups</c> header as tags (RFC 9875 §2):
    /// an origin behind a gateway sends them.</summary>
    public QueryCachePolicyBuilder TagByCacheGroups() =>
        Tag(static context => InvalidationRules.Groups(new HeaderCollection(context.Response.Headers)));

    /// <summary>Separates requests by a value of the application, such as the tenant: requests with
    /// different values never share responses.</summary>
    /// <param name="partition">Called for each request; <see langword="null"/> if no value separates it. If
    /// it throws, the request bypasses the cache.</param>
    public QueryCachePolicyBuilder PartitionBy(Func<HttpContext, string?> partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        _partition = partition;
        return this;
    }

    /// <summary>Names the user that a request is made for, for example by the claim <c>sub</c>. Requests with the same name share
    /// responses; requests with different names never do.</summary>
    /// <remarks>Without it, every claim, the client certificate and the credential headers identify the user, so that each renewed token
    /// (<c>jti</c>, <c>iat</c>) is a new user.</remarks>
    /// <param name="user">Called when the request reaches the cache, and again before its response is stored. If it returns
    /// <see langword="null"/>, the claims decide, as without this method. If it throws, the request bypasses the cache.</param>
    public QueryCachePolicyBuilder UserBy(Func<HttpContext, string?> user)
    {
        ArgumentNullException.ThrowIfNull(user);
        _user = user;
        return this;
    }

    /// <summary>Adds request headers to <c>Vary</c> of the responses: requests that differ in one of these headers
    /// are cached separately (RFC 9111 §4.1).</summary>
    /// <param name="headerNames">For example <c>Accept-Language</c>.</param>
    public QueryCachePolicyBuilder SetVaryByHeader(params string[] headerNames)
    {
        ArgumentNullException.ThrowIfNull(headerNames);
        foreach (var name in headerNames)
        {
            if (!VaryRules.TryParse(name, out var names) || names.Count != 1)
                throw new ArgumentException($"'{name}' is not a header name.", nameof(headerNames));
        }
        _varyBy.AddRange(headerNames);
        return this;
    }

    /// <summary>Shares responses to requests with a credential, or of a known user, between all users that authorization before the cache
    /// admits. Use it if the response is the same for all.</summary>
    /// <remarks>Without it, they are shared only if the response has <c>public</c> or <c>s-maxage</c> (RFC 9111 §3.5);
    /// otherwise each known user has separate responses. If an endpoint behind the cache reads the user, its response is
    /// shared only if the response itself says so.</remarks>
    public QueryCachePolicyBuilder ShareAcrossUsers()
    {
        _isSharedAcrossUsers = true;
        return this;
    }

    /// <summary>Declares that the endpoint treats contents as equal if they differ only in this: they then share one
    /// response (RFC 10008 §2.7, docs/cache-key.md).</summary>
    /// <remarks>
    /// <para>Default: the differences that the cache detects. It detects JSON spelling if the framework binds the content to a parameter
    /// whose type keeps only values. It detects a content coding if request decompression removes it and <c>AddHttpQuery</c> checks the
    /// endpoint. All other content is compared byte by byte. Each call adds to earlier calls and to the default.</para>
    /// <para>Declare only differences that the handler, and all code between the cache and the handler, really ignore.
    /// With a wrong declaration, one query gets the response to another. The order of JSON members still counts if two
    /// names of one object are equal ignoring case.</para>
    /// </remarks>
    /// <param name="normalizations">For example <c>QueryNormalizations.JsonMemberOrder</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="normalizations"/> has an unknown flag.</exception>
    public QueryCachePolicyBuilder Normalize(QueryNormalizations normalizations)
    {
        if (!QueryCacheOptionsBase.AreKnown(normalizations))
            throw new ArgumentOutOfRangeException(nameof(normalizations), normalizations, "Unknown normalization.");
        _normalizations |= normalizations;
        return this;
    }

    internal QueryCachePolicy Build() =>
        new(_lifetime, [.. _tags], _partition, _user, [.. _varyBy], _isSharedAcrossUsers)
        {
            Normalizations = _normalizations,
            FixedTags = [.. _fixedTags.Distinct(StringComparer.Ordinal)]
        };
}
