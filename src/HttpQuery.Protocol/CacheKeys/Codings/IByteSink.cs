namespace HttpQuery.CacheKeys.Codings;

/// <summary>Receives the output of a <see cref="ContentDecoder"/>, piece by piece.</summary>
internal interface IByteSink
{
    /// <summary>Receives the next bytes, which are valid only during the call.</summary>
    /// <returns><see langword="false"/> to stop decoding.</returns>
    bool Write(ReadOnlySpan<byte> bytes);
}
