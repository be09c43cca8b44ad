using System.Buffers.Binary;
using System.Security.Cryptography;

namespace HttpQuery.Caching;

/// <summary>The state of a URI, of a tag or of the whole store, by a random number: what was stored in another epoch is not used any more. Markers are kept as epochs, too.</summary>
/// <remarks>No number is ever written twice.</remarks>
internal sealed class CacheEpoch : CacheItem
{
    /// <summary>Stands for what lies there and cannot be read.</summary>
    public static readonly CacheEpoch Unreadable = new(0, EpochOrigin.Unknown);

    public CacheEpoch(UInt128 number, EpochOrigin origin = EpochOrigin.Storing) => (Number, Origin) = (number, origin);

    /// <summary>128 random bits.</summary>
    public UInt128 Number { get; }

    /// <summary>Why it began.</summary>
    public EpochOrigin Origin { get; }

    /// <summary>Whether it lives longer than anything that is stored in it.</summary>
    public bool IsLong => Origin is EpochOrigin.Storing or EpochOrigin.Invalidation;

    public override long Size => Overhead;

    /// <summary>An epoch that never was.</summary>
    public static CacheEpoch New(EpochOrigin origin = EpochOrigin.Storing)
    {
        Span<byte> octets = stackalloc byte[16];
        RandomNumberGenerator.Fill(octets);
        return new(BinaryPrimitives.ReadUInt128LittleEndian(octets), origin);
    }
}

/// <summary>Why an epoch began.</summary>
internal enum EpochOrigin : byte
{
    /// <summary>It cannot be read.</summary>
    Unknown,

    /// <summary>Something was stored for the first time.</summary>
    Storing,

    /// <summary>What had been stored was invalidated.</summary>
    Invalidation,

    /// <summary>Something was invalidated, and nothing had been stored. Lives as long as a marker, and nothing is stored in it.</summary>
    BriefInvalidation,
}
