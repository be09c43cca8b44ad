using System.Buffers;

namespace HttpQuery.Caching;

/// <summary>The content of a response that is to be stored, as far as it has come.</summary>
/// <remarks>In pieces from a pool, as long as what has come, never as long as what was announced. When <see cref="QueryCacheOptions.MaximumPendingSize"/> is used up, it gives way to newer ones.</remarks>
internal sealed class CaptureBuffer : IDisposable
{
    private const int FirstPiece = 4 * 1024;
    private const int LargestPiece = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly long _maximumLength;
    private readonly long? _announced;
    private readonly Action _gaveWay;
    private readonly PendingMemory.Share _share;
    private List<byte[]>? _pieces = [];
    private long _length;
    private int _free;
    private int _nextPiece = FirstPiece;

    /// <summary>Begins to capture.</summary>
    /// <param name="memory">Where its memory is counted.</param>
    /// <param name="maximumLength">The most that is kept, in bytes.</param>
    /// <param name="announced">What Content-Length says, if it says anything.</param>
    /// <param name="gaveWay">Called on another thread when it has given way.</param>
    public CaptureBuffer(PendingMemory memory, long maximumLength, long? announced, Action gaveWay)
    {
        (_maximumLength, _announced, _gaveWay) = (maximumLength, announced, gaveWay);
        _share = memory.Begin(isContent: false, GiveWay);
    }

    /// <summary>Whether it gave way to newer ones.</summary>
    public bool HasGivenWay { get; private set; }

    /// <summary>Whether all bytes that were announced have come: who has them need not read on, and should find the response stored then.</summary>
    public bool IsWhole => _length == _announced;

    /// <summary>Adds what has come.</summary>
    /// <returns><see langword="false"/> if nothing is captured any more: it would be longer than the limit or than was announced, or it gave way.</returns>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Math.Min(_maximumLength, _announced ?? long.MaxValue) - _length)
        {
            Dispose();
            return false;
        }

        while (!bytes.IsEmpty)
        {
            if (_free == 0 && !TryAddPiece()) return false;
            lock (_lock)
            {
                if (_pieces is not [.., var piece]) return false;
                var count = Math.Min(_free, bytes.Length);
                bytes[..count].CopyTo(piece.AsSpan(piece.Length - _free));
                (_free, _length) = (_free - count, _length + count);
                bytes = bytes[count..];
            }
        }
        return true;
    }

    /// <summary>Ends the capture.</summary>
    /// <returns>What was captured, in memory of its own; <see langword="null"/> if it gave way.</returns>
    public byte[]? Complete()
    {
        lock (_lock)
        {
            if (_pieces is not { } pieces) return null;
            var content = GC.AllocateUninitializedArray<byte>((int)_length);
            var position = 0;
            foreach (var piece in pieces)
            {
                var count = Math.Min(piece.Length, content.Length - position);
                piece.AsSpan(0, count).CopyTo(content.AsSpan(position));
                position += count;
            }
            Drop();
            return content;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        lock (_lock) Drop();
    }

    // Memory is asked for outside the lock: others may have to give way, and they lock.
    private bool TryAddPiece()
    {
        var isGranted = _share.TryGrow(_nextPiece);
        lock (_lock)
        {
            if (_pieces is not { } pieces) return false;
            if (!isGranted)
            {
                HasGivenWay = true;
                Drop();
                return false;
            }
            pieces.Add(ArrayPool<byte>.Shared.Rent(_nextPiece));
            (_free, _nextPiece) = (pieces[^1].Length, Math.Min(2 * _nextPiece, LargestPiece));
            return true;
        }
    }

    private void GiveWay()
    {
        lock (_lock)
        {
            if (_pieces is null) return;
            HasGivenWay = true;
            Drop();
        }
        _gaveWay();
    }

    private void Drop()
    {
        foreach (var piece in _pieces ?? []) ArrayPool<byte>.Shared.Return(piece);
        _pieces = null;
        _share.Dispose();
    }
}
