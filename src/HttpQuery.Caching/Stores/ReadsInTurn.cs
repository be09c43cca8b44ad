namespace HttpQuery.Caching;

/// <summary>Reads each key one time after another; those that wait for a read under way share the next.</summary>
/// <remarks>A cache may let a read join one that is under way, and that may have seen what was there before a write which is over by now.</remarks>
internal sealed class ReadsInTurn(Func<QueryCacheKey, ValueTask<byte[]?>> read)
{
    private readonly Dictionary<QueryCacheKey, Turn> _turns = [];
    private readonly Lock _lock = new();

    /// <summary>What lies under a key at some moment from now on.</summary>
    public Task<byte[]?> ReadAsync(QueryCacheKey key)
    {
        Turn turn;
        Turn? earlier;
        lock (_lock)
        {
            if (_turns.TryGetValue(key, out earlier) && !earlier.HasBegun) return earlier.Task;
            _turns[key] = turn = new() { HasBegun = earlier is null };
        }
        _ = RunAsync(key, turn, earlier);
        return turn.Task;
    }

    private async Task RunAsync(QueryCacheKey key, Turn turn, Turn? earlier)
    {
        try
        {
            if (earlier is not null)
            {
                await ((Task)earlier.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                lock (_lock) turn.HasBegun = true;
            }
            var octets = await read(key);
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

    private void Leave(QueryCacheKey key, Turn turn)
    {
        lock (_lock)
        {
            if (_turns.TryGetValue(key, out var last) && ReferenceEquals(last, turn)) _turns.Remove(key);
        }
    }

    private sealed class Turn() : TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public bool HasBegun { get; set; }
    }
}
