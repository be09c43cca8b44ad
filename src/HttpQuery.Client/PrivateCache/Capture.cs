using HttpQuery.Caching;
using HttpQuery.Caching.Diagnostics;

namespace HttpQuery.PrivateCache;

/// <summary>Captures what is read of a response, and stores it at its end.</summary>
internal sealed class Capture : IDisposable
{
    private readonly CacheTransaction _transaction;
    private readonly ReceivedResponse _received;
    private ResponseCapture? _kept;

    public Capture(CacheTransaction transaction, ReceivedResponse received)
    {
        (_transaction, _received, _kept) = (transaction, received, transaction.Capture());

        // Until the caller reads, requests that wait for this response wait for the caller.
        _transaction.BeginClientWait();
    }

    // A response that is neither read to its end nor disposed would keep its memory, and its place among those that others wait for.
    ~Capture()
    {
        try
        {
            Abandon();
        }
        catch (Exception)
        {
            // A logger may be gone by now.
        }
    }

    /// <summary>Whether all bytes that were announced have been read: the response is stored then, for nothing makes the caller read on.</summary>
    public bool IsWhole => _kept is { IsWhole: true };

    /// <summary>A read begins.</summary>
    public void BeginRead() => _transaction.EndClientWait();

    /// <summary>A read has ended.</summary>
    public void EndRead(ReadOnlySpan<byte> bytes)
    {
        _transaction.BeginClientWait();
        if (bytes.IsEmpty || _kept is not { } kept || kept.TryAppend(bytes)) return;
        _kept = null;
        _transaction.Discard(kept.HasGivenWay ? StorageRefusal.GaveWay : StorageRefusal.TooLong);
    }

    public async ValueTask CompleteAsync()
    {
        if (_kept is not { } kept) return;
        _kept = null;
        if (_received.Settle(_transaction))
        {
            await _transaction.CompleteCaptureAsync(kept, []).ConfigureAwait(false);
            return;
        }
        kept.Dispose();
        _transaction.Discard(StorageRefusal.Elsewhere);
    }

    public void Dispose()
    {
        Abandon();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stores nothing: the response was cut off, or nobody reads on.</summary>
    public void Abandon()
    {
        _kept?.Dispose();
        _kept = null;
        _transaction.Abandon();
    }
}
