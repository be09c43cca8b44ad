namespace HttpQuery.CacheKeys.Codings;

/// <summary>Takes what a <see cref="ContentDecoder"/> decodes, piece by piece.</summary>
internal interface IByteSink
{
    /// <summary>Takes the next octets, which are valid during the call only.</summary>
    /// <returns><see langword="false"/> stops the decoding.</returns>
    bool Write(ReadOnlySpan<byte> octets);
}
