namespace KubeList.Store;

/// <summary>The current state, swapped whole at each change: readers take it once and need no lock.</summary>
internal sealed class ClusterStore(ClusterState initial, TimeProvider time)
{
    private readonly Lock _writing = new();
    private volatile ClusterState _current = initial;
    private volatile TaskCompletionSource _changed = NewSignal();

    public ClusterState Current => _current;

    /// <summary>Stores an object under the next revision.</summary>
    public KubeObject Put(ResourceKind kind, ReadOnlyMemory<byte> json)
    {
        lock (_writing)
        {
            var item = ObjectParser.Parse(kind, json, _current.Revision + 1);
            Swap(_current.Next(kind, _current[kind].With(item)));
            return item;
        }
    }

    /// <summary>Removes an object under the next revision; what is not there leaves all as it is.</summary>
    public void Delete(ResourceKind kind, string @namespace, string name)
    {
        lock (_writing)
        {
            if (_current[kind].Find(@namespace, name) is null) return;
            Swap(_current.Next(kind, _current[kind].Without(@namespace, name)));
        }
    }

    /// <summary>The first current state that is not older than <paramref name="revision"/>.</summary>
    /// <returns><see langword="null"/> when it has not come within <paramref name="patience"/>.</returns>
    public async Task<ClusterState?> WaitForAsync(ulong revision, TimeSpan patience, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            // The signal is taken before the state is looked at: a change in between wakes the wait that follows.
            var changed = _changed.Task;
            if (_current is var state && (ulong)state.Revision >= revision) return state;

            var left = patience - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero) return null;
            try { await changed.WaitAsync(left, time, cancellation); }
            catch (TimeoutException) { return null; }
        }
    }

    private void Swap(ClusterState next)
    {
        _current = next;
        var signal = _changed;
        _changed = NewSignal();
        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
