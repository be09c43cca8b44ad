namespace HttpQuery.Caching.Engine;

/// <summary>Identifies requests that share one response: identical requests in the same state of the URI.</summary>
/// <param name="Key">The key of the request, or of its variant.</param>
/// <param name="Marker">Number of the URI's marker; zero if there is none.</param>
/// <param name="Epoch">Number of the URI's epoch; zero if there is none.</param>
internal readonly record struct CollapseKey(QueryCacheKey Key, UInt128 Marker, UInt128 Epoch);
