namespace HttpQuery.Caching.Items;

/// <summary>The epochs that a response was stored in. The response can be used while all of them are current.</summary>
/// <param name="Resource">Number of the URI's epoch.</param>
/// <param name="Store">Number of the store's epoch.</param>
/// <param name="Tags">The eviction tags, with the numbers of their epochs.</param>
internal sealed record ItemEpochs(UInt128 Resource, UInt128 Store, IReadOnlyList<TagEpoch> Tags);

/// <summary>A tag of a response, and the epoch of the tag that the response was stored in.</summary>
internal sealed class TagEpoch(string tag, UInt128 number)
{
    private QueryCacheKey? _key;

    public string Tag => tag;

    public UInt128 Number => number;

    /// <summary>Key of the tag's epoch.</summary>
    public QueryCacheKey Key => _key ??= EpochKeys.GetTagKey(tag);
}
