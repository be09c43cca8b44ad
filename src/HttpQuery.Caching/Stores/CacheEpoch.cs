using System.Security.Cryptography;

namespace HttpQuery.Caching;

/// <summary>The state of a URI, or of the whole store, by a random number: what was stored in another epoch is not used any more.</summary>
/// <remarks>An unsafe request begins a new one. An answer that was computed before, and comes to be stored after, is of the old one.</remarks>
public sealed class CacheEpoch : CacheItem
{
    /// <summary>Takes the number of an epoch, for example from a store.</summary>
    public CacheEpoch(UInt128 number) => Number = number;

    /// <summary>128 random bits.</summary>
    public UInt128 Number { get; }

    /// <inheritdoc/>
    public override long Size => Overhead;

    /// <summary>An epoch that never was.</summary>
    public static CacheEpoch New()
    {
        Span<byte> octets = stackalloc byte[16];
        RandomNumberGenerator.Fill(octets);
        return new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(octets));
    }
}
