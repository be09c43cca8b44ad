namespace HttpQuery.Fallback;

/// <summary>How one request is sent: as a QUERY, or by the fallback. Dispose it when the request is over.</summary>
internal sealed class FallbackAttempt(
    FallbackMemory memory, FallbackKey path, FallbackKey protocol, bool usesFallback,
    List<(FallbackKey Key, FallbackMemory.Fact Fact)> probed) : IDisposable
{
    private bool _isReported;

    public FallbackKey Path => path;

    public FallbackKey Protocol => protocol;

    /// <summary>Whether QUERY is known not to work.</summary>
    public bool UsesFallback => usesFallback;

    /// <summary>The facts that this request finds out for all.</summary>
    public List<(FallbackKey Key, FallbackMemory.Fact Fact)> Probed => probed;

    /// <summary>Records that QUERY is known.</summary>
    public void ReportKnown() => Report(true, FallbackReason.None);

    /// <summary>Records that QUERY does not work.</summary>
    public void ReportUnknown(FallbackReason reason) => Report(false, reason);

    /// <summary>Records that the substitute does not work either.</summary>
    public void Forget() => memory.Forget(this);

    public void Dispose()
    {
        if (!_isReported && probed.Count > 0) Report(null, FallbackReason.None);
    }

    private void Report(bool? isKnown, FallbackReason reason)
    {
        _isReported = true;
        memory.Report(this, isKnown, reason);
    }
}
