namespace HttpQuery.CacheKeys;

/// <summary>What a <see cref="QueryCacheKeyScheme"/> takes for equal, and what it remembers.</summary>
public sealed class QueryCacheKeyOptions
{
    /// <summary>Claims for every request: differences in the content that no reader sees. Default <see cref="QueryNormalizations.None"/>.
    /// <see cref="QueryCacheKeyBuilder.SetNormalizations"/> adds claims for one request.</summary>
    public QueryNormalizations Normalizations { get; set; }

    /// <summary>Normalizers of the application's own; registering one is a claim. The first that applies to the media type is asked, before
    /// those built in; if it refuses, no other is asked. Default: none; at most 1,000.</summary>
    public IList<IQueryContentNormalizer> Normalizers { get; } = [];

    /// <summary>How many contents are remembered, so that one seen before costs a single SHA-256, in entries of about 80 bytes; rounded
    /// up to a power of two; and as many keys of whole requests, up to 4,096 of 1 KB. Default 8,192; 0 remembers nothing; at most 16,777,216.</summary>
    public int MemoCapacity { get; set; } = 8_192;
}
