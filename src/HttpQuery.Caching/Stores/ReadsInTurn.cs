namespace HttpQuery.Caching;

/// <summary>Reads each key one time after another; those that wait for a read under way share the next.</summary>
/// <remarks>A cache may let a read join one that is under way, and that may have seen what was there before a write which is over by now. A read is cancelled when nobody waits for it any more: one that
/// hangs would keep its key from being read ever again.</remarks>
internal sealed class ReadsInTurn(Func<string, CancellationToken, ValueTask<byte[]?>> read)
{
    private readonly Dictionary<string, Turn> _turns = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>What lies under a key at some moment from now on.</summary>
    public async ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        Turn turn;
        Turn? earlier;
        lock (_lock)
        {
            turn = _turns.TryGetValue(key, out earlier) && !earlier.HasBegun ? earlier : _turns[key] = new() { HasBegun = earlier is null };
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

            // Perhaps nobody waits for it any more.
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
