using HttpQuery.Learning;

namespace HttpQuery.Fallback;

/// <summary>Remembers where QUERY works and where it does not, and lets one request at a time find out.</summary>
internal sealed class FallbackMemory(QueryFallbackOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();

    // An expired fact stays: others use the fallback while one request tries QUERY again.
    private readonly ExpiringTable<FallbackKey, Fact> _facts = new(options.MaximumCount, time);

    /// <summary>Decides how to send a request. Waits if another request is finding out for the same path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="protocol">The server and protocol.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<FallbackAttempt> BeginAsync(FallbackKey path, FallbackKey protocol, CancellationToken cancellationToken)
    {
        for (var mayWait = options.ProbeTimeout > TimeSpan.Zero; ; mayWait = false)
        {
            Task probe;
            lock (_lock)
            {
                if (TryBegin(path, protocol, mayWait, out probe) is { } attempt) return attempt;
            }
            try
            {
                await probe.WaitAsync(options.ProbeTimeout, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
            }
        }
    }

    /// <summary>Forgets what is known, because the substitute does not work either.</summary>
    public void Forget(FallbackAttempt attempt)
    {
        lock (_lock)
        {
            foreach (var key in (FallbackKey[])[attempt.Path, attempt.Protocol])
            {
                if (_facts.TryGet(key, out var fact) && fact.Probe is null) _facts.Remove(key);
            }
        }
    }

    /// <summary>Records what a QUERY has shown.</summary>
    /// <param name="attempt">The attempt that sent the QUERY.</param>
    /// <param name="isKnown">Whether the method is known, or <see langword="null"/> if that is unclear.</param>
    /// <param name="reason">Why the QUERY did not work.</param>
    public void Report(FallbackAttempt attempt, bool? isKnown, FallbackReason reason)
    {
        lock (_lock)
        {
            var isPath = reason is FallbackReason.MethodNotAllowed;
            if (isKnown is true)
            {
                GetOrAdd(attempt.Path).Set(true, time);
                _facts.Remove(attempt.Protocol);
            }
            else if (isKnown is false)
            {
                GetOrAdd(isPath ? attempt.Path : attempt.Protocol).Set(false, time);
            }
            foreach (var (key, fact) in attempt.Probed)
            {
                // The next request would wait just as long, so the fallback stays for another lifetime.
                if (fact.IsKnown is false) fact.Set(false, time);
                else if (fact.IsKnown is null) _facts.Remove(key);
                fact.EndProbe();
            }
        }
    }

    private FallbackAttempt? TryBegin(FallbackKey path, FallbackKey protocol, bool mayWait, out Task probe)
    {
        probe = Task.CompletedTask;
        List<(FallbackKey, Fact)> expired = [];
        foreach (var key in (FallbackKey[])[path, protocol])
        {
            if (!_facts.TryGet(key, out var fact) || fact.IsKnown is not false) continue;
            if (fact.Probe is not null || time.GetElapsedTime(fact.Since) < options.Lifetime)
                return new(this, path, protocol, true, []);
            expired.Add((key, fact));
        }

        if (expired.Count == 0)
        {
            var fact = GetOrAdd(path);
            if (fact.IsKnown is true) return new(this, path, protocol, false, []);
            if (fact.Probe is not null)
            {
                probe = fact.Probe.Task;
                return mayWait ? null : new(this, path, protocol, false, []);
            }
            expired.Add((path, fact));
        }
        foreach (var (_, fact) in expired) fact.BeginProbe();
        return new(this, path, protocol, false, expired);
    }

    private Fact GetOrAdd(FallbackKey key)
    {
        if (_facts.TryGet(key, out var fact)) return fact;
        _facts.Set(key, fact = new(), TimeSpan.MaxValue);
        return fact;
    }

    /// <summary>What is known of one path, or of one server and protocol.</summary>
    internal sealed class Fact
    {
        /// <summary>Whether QUERY is known there. <see langword="null"/> until one request has found out.</summary>
        public bool? IsKnown { get; private set; }

        /// <summary>When it was learned.</summary>
        public long Since { get; private set; }

        /// <summary>Completes when the request that finds out has ended.</summary>
        public TaskCompletionSource? Probe { get; private set; }

        public void Set(bool isKnown, TimeProvider time) => (IsKnown, Since) = (isKnown, time.GetTimestamp());

        public void BeginProbe() => Probe = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void EndProbe()
        {
            Probe?.TrySetResult();
            Probe = null;
        }
    }
}
