using System.Buffers;
using System.Numerics;
using HttpQuery.Caching;
using HttpQuery.Internal;

namespace HttpQuery.SharedCache;

/// <summary>The body of a request that the cache reads before the handler does: what was read, and then the rest.</summary>
/// <remarks>The memory comes from a pool and is counted by <see cref="HttpQueryCacheOptions.MaximumPendingSize"/>. It grows with what has come, not with what was announced. When newer requests
/// need it, reading ahead stops, and the handler gets what has come and the rest.</remarks>
internal sealed class ReadAheadStream : ReadOnlyStream
{
    private const int FirstLength = 4096;

    // A read that waits for a slow client holds this much, and not all that has come before.
    private const int ChunkLength = 16 * 1024;

    private readonly Lock _lock = new();
    private readonly Stream _rest;
    private readonly PendingMemory.Share _share;
    private readonly TaskCompletionSource _gaveWay = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _bytes = [];
    private int _length;
    private int _position;
    private byte[] _chunk = [];
    private Task<int>? _pending;
    private bool _isKept = true;
    private bool _isOver;

    public ReadAheadStream(Stream rest, PendingMemory memory)
    {
        _rest = rest;
        _share = memory.Begin(isContent: true, () => _gaveWay.TrySetResult());
    }

    /// <summary>Whether everything was read.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether reading stopped because the memory was needed elsewhere, or there was none.</summary>
    public bool HasGivenWay { get; private set; }

    /// <summary>What was read. The memory is another's after <see cref="Release"/>, <see cref="Consume"/> or <see cref="End"/>.</summary>
    public ReadOnlySequence<byte> Bytes => new(_bytes.AsMemory(0, _length));

    /// <summary>Reads to the end, unless that is longer than <paramref name="maximumLength"/> or the memory is needed elsewhere.</summary>
    public async ValueTask FillAsync(int maximumLength, CancellationToken cancellationToken)
    {
        while (_length <= maximumLength && !_gaveWay.Task.IsCompleted)
        {
            if (_length == _bytes.Length && !TryGrow(maximumLength))
            {
                HasGivenWay = true;
                break;
            }
            if (_chunk.Length == 0) _chunk = ArrayPool<byte>.Shared.Rent(ChunkLength);
            var reading = _rest.ReadAsync(_chunk.AsMemory(0, Math.Min(_chunk.Length, _bytes.Length - _length)), cancellationToken).AsTask();
            if (!reading.IsCompleted) await Task.WhenAny(reading, _gaveWay.Task);
            if (!reading.IsCompleted && !_rest.CanSeek)
            {
                // A read under way is not cancelled, which could lose what it reads: the handler's first read goes on with it.
                _pending = reading;
                break;
            }
            var count = await reading;
            _chunk.AsSpan(0, count).CopyTo(_bytes.AsSpan(_length));
            _length += count;
            IsWhole = count == 0;
            if (IsWhole) break;
        }
        HasGivenWay |= _gaveWay.Task.IsCompleted;
        IsWhole = IsWhole && _share.TryKeep();
        if (_pending is null) ReturnChunk();
    }

    /// <summary>Gives the memory back as soon as everything in it was read.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _isKept = false;
            if (_position == _length && _pending is null) Return();
        }
    }

    /// <summary>Takes that the content was for the cache alone: who reads on finds the end.</summary>
    public void Consume()
    {
        lock (_lock) Return();
    }

    /// <summary>Takes that the request is over.</summary>
    /// <remarks>Not what disposing does: a handler may dispose the request's body, like that of a server, and others go on with it.</remarks>
    public void End()
    {
        lock (_lock)
        {
            _isOver = true;
            Return();
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (TryReadAhead(buffer, out var count)) return count;
        if (_pending is null) return _rest.Read(buffer);
        var copy = new byte[buffer.Length];
        count = ReadPendingAsync(copy, default).AsTask().GetAwaiter().GetResult();
        copy.AsSpan(0, count).CopyTo(buffer);
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (TryReadAhead(buffer.Span, out var count)) return new(count);
        return _pending is null ? _rest.ReadAsync(buffer, cancellationToken) : ReadPendingAsync(buffer, cancellationToken);
    }

    // In powers of two, as the pool has them.
    private bool TryGrow(int maximumLength)
    {
        var size = _length == 0 ? FirstLength : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(2L * _length, maximumLength + 1L));
        if (!_share.TryGrow(size - _bytes.Length)) return false;
        lock (_lock)
        {
            if (_isOver) return false;
            var larger = ArrayPool<byte>.Shared.Rent(size);
            _bytes.AsSpan(0, _length).CopyTo(larger);
            if (_length > 0) ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
            return true;
        }
    }

    private bool TryReadAhead(Span<byte> buffer, out int count)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            count = Math.Min(buffer.Length, _length - _position);
            if (_position == _length) return false;
            _bytes.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            if (_position == _length && !_isKept) Return();
            return true;
        }
    }

    private async ValueTask<int> ReadPendingAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await _pending!.WaitAsync(cancellationToken);
        lock (_lock)
        {
            _pending = null;
            Return();
            if (!_isOver) (_bytes, _length, _chunk) = (_chunk, count, []);
        }
        return TryReadAhead(buffer.Span, out var read) ? read : 0;
    }

    private void ReturnChunk()
    {
        if (_chunk.Length > 0) ArrayPool<byte>.Shared.Return(_chunk);
        _chunk = [];
    }

    private void Return()
    {
        // It is counted until here.
        _share.Dispose();
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length, _position) = ([], 0, 0);
    }
}
