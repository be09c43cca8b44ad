namespace HttpQuery.CacheKeys.Codings;

/// <content>Counts what a stream decodes to. It decodes symbols alone: no window, no copies, no sink, no checksum.</content>
internal sealed partial class Inflater
{
    private int _mostCounted;

    /// <summary>How far <see cref="Count"/> went, in octets. Tests read it.</summary>
    internal int Counted => _end;

    /// <summary>Counts the octets of a stream that another inflater has begun, in an inflater without a sink.</summary>
    /// <param name="begun">Has handed out nothing yet: it is new or held back. It stays as it is.</param>
    /// <param name="coded">What follows the octets that <paramref name="begun"/> took; what comes after the stream does not matter.</param>
    /// <param name="most">The count above which to stop.</param>
    /// <returns>The octets from the start of the stream, or <see langword="null"/> if there are more than <paramref name="most"/>, or if this is no whole stream.</returns>
    internal int? Count(Inflater begun, ReadOnlySpan<byte> coded, int most)
    {
        // The tables of the block are only read here: the next block makes tables of this inflater's own.
        (_step, _isLastBlock, _storedLength) = (begun._step, begun._isLastBlock, begun._storedLength);
        (_end, _bits, _bitCount) = (begun._end, begun._bits, begun._bitCount);
        (_literals, _distances) = (begun._literals, begun._distances);
        _mostCounted = most;
        return Inflate(ref coded) is InflateStatus.Ended && _end <= most ? _end : null;
    }

    private bool SkipStored(ref ReadOnlySpan<byte> coded)
    {
        // The inflater reads ahead, so the first octets may be with it.
        var ahead = Math.Min(_storedLength, _bitCount / 8);
        TakeBits(8 * ahead);
        var skipped = Math.Min(_storedLength - ahead, coded.Length);
        coded = coded[skipped..];
        _end += ahead + skipped;
        _storedLength -= ahead + skipped;
        if (_end > _mostCounted) return Fail();
        return _storedLength == 0 && GoTo(Step.BlockHeader);
    }
}
