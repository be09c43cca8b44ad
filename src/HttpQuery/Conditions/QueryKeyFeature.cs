namespace HttpQuery.Conditions;

/// <summary>The key of the request's query, if the endpoint asks for it.</summary>
/// <param name="Key"><see langword="null"/> if the content is longer than the limit for reading ahead, or was read before.</param>
internal sealed record QueryKeyFeature(QueryCacheKey? Key);
