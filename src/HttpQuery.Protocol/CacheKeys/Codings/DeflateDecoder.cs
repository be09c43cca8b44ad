namespace HttpQuery.CacheKeys.Codings;

/// <summary>The common part of gzip and zlib (docs/cache-key.md, section 5): a header, a deflate stream, a trailer with a checksum, and
/// nothing after it.</summary>
internal abstract class DeflateDecoder : ContentDecoder, IByteSink
{
    private readonly Inflater _inflater;
    private Inflater? _counter;
    private Part _part;
    private ulong _trailer;
    private int _trailerLength;

    /// <summary>Creates a decoder, with the buffers for all its contents.</summary>
    protected DeflateDecoder() => _inflater = new(this);

    private enum Part
    {
        Header,
        Stream,
        Trailer,
    }

    /// <summary>How far the last count went, in bytes. 0 before the first count. For tests.</summary>
    internal int Counted => _counter?.Counted ?? 0;

    /// <inheritdoc/>
    protected sealed override bool IsWhole => _part is Part.Trailer && _trailerLength == TrailerLength && IsTrailer(_trailer);

    /// <summary>The number of bytes after the deflate stream, at most 8.</summary>
    protected abstract int TrailerLength { get; }

    /// <inheritdoc/>
    bool IByteSink.Write(ReadOnlySpan<byte> bytes)
    {
        AddToChecksum(bytes);
        return Emit(bytes);
    }

    /// <inheritdoc/>
    protected override void Begin()
    {
        _inflater.Reset();
        (_part, _trailer, _trailerLength) = (Part.Header, 0, 0);
    }

    /// <inheritdoc/>
    protected sealed override bool Decode(ReadOnlySpan<byte> coded)
    {
        var liesWhole = coded.Length == CodedLength;
        if (_part is Part.Header)
        {
            if (!ReadHeader(ref coded, out var ended)) return false;
            if (!ended) return true;
            _part = Part.Stream;
        }

        if (_part is Part.Stream)
        {
            _inflater.HoldsBack = liesWhole;
            var status = _inflater.Inflate(ref coded);
            if (status is InflateStatus.HeldBack)
            {
                // A decompression bomb has few symbols: counting them costs much less than the checksum and the sink.
                _counter ??= new(output: null);
                if (_counter.Count(_inflater, coded, MaximumDecodedLength) is null) return false;
                status = _inflater.Inflate(ref coded);
            }

            if (status is not InflateStatus.Ended) return status is InflateStatus.NeedsInput;

            _part = Part.Trailer;
        }

        // The inflater reads ahead, so it may hold the first bytes of the trailer.
        while (_inflater.TryTakeByte(ref coded, out var b))
        {
            if (++_trailerLength > TrailerLength) return false;
            _trailer = (_trailer << 8) | b;
        }

        return true;
    }

    /// <summary>Reads the header, in pieces.</summary>
    /// <param name="coded">Starts with bytes of the header. Set to the bytes after them.</param>
    /// <param name="ended">Whether the header is complete.</param>
    /// <returns><see langword="false"/> when section 5 does not accept the header.</returns>
    protected abstract bool ReadHeader(ref ReadOnlySpan<byte> coded, out bool ended);

    /// <summary>Adds decoded bytes to the checksum.</summary>
    protected abstract void AddToChecksum(ReadOnlySpan<byte> decoded);

    /// <summary>Compares the trailer with the checksum of the decoded bytes.</summary>
    /// <param name="trailer">All its bytes, the first one the most significant.</param>
    protected abstract bool IsTrailer(ulong trailer);
}
