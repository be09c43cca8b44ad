using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Rules;

/// <summary>Lifetime and age of a response (RFC 9111 §4.2).</summary>
internal static class FreshnessRules
{
    /// <summary>Returns the lifetime of a response (RFC 9111 §4.2.1, §4.2.2).</summary>
    /// <param name="options">The mode, and the defaults for a response that states no lifetime.</param>
    /// <param name="status">The status code.</param>
    /// <param name="headers">The headers of the response. If Date is absent or malformed, <paramref name="responseTime"/> replaces it. An
    /// Expires that is not a date counts as expired (RFC 9111 §5.3). If a header has several lines, the first counts.</param>
    /// <param name="directives">The directives of the response.</param>
    /// <param name="responseTime">When the response was received.</param>
    public static FreshnessLifetime Lifetime(
        CacheRuleOptions options, int status, IReadOnlyHeaders headers, in ResponseDirectives directives, DateTimeOffset responseTime)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(headers);
        if (options.IsShared && directives.SharedMaxAge is { } shared) return new(shared, LifetimeSource.SharedMaxAge);
        if (directives.MaxAge is { } maxAge) return new(maxAge, LifetimeSource.MaxAge);

        var date = Date(headers, responseTime);
        if (!directives.IsTargeted && headers["Expires"].First() is { } expires)
        {
            var lifetime = HttpDate.TryParse(expires, responseTime, out var end) && end > date ? end - date : TimeSpan.Zero;
            return new(lifetime, LifetimeSource.Expires);
        }

        if (!directives.Public && !IsHeuristicallyCacheable(status)) return default;
        if (options.DefaultLifetime is { } lifetimeByDefault && status is >= 200 and <= 299)
            return new(lifetimeByDefault, LifetimeSource.Default);
        return options.AllowHeuristicFreshness && TryLastModified(headers, responseTime, out var modified) && modified < date
            ? new(Heuristic(options, date - modified), LifetimeSource.Heuristic)
            : default;
    }

    /// <summary>The age of a response when it was received: <c>corrected_initial_age</c> (RFC 9111 §4.2.3).</summary>
    /// <param name="headers">The headers of the response. Only the first member of Age counts, and it is ignored if it is not a number
    /// (RFC 9111 §5.1). A Date ahead of the clock adds no age.</param>
    /// <param name="requestTime">When the request was sent.</param>
    /// <param name="responseTime">When the response was received; the clock may have gone back since the request.</param>
    public static TimeSpan InitialAge(IReadOnlyHeaders headers, DateTimeOffset requestTime, DateTimeOffset responseTime)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var apparentAge = NotNegative(responseTime - Date(headers, responseTime));
        var correctedAge = Age(headers) + NotNegative(responseTime - requestTime);
        return apparentAge > correctedAge ? apparentAge : correctedAge;
    }

    /// <summary>The age of a response now: <c>current_age</c> (RFC 9111 §4.2.3).</summary>
    /// <param name="initialAge">The result of <see cref="InitialAge"/>.</param>
    /// <param name="responseTime">When the response was received.</param>
    /// <param name="now">The current time; a time before <paramref name="responseTime"/> adds no age.</param>
    public static TimeSpan CurrentAge(TimeSpan initialAge, DateTimeOffset responseTime, DateTimeOffset now)
    {
        var residentTime = NotNegative(now - responseTime);
        return initialAge > TimeSpan.MaxValue - residentTime ? TimeSpan.MaxValue : initialAge + residentTime;
    }

    /// <summary>Returns whether a status code is heuristically cacheable (RFC 9110 §15.1).</summary>
    public static bool IsHeuristicallyCacheable(int status) =>
        status is 200 or 203 or 204 or 206 or 300 or 301 or 308 or 404 or 405 or 410 or 414 or 501;

    /// <summary>Returns the value of Date, or the time when the response was received (RFC 9110 §6.6.1).</summary>
    internal static DateTimeOffset Date(IReadOnlyHeaders headers, DateTimeOffset responseTime) =>
        HttpDate.TryParse(headers["Date"].First(), responseTime, out var date) ? date : responseTime;

    internal static bool TryLastModified(IReadOnlyHeaders headers, DateTimeOffset responseTime, out DateTimeOffset date) =>
        HttpDate.TryParse(headers["Last-Modified"].First(), responseTime, out date);

    // RFC 9111 calls this age_value.
    private static TimeSpan Age(IReadOnlyHeaders headers)
    {
        var first = headers["Age"].First().AsSpan();
        if (first.IndexOf(',') is var comma and >= 0) first = first[..comma];
        return DeltaSeconds.TryParse(first.Trim(HttpSyntax.Whitespace), out var age) ? age : TimeSpan.Zero;
    }

    private static TimeSpan Heuristic(CacheRuleOptions options, TimeSpan sinceModified)
    {
        var lifetime = sinceModified * options.HeuristicFraction;
        return lifetime < options.MaximumHeuristicLifetime ? lifetime : options.MaximumHeuristicLifetime;
    }

    private static TimeSpan NotNegative(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;
}
