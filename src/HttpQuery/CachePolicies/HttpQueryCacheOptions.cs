using HttpQuery.CacheKeys;
using HttpQuery.CachePolicies;
using HttpQuery.Caching;
using HttpQuery.Caching.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace HttpQuery;

/// <summary>Options of the shared cache, read from the configuration section <c>HttpQuery:Cache</c> and checked at start. An
/// unknown key in the section is an error.</summary>
public sealed class HttpQueryCacheOptions : QueryCacheOptionsBase
{
    internal const string Section = "HttpQuery:Cache";

    internal const string DefaultName = "HttpQuery";

    // Names compare without case, as in output caching. A field, because configuration does not bind fields.
    private readonly Dictionary<string, QueryCachePolicy> _policies = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Creates options with the defaults of a server: <c>Cache-Status</c> is sent, and heuristic freshness is off.</summary>
    public HttpQueryCacheOptions() => AddCacheStatus = true;

    /// <summary>Whether responses with <c>Set-Cookie</c> that are not <c>public</c> are stored. Default <see langword="false"/>.
    /// RFC 9111 §7.3 allows it, but a stored response gives the cookie of one user to the next.</summary>
    public bool ShareSetCookie { get; set; }

    /// <summary>Whether <c>must-revalidate</c> alone lets the cache share a response to a request with a credential, as RFC 9111 §3.5 says.
    /// Default <see langword="false"/>: many origins send it without that intention.</summary>
    public bool ShareOnMustRevalidate { get; set; }

    /// <summary>Names of request headers that give an application or an origin another target, host, scheme, port or method than the
    /// request has. Requests that differ in one of these headers never share a response (docs/cache-key.md §4). Default: <c>Forwarded</c>,
    /// <c>X-Forwarded-Host</c> and the other known names.</summary>
    /// <remarks>If a proxy before the cache sets such a header to another value for each client, each client has its own cache. Remove the
    /// name if no code behind the cache reads the header.</remarks>
    public IList<string> RoutingHeaders { get; } =
    [
        "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Scheme", "X-Forwarded-Port",
        "X-Forwarded-Prefix", "X-Forwarded-Server", "X-Host", "X-Original-URL", "X-Rewrite-URL",
        "X-Original-Host", "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override",
        "X-Forwarded-Protocol", "X-Forwarded-Ssl", "Front-End-Https", "X-Scheme", "X-URL-Scheme",
        "X-Original-Proto", "CloudFront-Forwarded-Proto",
        "X-Forwarded-Uri", "X-Forwarded-Path", "X-Forwarded-PathBase", "X-Original-URI", "X-Original-Path",
        "X-Original-PathBase", "X-Original-Prefix", "X-Rewrite-URI", "X-Script-Name",
        "X-HTTP-Host-Override", "X-Forwarded-Original-Host", "X-Forwarded-Method", "X-Original-Method",
    ];

    /// <summary>Adds a named policy, for <c>.CacheQuery("lists")</c> on endpoints and groups and <c>[CacheQuery("lists")]</c> on actions
    /// and controllers. A second policy with the same name replaces the first.</summary>
    /// <param name="name">Name of the policy, compared without case.</param>
    /// <param name="configure">For example <c>p => p.Expire(TimeSpan.FromMinutes(1)).Tag("lists")</c>. Called immediately.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is <see langword="null"/> or empty.</exception>
    public void AddPolicy(string name, Action<QueryCachePolicyBuilder> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        var policy = new QueryCachePolicyBuilder();
        configure(policy);
        _policies[name] = policy.Build();
    }

    /// <summary>Returns a named policy.</summary>
    /// <exception cref="InvalidOperationException">No policy has this name.</exception>
    internal QueryCachePolicy FindPolicy(string name)
    {
        if (_policies.TryGetValue(name, out var policy)) return policy;
        var known = _policies.Count == 0
            ? "There are no named policies"
            : $"The names are {string.Join(", ", _policies.Keys.Order(StringComparer.OrdinalIgnoreCase))}";
        throw new InvalidOperationException(
            $"No cache policy is named '{name}'. {known}. "
            + $"Add one with AddHttpQueryCache(options => options.AddPolicy(\"{name}\", policy => ...)).");
    }

    internal override QueryCacheOptions ToEngineOptions(CacheMode mode, string defaultName, QueryCacheKeyScheme? keys = null) =>
        base.ToEngineOptions(mode, defaultName, keys) with
        {
            RoutingHeaders = [.. RoutingHeaders.Distinct(StringComparer.OrdinalIgnoreCase)],
        };

    internal override CacheRuleOptions ToRules(CacheMode mode) =>
        base.ToRules(mode) with { ShareSetCookie = ShareSetCookie, ShareOnMustRevalidate = ShareOnMustRevalidate };

    internal override IEnumerable<string> Validate(string prefix) =>
        RoutingHeaders.All(IsHeaderName)
            ? base.Validate(prefix)
            : base.Validate(prefix).Append($"{prefix}{nameof(RoutingHeaders)} must be names of headers, such as X-Forwarded-Host.");

    /// <summary>Checks the options and the keys of their section when they are first used; the host does so at start.</summary>
    internal sealed class Validation(IConfiguration configuration) : IValidateOptions<HttpQueryCacheOptions>
    {
        public ValidateOptionsResult Validate(string? name, HttpQueryCacheOptions options)
        {
            var section = configuration.GetSection(Section);
            var keys = section.GetChildren().Select(key => KeyValuePair.Create(key.Key, key.Value));
            string[] failures =
            [
                .. options.Validate(Section + ":"), .. ConfigurationKeys.Validate<HttpQueryCacheOptions>(Section, section.Value, keys),
            ];
            return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }
    }
}
