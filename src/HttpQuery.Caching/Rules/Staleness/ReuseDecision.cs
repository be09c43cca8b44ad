namespace HttpQuery.Caching.Rules;

/// <summary>Whether a stored response may be used, and why.</summary>
/// <param name="Outcome">The action to take.</param>
/// <param name="Reason">The reason for the outcome; for <see cref="ReuseOutcome.Unsatisfiable"/>, why the response could not be
/// used.</param>
/// <param name="Age">The current age of the response.</param>
/// <param name="Remaining">The remaining lifetime; zero or negative when the response is stale.</param>
internal readonly record struct ReuseDecision(ReuseOutcome Outcome, ReuseReason Reason, TimeSpan Age, TimeSpan Remaining)
{
    /// <summary>Whether the stored response is served.</summary>
    public bool IsServed => Outcome is ReuseOutcome.Fresh or ReuseOutcome.ServeStale or ReuseOutcome.ServeStaleAndRevalidate;
}
