namespace HttpQuery.Caching.Engine;

/// <summary>Identifies requests that share one response: identical requests with no invalidation of the URI between them.</summary>
/// <remarks>The epoch is no part of it: the first response that is stored for a URI begins one, a moment before it can be found. Requests
/// that wait look the response up, so its epochs are checked for each of them.</remarks>
/// <param name="Key">The key of the request, or of its variant.</param>
/// <param name="Marker">Number of the URI's marker; zero if there is none.</param>
internal readonly record struct CollapseKey(QueryCacheKey Key, UInt128 Marker);
