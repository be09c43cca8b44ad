using HttpQuery.CacheKeys;

namespace HttpQuery.OutputCaching;

/// <summary>What was found of a QUERY, for every further policy of the request that says the same.</summary>
/// <param name="Normalizations">What the key leaves out of the content.</param>
/// <param name="Key"><see langword="null"/> where it passes by the cache.</param>
internal sealed record CachedQuery(QueryCacheKey? Key, QueryNormalizations Normalizations = QueryNormalizations.None);
