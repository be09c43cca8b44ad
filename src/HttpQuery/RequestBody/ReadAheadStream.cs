using System.Buffers;
using System.IO.Pipelines;
using HttpQuery.Caching;
using HttpQuery.Caching.Engine;

namespace HttpQuery.RequestBody;

/// <summary>The body of a request that the cache reads before the handler does: first the bytes read ahead, then the rest.</summary>
/// <remarks>The memory comes from a pool in pieces, and <see cref="QueryCacheOptionsBase.MaximumPendingSize"/> limits it. It grows
/// with the bytes that have arrived, not with the declared length. No piece is ever copied or large (an object of 85,000 bytes is).
/// When newer requests need the memory, reading ahead stops. The handler then gets the bytes that have arrived, and the
/// rest.</remarks>
internal sealed class ReadAheadStream : ReadOnlyStream
{
    private const int FirstLength = 4096;

    private readonly Lock _lock = new();
    private readonly Stream _rest;
    private readonly PipeReader? _reader;
    private readonly PendingMemory _memory;
    private readonly PendingMemory.Share _share;
    private readonly TaskCompletionSource _gaveWay = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadAheadSegment? _first;
    private ReadAheadSegment? _last;

    // The position of the handler.
    private ReadAheadSegment? _current;
    private int _offset;
    private long _length;
    private long _order;
    private CancellationTokenSource? _ending;
    private Task<int>? _pending;
    private bool _isKept = true;
    private bool _isOver;
    private int _taken;

    /// <param name="rest">The body.</param>
    /// <param name="memory">Counts the memory.</param>
    /// <param name="taken">Bytes that <see cref="PendingMemory.TryTake"/> has already taken; they are returned with the rest.</param>
    /// <param name="reader">The server's reader of the body, if it is the server's own.</param>
    public ReadAheadStream(Stream rest, PendingMemory memory, int taken = 0, PipeReader? reader = null)
    {
        (_rest, _memory, _taken, _reader) = (rest, memory, taken, reader);
        _share = memory.Begin(isContent: true, () => _gaveWay.TrySetResult());
    }

    /// <summary>Whether the whole body was read.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether reading stopped because the memory was needed elsewhere, or there was none.</summary>
    public bool HasGivenWay { get; private set; }

    /// <summary>The bytes read. Their memory is reused after <see cref="Release"/>, <see cref="Consume"/> or <see cref="End"/>.</summary>
    public ReadOnlySequence<byte> Bytes => _first is null ? ReadOnlySequence<byte>.Empty : new(_first, 0, _last!, _last!.Length);

    /// <summary>Memory for content of this length and for one more byte that detects its end, in bytes. The length is at least that
    /// of the longest piece.</summary>
    public static int GetSize(int length) => ((length / ReadAheadSegment.MaximumLength) + 1) * ReadAheadSegment.MaximumLength;

    /// <summary>Reads to the end, unless it is beyond <paramref name="maximumLength"/> or the memory is needed elsewhere.</summary>
    public async ValueTask FillAsync(int maximumLength, CancellationToken cancellationToken)
    {
        while (_length <= maximumLength && !_gaveWay.Task.IsCompleted)
        {
            if ((_last is null || _last.Free.IsEmpty) && !TryGrow())
            {
                HasGivenWay = true;
                break;
            }
            var reading = _reader is null ? ReadRestAsync(cancellationToken) : ReadServerAsync(_reader, cancellationToken);
            if (await reading is not { } count) break;
            Advance(count);
            IsWhole = count == 0;
            if (IsWhole) break;
        }
        HasGivenWay |= _gaveWay.Task.IsCompleted;
        IsWhole = IsWhole && _share.TryKeep();
    }

    /// <summary>Returns the memory as soon as all bytes in it have been read.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _isKept = false;
            ReturnRead();
        }
    }

    /// <summary>Discards the content, because only the cache needed it. Later reads find the end.</summary>
    public void Consume()
    {
        lock (_lock) Return();
    }

    /// <summary>Ends the stream, because the request is over.</summary>
    /// <remarks>Disposing does not do this: a handler may dispose the request body, as it may a server's, and other code goes on.</remarks>
    public void End()
    {
        lock (_lock)
        {
            _isOver = true;
            Return();
        }

        // No handler has read on.
        if (_pending is not null) _ending?.Cancel();
        _ending?.Dispose();
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

    // Null if the stream gave way meanwhile. Cancelling a read in progress could lose bytes, so the handler's first read continues it. If
    // no handler reads, the end of the request cancels it.
    private ValueTask<int?> ReadRestAsync(CancellationToken cancellationToken)
    {
        _ending ??= CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = _rest.ReadAsync(_last!.Free, _ending.Token);
        return reading.IsCompletedSuccessfully ? new(reading.Result) : WaitAsync(reading.AsTask());

        async ValueTask<int?> WaitAsync(Task<int> reading)
        {
            if (!_rest.CanSeek) await Task.WhenAny(reading, _gaveWay.Task);
            if (reading.IsCompleted || _rest.CanSeek) return await reading;
            _pending = reading;
            return null;
        }
    }

    // Null if the stream gave way meanwhile. Unlike that of a stream, a read of the server's is cancelled without loss of bytes. It must
    // not outlive its request: it would be in the way of the next one, or, over HTTP/2, read the content of another.
    private async ValueTask<int?> ReadServerAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var reading = reader.ReadAsync(cancellationToken);
            var (result, isCancelled) = reading.IsCompletedSuccessfully ? (reading.Result, false) : await WaitAsync(reading.AsTask());
            var bytes = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, _last!.Free.Length));
            var count = (int)bytes.Length;
            bytes.CopyTo(_last.Free.Span);
            reader.AdvanceTo(bytes.End);
            (_rest as CountingStream)?.Add(count);

            // Bytes arrived at the same moment: the next read takes the cancellation, and must not be the handler's.
            if (isCancelled && !result.IsCanceled && reader.TryRead(out var next)) reader.AdvanceTo(next.Buffer.Start);
            if (count > 0 || result.IsCompleted) return count;
            if (isCancelled) return null;
        }

        async Task<(ReadResult Result, bool IsCancelled)> WaitAsync(Task<ReadResult> reading)
        {
            await Task.WhenAny(reading, _gaveWay.Task);
            var isCancelled = !reading.IsCompleted;
            try
            {
                if (isCancelled) reader.CancelPendingRead();
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The client has gone, and the read fails, too.
            }
            return (await reading, isCancelled);
        }
    }

    private bool TryGrow()
    {
        var size = (int)Math.Clamp(_length, FirstLength, ReadAheadSegment.MaximumLength);
        if (_length + size > _taken && !_share.TryGrow(size)) return false;
        lock (_lock)
        {
            if (_isOver) return false;
            _last = ReadAheadSegment.Rent(size, _last);
            _first ??= _last;
            _current ??= _last;
            return true;
        }
    }

    private void Advance(int count)
    {
        _last!.Advance(count);
        _length += count;
    }

    private bool TryReadAhead(Span<byte> buffer, out int count)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            count = 0;
            if (_order == _length) return false;
            if (_offset == _current!.Length)
            {
                (_current, _offset) = ((ReadAheadSegment)_current.Next!, 0);
                ReturnRead();
            }
            count = Math.Min(buffer.Length, _current.Length - _offset);
            _current.Memory.Span.Slice(_offset, count).CopyTo(buffer);
            _offset += count;
            _order += count;
            ReturnRead();
            return true;
        }
    }

    private async ValueTask<int> ReadPendingAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await _pending!.WaitAsync(cancellationToken);
        lock (_lock)
        {
            _pending = null;
            if (_last is not null) Advance(count);
            if (_order == _length) Return();
        }
        return TryReadAhead(buffer.Span, out var read) ? read : 0;
    }

    // Returns all pieces that were read, except the piece that a read in progress writes to: that read may never end.
    private void ReturnRead()
    {
        if (_isKept) return;
        if (_order == _length && _pending is null)
        {
            Return();
            return;
        }
        while (_first is not null && _first != _current) _first = _first.Return(isWritten: false);
    }

    private void Return()
    {
        // The memory is counted until here.
        _share.Dispose();
        _memory.Return(_taken);
        _taken = 0;
        for (var segment = _first; segment is not null;) segment = segment.Return(isWritten: _pending is not null && segment == _last);
        (_first, _last, _current, _offset, _length, _order) = (null, null, null, 0, 0, 0);
    }
}
