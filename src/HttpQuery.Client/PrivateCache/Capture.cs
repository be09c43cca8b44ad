using System.Buffers;
using HttpQuery.Caching;

namespace HttpQuery.PrivateCache;

/// <summary>Keeps what is read of a response, up to a limit, and stores it at its end.</summary>
internal sealed class Capture(CacheTransaction transaction, ReceivedResponse received, long maximumLength, long? length)
{
    private ArrayBufferWriter<byte>? _kept = new();

    public void Add(ReadOnlySpan<byte> octets)
    {
        if (_kept is null) return;
        if ((long)_kept.WrittenCount + octets.Length > Math.Min(maximumLength, Array.MaxLength)) Abandon();
        else _kept.Write(octets);
    }

    /// <summary>Whether all octets that were announced are here: who has them all need not read on, and should find the response stored then.</summary>
    public bool IsWhole => _kept is { } kept && kept.WrittenCount == length;

    public async ValueTask CompleteAsync()
    {
        if (_kept is not { } kept) return;
        _kept = null;
        if (received.Settle(transaction)) await transaction.CompleteAsync(kept.WrittenSpan.ToArray()).ConfigureAwait(false);
        else transaction.Abandon();
    }

    public void Abandon()
    {
        if (_kept is null) return;
        _kept = null;
        transaction.Abandon();
    }
}
