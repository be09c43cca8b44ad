namespace HttpQuery.CacheKeys;

/// <summary>The domain octets of normalized content (docs/cache-key.md, section 6).</summary>
internal static class ContentDomain
{
    internal const byte Exact = 0x00;
    internal const byte Json = 0x01;
    internal const byte SortedJson = 0x02;
    internal const byte FormEscapes = 0x03;
    internal const byte FormPairOrder = 0x04;
    internal const byte FormEscapesAndPairOrder = 0x05;
    internal const byte NoTransform = 0x06;
    internal const byte Own = 0x40;
}
