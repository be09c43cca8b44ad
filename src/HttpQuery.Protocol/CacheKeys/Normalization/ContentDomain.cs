namespace HttpQuery.CacheKeys.Normalization;

/// <summary>The domain bytes of content (docs/cache-key.md, section 6).</summary>
internal static class ContentDomain
{
    internal const byte Exact = 0x00;
    internal const byte Json = 0x01;
    internal const byte SortedJson = 0x02;
    internal const byte Custom = 0x40;
}
