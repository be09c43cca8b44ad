namespace HttpQuery.Caching.Internal;

/// <summary>The fields that say how a response may be used: they are never left out of what is stored.</summary>
internal static class RuleFields
{
    private static readonly FieldNames Names = new(
        new(["cache-control", "cdn-cache-control", "vary", "expires", "date", "age"], StringComparer.Ordinal));

    public static bool Contains(string name) => Names.Contains(name);
}
