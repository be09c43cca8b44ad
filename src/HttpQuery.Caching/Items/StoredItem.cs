namespace HttpQuery.Caching.Items;

/// <summary>A stored response and its key.</summary>
internal sealed record StoredItem(CachedResponse Item, QueryCacheKey Key);
