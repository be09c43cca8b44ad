using System.Buffers;
using System.IO.Compression;

namespace HttpQuery.CacheKeys;

/// <summary>Removes <c>br</c> (docs/cache-key.md, section 5; RFC 7932).</summary>
/// <remarks>The platform's decoder takes pieces and says how many octets it used, so the exact end is known. It cannot be started anew:
/// each content makes one, and its native memory (the window of the stream, at most 16 MiB) is given back as soon as the content
/// ends.</remarks>
internal sealed class BrotliContentDecoder : ContentDecoder
{
    private const int BufferLength = 16 * 1024;

    private readonly byte[] _buffer = new byte[BufferLength];
    private BrotliDecoder _brotli;
    private int _filled;
    private bool _ended;

    /// <inheritdoc/>
    protected override bool IsWhole => _ended;

    /// <inheritdoc/>
    protected override void Begin() => (_brotli, _filled, _ended) = (default, 0, false);

    /// <inheritdoc/>
    protected override bool Decode(ReadOnlySpan<byte> coded)
    {
        while (!_ended)
        {
            var status = _brotli.Decompress(coded, _buffer.AsSpan(_filled), out var used, out var written);
            coded = coded[used..];
            _filled += written;
            _ended = status is OperationStatus.Done;
            if (status is OperationStatus.InvalidData) return false;
            if ((_ended || _filled == BufferLength) && !Flush()) return false;
            if (status is OperationStatus.NeedMoreData) return true;
        }

        return coded.IsEmpty;
    }

    /// <inheritdoc/>
    protected override void End()
    {
        _brotli.Dispose();
        _brotli = default;
    }

    private bool Flush()
    {
        var filled = _filled;
        _filled = 0;
        return Emit(_buffer.AsSpan(0, filled));
    }
}
