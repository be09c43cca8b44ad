namespace HttpQuery.Caching.Items;

/// <summary>Bytes that a <see cref="MemoryCacheStore"/> keeps under a string. The engine never sees them.</summary>
internal sealed class StoredBytes(ReadOnlyMemory<byte> value) : CacheItem
{
    public ReadOnlyMemory<byte> Value { get; } = value;

    public override long Size => Overhead + Value.Length;
}
