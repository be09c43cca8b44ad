namespace HttpQuery.Caching.Stores;

/// <summary>Serializes the reads of each key. Callers that wait during a read share the next one.</summary>
/// <remarks>A cache may let a read join one in progress, which may have missed a write that is complete by now. A read is canceled when
/// its last caller stops waiting: a read that hangs would block its key forever.</remarks>
internal sealed class SerializedReads(Func<string, CancellationToken, ValueTask<byte[]?>> read)
{
    private readonly Dictionary<string, Turn> _turns = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Reads the value of a key. The read begins after this call, so it sees all completed writes.</summary>
    public async ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        Turn turn;
        Turn? earlier;
        lock (_lock)
        {
            turn = _turns.TryGetValue(key, out earlier) && !earlier.HasBegun
                ? earlier
                : _turns[key] = new() { HasBegun = earlier is null };
            turn.Waiting++;
        }
        if (turn != earlier) _ = RunAsync(key, turn, earlier);
        try
        {
            return await turn.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            bool isAbandoned;
            lock (_lock) isAbandoned = --turn.Waiting == 0 && turn.HasBegun && !turn.Task.IsCompleted;
            if (isAbandoned) await turn.Abandoned.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task RunAsync(string key, Turn turn, Turn? earlier)
    {
        try
        {
            if (earlier is not null)
            {
                await ((Task)earlier.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!TryBegin(key, turn)) return;
            }
            var octets = await read(key, turn.Abandoned.Token).ConfigureAwait(false);
            Leave(key, turn);
            turn.SetResult(octets);
        }
        catch (Exception exception)
        {
            Leave(key, turn);
            turn.SetException(exception);

            // All callers may have stopped waiting, so mark the exception as observed.
            _ = turn.Task.Exception;
        }
    }

    private bool TryBegin(string key, Turn turn)
    {
        lock (_lock)
        {
            turn.HasBegun = turn.Waiting > 0;
            if (!turn.HasBegun) _turns.Remove(key);
            return turn.HasBegun;
        }
    }

    private void Leave(string key, Turn turn)
    {
        lock (_lock)
        {
            if (_turns.TryGetValue(key, out var last) && ReferenceEquals(last, turn)) _turns.Remove(key);
        }
    }

    private sealed class Turn() : TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public bool HasBegun { get; set; }

        public int Waiting { get; set; }

        public CancellationTokenSource Abandoned { get; } = new();
    }
}
