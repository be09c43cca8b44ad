namespace HttpQuery.CacheKeys;

/// <summary>The differences between requests that a <see cref="QueryCacheKeyScheme"/> ignores.</summary>
public sealed class QueryCacheKeyOptions
{
    /// <summary>Claims for every request: differences in the content that all its readers ignore.
    /// Default <see cref="QueryNormalizations.None"/>.
    /// <see cref="QueryCacheKeyBuilder.SetNormalizations"/> adds claims for one request.</summary>
    public QueryNormalizations Normalizations { get; set; }

    /// <summary>Normalizers for the application's own media types; adding one is a claim. The first normalizer that applies to the media
    /// type is used, before the built-in ones. If it refuses the content, no other is used. Default: none. At most 1,000.</summary>
    public IList<IQueryContentNormalizer> Normalizers { get; } = [];
}
