using HttpQuery.Caching.Internal;

namespace HttpQuery.Caching;

/// <summary>Lifetime and age of a response (RFC 9111 §4.2).</summary>
internal static class FreshnessRules
{
    /// <summary>How long a response is fresh (RFC 9111 §4.2.1, §4.2.2).</summary>
    /// <param name="options">The mode, and what is taken where the response states nothing.</param>
    /// <param name="status">The status code.</param>
    /// <param name="fields">The fields of the response. Where Date is absent or malformed, the response is dated by
    /// <paramref name="responseTime"/>; an Expires that is no date is over (RFC 9111 §5.3). Of several lines the first counts.</param>
    /// <param name="directives">The directives of the response.</param>
    /// <param name="responseTime">When the response was received.</param>
    public static FreshnessLifetime Lifetime(
        CacheRuleOptions options, int status, IFieldLines fields, in ResponseDirectives directives, DateTimeOffset responseTime)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(fields);
        if (options.IsShared && directives.SharedMaxAge is { } shared) return new(shared, LifetimeSource.SharedMaxAge);
        if (directives.MaxAge is { } maxAge) return new(maxAge, LifetimeSource.MaxAge);

        var date = Date(fields, responseTime);
        if (!directives.IsTargeted && fields["Expires"].First() is { } expires)
        {
            var lifetime = HttpDate.TryParse(expires, responseTime, out var end) && end > date ? end - date : TimeSpan.Zero;
            return new(lifetime, LifetimeSource.Expires);
        }

        if (!directives.Public && !IsHeuristicallyCacheable(status)) return default;
        if (options.DefaultLifetime is { } lifetimeByDefault && status is >= 200 and <= 299) return new(lifetimeByDefault, LifetimeSource.Default);
        return options.AllowHeuristicFreshness && TryLastModified(fields, responseTime, out var modified) && modified < date
            ? new(Heuristic(options, date - modified), LifetimeSource.Heuristic)
            : default;
    }

    /// <summary>The age of a response when it was received: <c>corrected_initial_age</c> (RFC 9111 §4.2.3).</summary>
    /// <param name="fields">The fields of the response. Of Age, the first member counts, and one that is no number does not (RFC 9111
    /// §5.1). A Date ahead of the clock makes no age.</param>
    /// <param name="requestTime">When the request was sent.</param>
    /// <param name="responseTime">When the response was received; the clock may have gone back meanwhile.</param>
    public static TimeSpan InitialAge(IFieldLines fields, DateTimeOffset requestTime, DateTimeOffset responseTime)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var apparentAge = NotNegative(responseTime - Date(fields, responseTime));
        var correctedAge = Age(fields) + NotNegative(responseTime - requestTime);
        return apparentAge > correctedAge ? apparentAge : correctedAge;
    }

    /// <summary>The age of a response now: <c>current_age</c> (RFC 9111 §4.2.3).</summary>
    /// <param name="initialAge">What <see cref="InitialAge"/> told.</param>
    /// <param name="responseTime">When the response was received.</param>
    /// <param name="now">The current time; one before <paramref name="responseTime"/> adds no age.</param>
    public static TimeSpan CurrentAge(TimeSpan initialAge, DateTimeOffset responseTime, DateTimeOffset now)
    {
        var residentTime = NotNegative(now - responseTime);
        return initialAge > TimeSpan.MaxValue - residentTime ? TimeSpan.MaxValue : initialAge + residentTime;
    }

    /// <summary>Tells whether a status code is heuristically cacheable (RFC 9110 §15.1).</summary>
    public static bool IsHeuristicallyCacheable(int status) =>
        status is 200 or 203 or 204 or 206 or 300 or 301 or 308 or 404 or 405 or 410 or 414 or 501;

    /// <summary>The date of a response: that of its Date, or when it was received (RFC 9110 §6.6.1).</summary>
    internal static DateTimeOffset Date(IFieldLines fields, DateTimeOffset responseTime) =>
        HttpDate.TryParse(fields["Date"].First(), responseTime, out var date) ? date : responseTime;

    internal static bool TryLastModified(IFieldLines fields, DateTimeOffset responseTime, out DateTimeOffset date) =>
        HttpDate.TryParse(fields["Last-Modified"].First(), responseTime, out date);

    // age_value.
    private static TimeSpan Age(IFieldLines fields)
    {
        var first = fields["Age"].First().AsSpan();
        if (first.IndexOf(',') is var comma and >= 0) first = first[..comma];
        return DeltaSeconds.TryParse(first.Trim(FieldSyntax.Whitespace), out var age) ? age : TimeSpan.Zero;
    }

    private static TimeSpan Heuristic(CacheRuleOptions options, TimeSpan sinceModified)
    {
        var lifetime = sinceModified * options.HeuristicFraction;
        return lifetime < options.MaximumHeuristicLifetime ? lifetime : options.MaximumHeuristicLifetime;
    }

    private static TimeSpan NotNegative(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;
}
