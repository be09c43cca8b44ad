using System.Buffers.Binary;
using System.Security.Cryptography;

namespace HttpQuery.Caching.Items;

/// <summary>The state of a URI, of a tag or of the whole store, as a random number. Items stored in another epoch are no longer used.
/// Markers are also kept as epochs.</summary>
/// <remarks>Each number is written only once.</remarks>
internal sealed class CacheEpoch : CacheItem
{
    /// <summary>Represents an item that exists but cannot be read.</summary>
    public static readonly CacheEpoch Unreadable = new(0, EpochOrigin.Unknown);

    public CacheEpoch(UInt128 number, EpochOrigin origin = EpochOrigin.Storing) => (Number, Origin) = (number, origin);

    /// <summary>128 random bits.</summary>
    public UInt128 Number { get; }

    /// <summary>Why the epoch began.</summary>
    public EpochOrigin Origin { get; }

    /// <summary>Whether the epoch lives longer than every item stored in it.</summary>
    public bool IsLong => Origin is EpochOrigin.Storing or EpochOrigin.Invalidation;

    public override long Size => Overhead;

    /// <summary>Creates an epoch with a new random number.</summary>
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
    /// <summary>The epoch cannot be read.</summary>
    Unknown,

    /// <summary>An item was stored for the first time.</summary>
    Storing,

    /// <summary>Stored items were invalidated.</summary>
    Invalidation,

    /// <summary>An invalidation found no stored items. The epoch lives as long as a marker, and no item is stored in it.</summary>
    BriefInvalidation,
}
