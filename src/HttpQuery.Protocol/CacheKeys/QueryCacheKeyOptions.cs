namespace HttpQuery.CacheKeys;

/// <summary>What a <see cref="QueryCacheKeyScheme"/> takes for equal, and what it remembers.</summary>
public sealed class QueryCacheKeyOptions
{
    /// <summary>Differences that the application declares to be without meaning. Default <see cref="QueryNormalizations.None"/>.</summary>
    public QueryNormalizations Normalizations { get; set; }

    /// <summary>Normalizers of the application's own; the first that applies is asked, before those built in. Default: none; at
    /// most 1,000.</summary>
    public IList<IQueryContentNormalizer> Normalizers { get; } = [];

    /// <summary>How many contents are remembered, so that one seen before costs a single SHA-256, in entries of about 80 bytes; rounded
    /// up to a power of two; and as many keys of whole requests, up to 4,096 of 1 KB. Default 8,192; 0 remembers nothing; at most 16,777,216.</summary>
    public int MemoCapacity { get; set; } = 8_192;
}
