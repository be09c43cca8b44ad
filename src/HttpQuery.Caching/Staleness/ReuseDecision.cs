namespace HttpQuery.Caching;

/// <summary>Whether a stored response may be used, and why.</summary>
/// <param name="Outcome">What to do.</param>
/// <param name="Reason">What led to that; of an <see cref="ReuseOutcome.Unsatisfiable"/> one, why the response could not be used.</param>
/// <param name="Age">Its age now.</param>
/// <param name="Remaining">How much longer it is fresh; not positive once it is stale.</param>
internal readonly record struct ReuseDecision(ReuseOutcome Outcome, ReuseReason Reason, TimeSpan Age, TimeSpan Remaining)
{
    /// <summary>Whether the stored response is served.</summary>
    public bool IsServed => Outcome is ReuseOutcome.Fresh or ReuseOutcome.ServeStale or ReuseOutcome.ServeStaleAndRevalidate;
}
