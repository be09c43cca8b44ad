namespace HttpQuery.Equivalents;

/// <summary>The equivalent resource of a query (§2.2).</summary>
/// <param name="Uri">Its URI, an absolute path.</param>
/// <param name="Query">The query.</param>
/// <param name="StoreKey">Key of the query in the store; <see langword="null"/> if the URI contains the query.</param>
internal sealed record EquivalentResource(string Uri, StoredQuery Query, string? StoreKey);
