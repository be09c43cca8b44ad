namespace HttpQuery.CacheKeys.Codings;

/// <content>Counts the decoded bytes of a stream. It decodes only symbols: no window, no copies, no sink, no checksum.</content>
internal sealed partial class Inflater
{
    private int _mostCounted;

    /// <summary>How far <see cref="Count"/> went, in bytes. For tests.</summary>
    internal int Counted => _end;

    /// <summary>Counts the decoded bytes of a stream that another inflater has begun. Needs an inflater without a sink.</summary>
    /// <param name="begun">An inflater without output so far: new or held back. It does not change.</param>
    /// <param name="coded">The bytes after those that <paramref name="begun"/> took. Bytes after the stream are ignored.</param>
    /// <param name="most">The count to stop above.</param>
    /// <returns>The number of bytes from the start of the stream, or <see langword="null"/> if there are more than
    /// <paramref name="most"/>, or the stream is not complete.</returns>
    internal int? Count(Inflater begun, ReadOnlySpan<byte> coded, int most)
    {
        // The tables of the block are only read here. The next block builds tables of this inflater.
        (_step, _isLastBlock, _storedLength) = (begun._step, begun._isLastBlock, begun._storedLength);
        (_end, _bits, _bitCount) = (begun._end, begun._bits, begun._bitCount);
        (_literals, _distances) = (begun._literals, begun._distances);
        _mostCounted = most;
        return Inflate(ref coded) is InflateStatus.Ended && _end <= most ? _end : null;
    }

    private bool SkipStored(ref ReadOnlySpan<byte> coded)
    {
        // The inflater reads ahead, so it may hold the first bytes.
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
