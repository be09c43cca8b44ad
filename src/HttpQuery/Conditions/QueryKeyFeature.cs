using HttpQuery.CacheKeys;

namespace HttpQuery.Conditions;

/// <summary>The key of the request's query, where the endpoint asks for it.</summary>
/// <param name="Key"><see langword="null"/> where the content is longer than may be read ahead, or was read before.</param>
internal sealed record QueryKeyFeature(QueryCacheKey? Key);
