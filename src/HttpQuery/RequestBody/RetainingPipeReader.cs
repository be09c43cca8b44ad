using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.RequestBody;

/// <summary>Passes content through and keeps a copy of the bytes handed out, up to a limit.</summary>
internal sealed class RetainingPipeReader(PipeReader inner, int maximumLength) : PipeReader, IDisposable
{
    private ReadOnlySequence<byte> _current;
    private byte[] _copy = [];
    private int _consumed;
    private int _examined;

    /// <summary>Whether any code has asked for content.</summary>
    public bool WasRead { get; private set; }

    /// <summary>Whether more bytes were handed out than may be kept; none are kept then.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Returns all bytes that were handed out, consumed or not.</summary>
    public ReadOnlySpan<byte> Retain()
    {
        Keep(_current, _current.Start);
        return _copy.AsSpan(0, _examined);
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ReadResult result;
        try
        {
            result = await inner.ReadAsync(cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            // Request decompression found a broken coding: the client's error, not the server's.
            throw new BadHttpRequestException(DecodingStream.BrokenCoding, exception);
        }
        (_current, WasRead) = (result.Buffer, true);
        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result)) return false;
        (_current, WasRead) = (result.Buffer, true);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        Keep(_current, consumed);
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        Keep(_current, _current.Start);
        inner.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        // This may release the bytes, so they are copied first.
        Keep(_current, _current.Start);
        return inner.CompleteAsync(exception);
    }

    public void Dispose()
    {
        if (_copy.Length > 0) ArrayPool<byte>.Shared.Return(_copy);
        (_copy, _consumed, _examined, _current) = ([], 0, 0, default);
    }

    // Bytes that were handed out but not consumed come again with the next read, and then overwrite their own copy.
    private void Keep(ReadOnlySequence<byte> handedOut, SequencePosition consumed)
    {
        if (IsTooLong || handedOut.IsEmpty) return;
        if (handedOut.Length > maximumLength - _consumed)
        {
            Dispose();
            IsTooLong = true;
            return;
        }

        _examined = _consumed + (int)handedOut.Length;
        if (_copy.Length < _examined) Grow();
        handedOut.CopyTo(_copy.AsSpan(_consumed));
        _consumed += (int)handedOut.Slice(0, consumed).Length;
        _current = default;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_examined, 2 * _copy.Length));
        _copy.AsSpan(0, _consumed).CopyTo(larger);
        if (_copy.Length > 0) ArrayPool<byte>.Shared.Return(_copy);
        _copy = larger;
    }
}
