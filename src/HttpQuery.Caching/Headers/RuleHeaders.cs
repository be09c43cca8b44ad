namespace HttpQuery.Caching.Headers;

/// <summary>The headers that determine how a response may be used. They are always stored.</summary>
internal static class RuleHeaders
{
    private static readonly HeaderNameSet Names = new(
        new(["cache-control", "cdn-cache-control", "vary", "expires", "date", "age"], StringComparer.Ordinal));

    public static bool Contains(string name) => Names.Contains(name);
}
