using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Items;

/// <summary>Makes the store keys of epochs and markers. A subject is a URI, a tag or the whole store; its key is the key of its
/// epoch.</summary>
internal static class EpochKeys
{
    private const byte MarkerMask = 0xA5;

    /// <summary>Key of the epoch of the whole store.</summary>
    public static QueryCacheKey Store { get; } = new(SHA256.HashData("HttpQuery: the epoch of the store"u8));

    /// <summary>Returns the key of a tag's epoch.</summary>
    public static QueryCacheKey GetTagKey(string tag)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("HttpQuery: the epoch of a tag"u8);

        // UTF-16, because UTF-8 makes all lone surrogates equal.
        hash.AppendData(MemoryMarshal.AsBytes(tag.AsSpan()));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new(digest);
    }

    /// <summary>Returns the key of a subject's marker.</summary>
    public static QueryCacheKey GetMarkerKey(QueryCacheKey subject)
    {
        Span<byte> octets = stackalloc byte[QueryCacheKey.Length];
        subject.CopyTo(octets);
        foreach (ref var octet in octets) octet ^= MarkerMask;
        return new(octets);
    }
}
