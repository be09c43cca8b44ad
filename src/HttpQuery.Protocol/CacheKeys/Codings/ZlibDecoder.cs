namespace HttpQuery.CacheKeys.Codings;

/// <summary>Removes <c>deflate</c> (docs/cache-key.md, section 5; RFC 9110 §8.4.1.2), which is the zlib format (RFC 1950).</summary>
internal sealed class ZlibDecoder : DeflateDecoder
{
    private const int HeaderLength = 2;

    // RFC 1950 §2.2: CMF holds the method and the window, FLG a flag for a preset dictionary. Both together divide by 31.
    private const int MethodMask = 0x0F00;
    private const int Deflate = 0x0800;
    private const int LargestWindow = 0x7FFF;
    private const int PresetDictionary = 0x0020;

    private int _header;
    private int _headerLength;
    private uint _adler;

    /// <inheritdoc/>
    protected override int TrailerLength => 4;

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        (_header, _headerLength, _adler) = (0, 0, Adler32.Empty);
    }

    /// <inheritdoc/>
    protected override bool ReadHeader(ref ReadOnlySpan<byte> coded, out bool ended)
    {
        while (_headerLength < HeaderLength && !coded.IsEmpty)
        {
            _header = (_header << 8) | coded[0];
            _headerLength++;
            coded = coded[1..];
        }

        ended = _headerLength == HeaderLength;
        return !ended
            || ((_header & MethodMask) == Deflate && _header <= LargestWindow && (_header & PresetDictionary) == 0 && _header % 31 == 0);
    }

    /// <inheritdoc/>
    protected override void AddToChecksum(ReadOnlySpan<byte> decoded) => _adler = Adler32.Append(_adler, decoded);

    /// <inheritdoc/>
    protected override bool IsTrailer(ulong trailer) => trailer == _adler;
}
