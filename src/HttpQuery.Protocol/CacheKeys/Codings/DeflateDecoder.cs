namespace HttpQuery.CacheKeys.Codings;

/// <summary>What gzip and zlib have in common (docs/cache-key.md, section 5): a header, a deflate stream, a trailer with a checksum, and
/// nothing after it.</summary>
internal abstract class DeflateDecoder : ContentDecoder, IByteSink
{
    private readonly Inflater _inflater;
    private Inflater? _counter;
    private Part _part;
    private ulong _trailer;
    private int _trailerLength;

    /// <summary>Makes a decoder, with the buffers it uses for all its contents.</summary>
    protected DeflateDecoder() => _inflater = new(this);

    private enum Part
    {
        Header,
        Stream,
        Trailer,
    }

    /// <summary>How far the last count went, in octets; 0 before the first. Tests read it.</summary>
    internal int Counted => _counter?.Counted ?? 0;

    /// <inheritdoc/>
    protected sealed override bool IsWhole => _part is Part.Trailer && _trailerLength == TrailerLength && IsTrailer(_trailer);

    /// <summary>The octets that follow the deflate stream, at most 8.</summary>
    protected abstract int TrailerLength { get; }

    /// <inheritdoc/>
    bool IByteSink.Write(ReadOnlySpan<byte> octets)
    {
        AddToChecksum(octets);
        return Emit(octets);
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
                // A bomb has few symbols: to count them costs a small part of what the checksum and the sink take for its octets.
                _counter ??= new(output: null);
                if (_counter.Count(_inflater, coded, MaximumDecodedLength) is null) return false;
                status = _inflater.Inflate(ref coded);
            }

            if (status is not InflateStatus.Ended) return status is InflateStatus.NeedsInput;

            _part = Part.Trailer;
        }

        // The inflater reads ahead, so the first octets of the trailer may be with it.
        while (_inflater.TryTakeByte(ref coded, out var octet))
        {
            if (++_trailerLength > TrailerLength) return false;
            _trailer = (_trailer << 8) | octet;
        }

        return true;
    }

    /// <summary>Reads from the header, in pieces.</summary>
    /// <param name="coded">Octets of the header; left are those after it.</param>
    /// <param name="ended">Whether the header is whole.</param>
    /// <returns><see langword="false"/> where the header is none that section 5 takes.</returns>
    protected abstract bool ReadHeader(ref ReadOnlySpan<byte> coded, out bool ended);

    /// <summary>Counts decoded octets in.</summary>
    protected abstract void AddToChecksum(ReadOnlySpan<byte> decoded);

    /// <summary>Compares the trailer with what was decoded.</summary>
    /// <param name="trailer">All of its octets, the first one the most significant.</param>
    protected abstract bool IsTrailer(ulong trailer);
}
