namespace HttpQuery.Caching.Items;

/// <summary>An item that a store keeps under a key: a <see cref="CachedResponse"/>, a <see cref="CacheVariants"/> or a
/// <see cref="CacheEpoch"/>. Immutable.</summary>
internal abstract class CacheItem
{
    // Size of an epoch or a list of variants, including its dictionary entry: measured (benchmarks/README.md).
    private protected const int Overhead = 224;

    private protected CacheItem()
    {
    }

    /// <summary>Approximate memory of the item, in bytes.</summary>
    public abstract long Size { get; }
}
