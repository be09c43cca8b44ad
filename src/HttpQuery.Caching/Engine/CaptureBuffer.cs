using System.Buffers;
using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Engine;

/// <summary>Collects the content of a response that is to be stored.</summary>
/// <remarks>Uses pieces from a pool. Their size follows the received content, never the announced length. When
/// <see cref="QueryCacheOptions.MaximumPendingSize"/> is used up, the buffer gives way to newer ones.</remarks>
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
    /// <param name="memory">Counts the memory of the buffer.</param>
    /// <param name="maximumLength">Maximum length of the content, in bytes.</param>
    /// <param name="announced">The value of Content-Length, if there is one.</param>
    /// <param name="gaveWay">Called on another thread when the buffer has given way.</param>
    public CaptureBuffer(PendingMemory memory, long maximumLength, long? announced, Action gaveWay)
    {
        (_maximumLength, _announced, _gaveWay) = (maximumLength, announced, gaveWay);
        _share = memory.Begin(isContent: false, GiveWay);
    }

    /// <summary>Whether the buffer gave way to newer ones.</summary>
    public bool HasGivenWay { get; private set; }

    /// <summary>Whether all announced bytes have arrived. A client that has them need not read on, and should find the response stored
    /// then.</summary>
    public bool IsWhole => _length == _announced;

    /// <summary>Adds received bytes.</summary>
    /// <returns><see langword="false"/> if the capture has ended: the content would exceed the limit or the announced length, or the
    /// buffer gave way.</returns>
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
    /// <returns>The captured content, in memory of its own; <see langword="null"/> if the buffer gave way.</returns>
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

    // Request memory outside the lock: other buffers may have to give way, and they lock.
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
