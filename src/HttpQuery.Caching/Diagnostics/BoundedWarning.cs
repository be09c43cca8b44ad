namespace HttpQuery.Caching.Diagnostics;

/// <summary>Limits the warnings of one kind to one per interval: a store that is down fails on every request.</summary>
internal sealed class BoundedWarning(TimeProvider time)
{
    /// <summary>Long enough to keep a log readable for days, and short enough to show a failure while it lasts.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long _last;
    private long _count;
    private bool _hasWarned;

    /// <summary>Counts one event.</summary>
    /// <param name="count">The number of events since the last warning, including this one.</param>
    /// <returns><see langword="true"/> if the warning is due.</returns>
    public bool IsDue(out long count)
    {
        lock (_lock)
        {
            count = ++_count;
            if (_hasWarned && time.GetElapsedTime(_last) < Interval) return false;
            (_hasWarned, _last, _count) = (true, time.GetTimestamp(), 0);
            return true;
        }
    }
}
