namespace HttpQuery.CacheKeys;

/// <summary>What a <see cref="QueryCacheKeyScheme"/> takes for equal.</summary>
public sealed class QueryCacheKeyOptions
{
    /// <summary>Claims for every request: differences in the content that no reader sees. Default <see cref="QueryNormalizations.None"/>.
    /// <see cref="QueryCacheKeyBuilder.SetNormalizations"/> adds claims for one request.</summary>
    public QueryNormalizations Normalizations { get; set; }

    /// <summary>Normalizers of the application's own; registering one is a claim. The first that applies to the media type is asked, before
    /// those built in; if it refuses, no other is asked. Default: none; at most 1,000.</summary>
    public IList<IQueryContentNormalizer> Normalizers { get; } = [];
}
