using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Rules;

/// <summary>Decides which responses are stored, and which of their headers (RFC 9111 §3).</summary>
internal static class StorageRules
{
    /// <summary>Decides whether a response may be stored and could ever be used.</summary>
    /// <param name="options">The mode, and the choices that RFC 9111 leaves open.</param>
    /// <param name="exchange">Request and response.</param>
    public static StorageDecision Decide(CacheRuleOptions options, in CacheExchange exchange)
    {
        ArgumentNullException.ThrowIfNull(options);
        var directives = ResponseDirectives.Parse(exchange.ResponseHeaders, options.Mode);
        var refusal = GetMessageRefusal(exchange, directives);
        if (refusal is StorageDecision.Store && options.IsShared) refusal = GetSharingRefusal(options, exchange, directives);
        if (refusal is not StorageDecision.Store) return refusal;

        if (!VaryRules.TryParse(exchange.ResponseHeaders["Vary"], out _)) return StorageDecision.Vary;
        if (exchange.IsKeyNormalized && exchange.Status is not (>= 200 and <= 299)) return StorageDecision.NormalizedKey;
        return GetLifetimeRefusal(options, exchange, directives);
    }

    /// <summary>Returns the headers of a response that are stored (RFC 9111 §3.1). Headers of the connection (RFC 9110 §7.6.1) and of a
    /// proxy are left out. So are those that <c>no-cache</c> or, in a shared cache, <c>private</c> names.</summary>
    /// <param name="headers">The headers of the response as received; lines of one name may be in separate entries.</param>
    /// <param name="mode">Whether the response is stored for one user or for several.</param>
    public static HeaderCollection SelectHeaders(IEnumerable<KeyValuePair<string, StringValues>> headers, CacheMode mode)
    {
        var received = new HeaderCollection(headers);
        var directives = ResponseDirectives.Parse(received, mode);
        var connection = received["Connection"];
        return new(received.Where(
            header => IsStored(header.Key, connection) && !directives.Withholds(header.Key, mode is CacheMode.Shared)));
    }

    /// <summary>Returns whether the cache knows a status code and its requirements (RFC 9111 §5.2.2.3). The cache knows those of
    /// RFC 9110 §15 and 429, 431, 451 and 511, except those that are never stored.</summary>
    public static bool IsUnderstood(int status) => IsStorable(status) && status
        is (>= 200 and <= 205) or (>= 300 and <= 303) or 305 or 307 or 308
        or (>= 400 and <= 417) or 421 or 422 or 426 or 429 or 431 or 451
        or (>= 500 and <= 505) or 511;

    /// <summary>Returns whether a header may be stored, apart from the names in <c>no-cache</c> and <c>private</c>.</summary>
    /// <remarks>Connection cannot turn a header for all recipients into one of the connection (RFC 9110 §7.6.1).</remarks>
    internal static bool IsStored(string name, StringValues connection) =>
        !IsOfConnection(name) && (RuleHeaders.Contains(name) || IsForAllRecipients(name) || !IsNamed(name, connection));

    private static bool IsForAllRecipients(string name) =>
        Is(name, "Set-Cookie") || Is(name, "ETag") || Is(name, "Last-Modified") || Is(name, "Location")
            || Is(name, "Cache-Groups") || Is(name, "Pragma")
        || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns whether a response to one user may be given to others, too (RFC 9111 §3.5): <c>public</c> or <c>s-maxage</c>;
    /// <c>must-revalidate</c> if the options allow it.</summary>
    internal static bool AllowsSharing(CacheRuleOptions options, in ResponseDirectives directives) =>
        directives.Public || directives.SharedMaxAge is not null || (directives.MustRevalidate && options.ShareOnMustRevalidate);

    /// <summary>Returns whether a request states the type of its content; an empty value does not count.</summary>
    internal static bool HasContentType(IReadOnlyHeaders request) =>
        request["Content-Type"] is { Count: > 0 } lines && !string.IsNullOrWhiteSpace(lines[0]);

    /// <summary>Returns whether a request carries a credential, verified or not.</summary>
    internal static bool HasCredential(CacheRuleOptions options, IReadOnlyHeaders request)
    {
        for (var i = 0; i < options.CredentialHeaders.Count; i++)
            if (request[options.CredentialHeaders[i]].Count > 0) return true;
        return false;
    }

    // 417 depends on the expectation of one request (RFC 9110 §10.1.1), as 206, 304, 412 and 416 depend on its range and conditions.
    private static bool IsStorable(int status) => status is >= 200 and <= 599 and not (206 or 304 or 412 or 416 or 417);

    private static StorageDecision GetMessageRefusal(in CacheExchange exchange, in ResponseDirectives directives)
    {
        if (exchange.Method is not ("GET" or "QUERY")) return StorageDecision.Method;

        // RFC 10008 §2: the origin must reject such a query, so its response is not the result of a query.
        if (exchange.Method is "QUERY" && !HasContentType(exchange.RequestHeaders)) return StorageDecision.ContentType;
        if (!IsStorable(exchange.Status)) return StorageDecision.Status;
        if (exchange.RequestDirectives.NoStore) return StorageDecision.RequestNoStore;

        // must-understand overrides no-store, which is meant for caches that do not know must-understand.
        if (directives.MustUnderstand) return IsUnderstood(exchange.Status) ? StorageDecision.Store : StorageDecision.NotUnderstood;
        return directives.NoStore ? StorageDecision.ResponseNoStore : StorageDecision.Store;
    }

    private static StorageDecision GetSharingRefusal(
        CacheRuleOptions options, in CacheExchange exchange, in ResponseDirectives directives)
    {
        if (directives.Private) return StorageDecision.Private;
        if (HasCredential(options, exchange.RequestHeaders) && !exchange.AllowsAuthorization && !AllowsSharing(options, directives))
            return StorageDecision.Authorization;
        return exchange.ResponseHeaders["Set-Cookie"].Count > 0 && !directives.Public && !options.ShareSetCookie
            && !directives.Withholds("Set-Cookie", isShared: true)
                ? StorageDecision.SetCookie
                : StorageDecision.Store;
    }

    private static StorageDecision GetLifetimeRefusal(
        CacheRuleOptions options, in CacheExchange exchange, in ResponseDirectives directives)
    {
        var (headers, time) = (exchange.ResponseHeaders, exchange.ResponseTime);
        var lifetime = FreshnessRules.Lifetime(options, exchange.Status, headers, directives, time);
        var isStated = lifetime.Source is not (LifetimeSource.None or LifetimeSource.Heuristic);
        var mayGuess = options.AllowHeuristicFreshness || directives.NoCache;
        var isCacheable = directives.Public || (directives.Private && !options.IsShared)
            || FreshnessRules.IsHeuristicallyCacheable(exchange.Status);
        if (!isStated && !(mayGuess && isCacheable)) return StorageDecision.NoLifetime;

        var hasValidator = EntityTag.TryParse(headers["ETag"].First(), out _) || FreshnessRules.TryLastModified(headers, time, out _);
        if (hasValidator) return StorageDecision.Store;
        var staleness = FreshnessRules.InitialAge(headers, exchange.RequestTime, time) - lifetime.Value;
        var mayBeStale = !directives.ForbidsStale(options.IsShared)
            && (staleness < directives.StaleWhileRevalidate || staleness < directives.StaleIfError);
        return !directives.NoCache && (staleness < TimeSpan.Zero || mayBeStale) ? StorageDecision.Store : StorageDecision.NotReusable;
    }

    private static bool IsOfConnection(string name) => name.Length switch
    {
        2 => Is(name, "TE"),
        7 => Is(name, "Upgrade") || Is(name, "Trailer"),
        10 => Is(name, "Connection") || Is(name, "Keep-Alive"),
        16 => Is(name, "Proxy-Connection"),
        17 => Is(name, "Transfer-Encoding"),
        18 => Is(name, "Proxy-Authenticate"),
        19 => Is(name, "Proxy-Authorization"),
        25 => Is(name, "Proxy-Authentication-Info"),
        _ => false,
    };

    private static bool IsNamed(string name, StringValues connection)
    {
        foreach (var line in connection)
        {
            var options = line.AsSpan();
            foreach (var range in options.Split(','))
                if (options[range].Trim(HttpSyntax.Whitespace).Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
