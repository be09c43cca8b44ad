using HttpQuery.Caching.Diagnostics;

namespace HttpQuery.Caching.Engine;

/// <summary>The third phase: a response passes, and its content is kept to be stored at its end.</summary>
/// <remarks>One of <see cref="StoreAsync"/>, <see cref="Refuse"/> and <see cref="Abandon"/> ends it. Only the first call counts, and
/// disposing abandons it. Requests that wait for the response continue then. Not thread-safe.</remarks>
internal sealed class ResponseCapture : IDisposable
{
    private readonly ResponseStorage _storage;
    private readonly StorageTerms _terms;
    private readonly RequestCollapser.Leader? _leader;
    private readonly bool _isUserUnknown;
    private readonly CaptureBuffer _buffer;
    private int _isOver;

    internal ResponseCapture(ResponseStorage storage, StorageTerms terms, RequestCollapser.Leader? leader, bool isUserUnknown)
    {
        (_storage, _terms, _leader, _isUserUnknown) = (storage, terms, leader, isUserUnknown);
        _buffer = new(storage.Context.Cache.Pending, storage.MaximumLength, storage.DeclaredLength,
            () => leader?.Release(RequestCollapser.End.NotShared));
    }

    /// <summary>Whether all announced bytes have arrived. A client that has them need not read on, and should find the response stored
    /// then.</summary>
    public bool IsWhole => _isOver == 0 && _buffer.IsWhole;

    /// <summary>Whether the capture has ended: content need not be handed over any more.</summary>
    public bool IsOver => _isOver != 0;

    /// <summary>Adds received bytes. Content that is too long, or needs more memory than there is, ends the capture.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_isOver == 0 && !_buffer.TryAppend(bytes)) Refuse(_buffer.HasGivenWay ? StorageRefusal.GaveWay : StorageRefusal.TooLong);
    }

    /// <summary>Stores the response, which is complete.</summary>
    /// <returns>Whether it was stored.</returns>
    public async ValueTask<bool> StoreAsync()
    {
        if (_isOver != 0) return false;
        var final = _terms.AtEnd?.Invoke() ?? default;
        if (final.Refusal is { } own)
        {
            Refuse(own);
            return false;
        }
        if (!TryEnd()) return false;

        var refusal = StorageRefusal.Store;
        try
        {
            refusal = _buffer.Complete() is { } content
                ? await _storage.StoreAsync(content, _terms.Tags, _isUserUnknown || final.IsUserUnknown).ConfigureAwait(false)
                : StorageRefusal.GaveWay;
        }
        finally
        {
            _leader?.Release(refusal is null ? RequestCollapser.End.Stored : RequestCollapser.End.NotShared);
        }
        if (refusal is not null) _storage.Context.ReportNotStored(refusal);
        return refusal is null;
    }

    /// <summary>Ends the capture without storing the response, because it is for this request alone.</summary>
    public void Refuse(StorageRefusal refusal) => End(refusal, RequestCollapser.End.NotShared);

    /// <summary>Reports that the response was cut off, or is not read any more.</summary>
    public void Abandon() => End(StorageRefusal.CutOff, RequestCollapser.End.Failed);

    /// <summary>Reports that the client does not read the received bytes. Requests that wait for this one now wait for its
    /// client.</summary>
    public void BeginClientWait() => _leader?.BeginClientWait();

    /// <summary>Reports that the client reads again.</summary>
    public void EndClientWait() => _leader?.EndClientWait();

    /// <inheritdoc/>
    public void Dispose() => Abandon();

    private void End(StorageRefusal refusal, RequestCollapser.End end)
    {
        if (!TryEnd()) return;
        _buffer.Dispose();
        _storage.Context.ReportNotStored(refusal);
        _leader?.Release(end);
    }

    private bool TryEnd() => Interlocked.Exchange(ref _isOver, 1) == 0;
}
