namespace HttpQuery.Caching.Diagnostics;

/// <summary>Lets one warning of a kind through at a time: a store that is down fails with each request.</summary>
internal sealed class BoundedWarning(TimeProvider time)
{
    /// <summary>Long enough for a log to stay readable for days, short enough to be seen while it lasts.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long _last;
    private long _count;
    private bool _hasWarned;

    /// <summary>Counts one.</summary>
    /// <param name="count">How many there were since the last warning, this one included.</param>
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
