using System.Numerics;
using System.Security.Cryptography;

namespace HttpQuery.CacheKeys;

/// <summary>Remembers the keys of requests whose contents are known: all that goes into a key is compared, so what is remembered is right or is not found.</summary>
/// <remarks>Bounded: each place has one key, and a new one drives it out. Readers take no lock.</remarks>
internal sealed class KeyMemo
{
    private const int MaximumCapacity = 4096;
    private const int LongestPreimage = 1024;

    private readonly Entry?[] _entries;

    public KeyMemo(int capacity) => _entries = new Entry?[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(capacity, MaximumCapacity))];

    /// <summary>SHA-256 of the preimage.</summary>
    public QueryCacheKey KeyOf(ReadOnlySpan<byte> preimage)
    {
        if (preimage.Length > LongestPreimage) return Compute(preimage);
        var hash = default(HashCode);
        hash.AddBytes(preimage);
        ref var place = ref _entries[hash.ToHashCode() & (_entries.Length - 1)];
        if (Volatile.Read(ref place) is { } known && preimage.SequenceEqual(known.Preimage)) return known.Key;

        var key = Compute(preimage);
        Volatile.Write(ref place, new(preimage.ToArray(), key));
        return key;
    }

    public static QueryCacheKey Compute(ReadOnlySpan<byte> preimage)
    {
        Span<byte> key = stackalloc byte[QueryCacheKey.Length];
        SHA256.HashData(preimage, key);
        return new(key);
    }

    private sealed record Entry(byte[] Preimage, QueryCacheKey Key);
}
