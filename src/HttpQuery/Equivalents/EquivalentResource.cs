namespace HttpQuery.Equivalents;

/// <summary>The equivalent resource of a query (§2.2).</summary>
/// <param name="Uri">Its URI, an absolute path.</param>
/// <param name="StoreKey">Key of the query in the store; <see langword="null"/> if the URI contains the query.</param>
/// <param name="Record">The query as it is stored.</param>
internal sealed record EquivalentResource(string Uri, string? StoreKey, byte[] Record);
