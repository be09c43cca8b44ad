namespace HttpQuery.Caching.Rules;

/// <summary>Decides whether a stored response may be used for a request (RFC 9111 §4, §4.2.4, §5.2; RFC 5861; RFC 8246).</summary>
/// <remarks>The response was already selected by key and by Vary. These methods do not allocate.</remarks>
internal static class ReuseRules
{
    /// <summary>Decides before the cache asks the origin.</summary>
    /// <param name="request">The directives of the request. <c>no-store</c> bypasses the cache, although RFC 9111 §5.2.1.5 does not
    /// require this: the origin's response is not stored and freshens nothing.</param>
    /// <param name="stored">The response that the request selects.</param>
    /// <param name="now">The current time.</param>
    public static ReuseDecision Decide(in RequestDirectives request, StoredResponse stored, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var age = stored.CurrentAge(now);
        var remaining = stored.Lifetime.Value - age;
        var (outcome, reason) = remaining > TimeSpan.Zero
            ? DecideFresh(request, stored.Directives, age, remaining)
            : DecideStale(request, stored, age, -remaining);
        if (outcome is ReuseOutcome.MustValidate && request.OnlyIfCached) outcome = ReuseOutcome.Unsatisfiable;
        return new(outcome, reason, age, remaining);
    }

    /// <summary>Decides whether the stored response may be served after the origin has failed (RFC 9111 §4.2.4, §4.3.3; RFC 5861
    /// §4).</summary>
    /// <param name="failure">How the origin failed.</param>
    /// <param name="request">The directives of the request.</param>
    /// <param name="stored">The response to validate, which may still be fresh.</param>
    /// <param name="now">The current time.</param>
    public static bool MayServeStaleOnError(
        OriginFailure failure, in RequestDirectives request, StoredResponse stored, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var directives = stored.Directives;
        if (directives.NoCache || request.NoCache || request.NoStore) return false;

        if (stored.IsFresh(now)) return true;
        if (directives.ForbidsStale(stored.Options.IsShared)) return false;
        var staleness = -stored.RemainingLifetime(now);
        return staleness <= request.StaleIfError || staleness <= directives.StaleIfError
            || (failure is OriginFailure.Disconnected && stored.Options.MaximumStaleWhenDisconnected > TimeSpan.Zero
                && staleness <= stored.Options.MaximumStaleWhenDisconnected);
    }

    /// <summary>Returns whether <c>stale-if-error</c> applies to a status code: 500, 502, 503 or 504 (RFC 5861 §4).</summary>
    public static bool IsError(int status) => status is 500 or 502 or 503 or 504;

    private static (ReuseOutcome Outcome, ReuseReason Reason) DecideFresh(
        in RequestDirectives request, in ResponseDirectives response, TimeSpan age, TimeSpan remaining)
    {
        if (NeedsValidation(request, response) is { } reason) return (ReuseOutcome.MustValidate, reason);
        if (remaining < request.MinFresh) return (ReuseOutcome.MustValidate, ReuseReason.RequestMinFresh);

        // A reload sends max-age=0, but a fresh immutable response needs no validation (RFC 8246 §2).
        return age > request.MaxAge && !response.Immutable
            ? (ReuseOutcome.MustValidate, ReuseReason.RequestMaxAge)
            : (ReuseOutcome.Fresh, ReuseReason.Fresh);
    }

    private static (ReuseOutcome Outcome, ReuseReason Reason) DecideStale(
        in RequestDirectives request, StoredResponse stored, TimeSpan age, TimeSpan staleness)
    {
        var response = stored.Directives;
        if (NeedsValidation(request, response) is { } reason) return (ReuseOutcome.MustValidate, reason);
        if (response.ForbidsStale(stored.Options.IsShared)) return (ReuseOutcome.MustValidate, ReuseReason.StaleForbidden);
        if (request.MinFresh is not null) return (ReuseOutcome.MustValidate, ReuseReason.RequestMinFresh);
        if (age > request.MaxAge) return (ReuseOutcome.MustValidate, ReuseReason.RequestMaxAge);
        if (staleness <= request.MaxStale) return (ReuseOutcome.ServeStale, ReuseReason.RequestMaxStale);

        // max-age without max-stale rejects stale responses (RFC 9111 §5.2.1.1), and max-stale rejects staler ones.
        var isOpen = request.MaxAge is null && request.MaxStale is null;
        return isOpen && staleness <= response.StaleWhileRevalidate
            ? (ReuseOutcome.ServeStaleAndRevalidate, ReuseReason.StaleWhileRevalidate)
            : (ReuseOutcome.MustValidate, ReuseReason.Stale);
    }

    private static ReuseReason? NeedsValidation(in RequestDirectives request, in ResponseDirectives response)
    {
        if (response.NoCache) return ReuseReason.ResponseNoCache;
        if (request.NoCache) return ReuseReason.RequestNoCache;
        return request.NoStore && !request.OnlyIfCached ? ReuseReason.RequestNoStore : null;
    }
}
