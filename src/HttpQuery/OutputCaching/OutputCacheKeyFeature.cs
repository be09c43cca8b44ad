using HttpQuery.CacheKeys;

namespace HttpQuery.OutputCaching;

/// <summary>The result of the first policy that read a QUERY. Further policies of the request reuse it.</summary>
/// <param name="Normalizations">The differences in the content that the key ignores.</param>
/// <param name="Key"><see langword="null"/> if the request bypasses the cache.</param>
internal sealed record OutputCacheKeyFeature(QueryCacheKey? Key, QueryNormalizations Normalizations = QueryNormalizations.None);
