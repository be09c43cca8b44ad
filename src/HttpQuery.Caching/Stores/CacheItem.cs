namespace HttpQuery.Caching;

/// <summary>What a store keeps under a key: a <see cref="CachedResponse"/>, a <see cref="CacheVariants"/> or a <see cref="CacheEpoch"/>. Immutable.</summary>
internal abstract class CacheItem
{
    // Of an epoch or a list of variants, with its place in the dictionary: measured (benchmarks/README.md).
    private protected const int Overhead = 224;

    private protected CacheItem()
    {
    }

    /// <summary>About how much memory it takes, in bytes.</summary>
    public abstract long Size { get; }
}
