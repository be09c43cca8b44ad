namespace HttpQuery.CacheKeys.Normalization;

/// <summary>The limits of docs/cache-key.md, section 6. They decide which bytes count, so they are part of the scheme.</summary>
internal static class ContentLimits
{
    /// <summary>Bytes of a content, before normalization.</summary>
    internal const int Bytes = 16_777_216;

    /// <summary>Nested arrays and objects, including the outermost.</summary>
    internal const int Depth = 64;

    /// <summary>Members of one object.</summary>
    internal const int Members = 65_536;

    /// <summary>Bytes of the names of all objects open at one position, with escapes resolved.</summary>
    internal const int NameBytes = 1_048_576;
}
