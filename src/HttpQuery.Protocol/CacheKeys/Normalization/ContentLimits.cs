namespace HttpQuery.CacheKeys.Normalization;

/// <summary>The limits of docs/cache-key.md, section 6. They decide which octets count, so they are part of the scheme.</summary>
internal static class ContentLimits
{
    /// <summary>The octets of a content, before normalization.</summary>
    internal const int Octets = 16_777_216;

    /// <summary>Arrays and objects within one another, the outermost counted.</summary>
    internal const int Depth = 64;

    /// <summary>Members of one object.</summary>
    internal const int Members = 65_536;

    /// <summary>Octets of the names of all objects that are open at one place, escapes resolved.</summary>
    internal const int NameOctets = 1_048_576;
}
