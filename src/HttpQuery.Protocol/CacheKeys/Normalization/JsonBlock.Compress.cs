using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HttpQuery.CacheKeys.Normalization;

// Packs some of the 64 side by side: the bytes themselves, or their positions.
internal static partial class JsonBlock
{
    // For each pattern of eight bits: the positions of set bits, then those of the others.
    private static readonly byte[] KeptPlaces =
    [
        .. from bits in Enumerable.Range(0, 256)
           from place in Enumerable.Range(0, 8).OrderBy(place => (bits >> place & 1) == 0)
           select (byte)place,
    ];

    /// <summary>Packs the bytes from <paramref name="source"/> on, 64 in all, whose bits are set in <paramref name="kept"/>.
    /// Writes undefined bytes after them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Compress(ref byte source, ulong kept, ref byte destination)
    {
        if (Avx512Vbmi2.IsSupported) Compress512(ref source, kept, ref destination);
        else if (Vector128.IsHardwareAccelerated) CompressByTable(ref source, kept, ref destination);
        else CompressOneByOne(ref source, kept, ref destination);
    }

    internal static void CompressByTable(ref byte source, ulong kept, ref byte destination)
    {
        for (var i = 0; i < Length; i += 8)
        {
            var bits = (byte)(kept >> i);
            var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, i))).AsByte();
            var places = Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(ref KeptPlaces[8 * bits])).AsByte();
            Unsafe.WriteUnaligned(ref destination, Vector128.Shuffle(bytes, places).AsUInt64().ToScalar());
            destination = ref Unsafe.Add(ref destination, BitOperations.PopCount(bits));
        }
    }

    internal static void CompressOneByOne(ref byte source, ulong kept, ref byte destination)
    {
        for (var i = 0; i < Length; i++)
        {
            destination = Unsafe.Add(ref source, i);
            destination = ref Unsafe.Add(ref destination, (int)(kept >> i) & 1);
        }
    }

    /// <summary>Writes the positions of the set bits, each plus <paramref name="first"/>. Writes undefined numbers after them, at most
    /// 64 in all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void WritePlaces(ulong bits, int first, ref ushort destination)
    {
        if (Avx512Vbmi2.IsSupported) WritePlaces512(bits, first, ref destination);
        else WritePlacesOneByOne(bits, first, ref destination);
    }

    /// <summary>The same for the positions of the bits among the set bits of <paramref name="kept"/>, which include them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void WritePlaces(ulong bits, ulong kept, int first, ref ushort destination)
    {
        if (Avx512Vbmi2.IsSupported && Bmi2.X64.IsSupported)
            WritePlaces512(Bmi2.X64.ParallelBitExtract(bits, kept), first, ref destination);
        else WritePlacesOneByOne(bits, kept, first, ref destination);
    }

    internal static void WritePlacesOneByOne(ulong bits, int first, ref ushort destination)
    {
        for (; bits != 0; bits &= bits - 1)
        {
            destination = (ushort)(first + BitOperations.TrailingZeroCount(bits));
            destination = ref Unsafe.Add(ref destination, 1);
        }
    }

    internal static void WritePlacesOneByOne(ulong bits, ulong kept, int first, ref ushort destination)
    {
        for (; bits != 0; bits &= bits - 1)
        {
            var before = (bits & (0 - bits)) - 1;
            destination = (ushort)(first + BitOperations.PopCount(kept & before));
            destination = ref Unsafe.Add(ref destination, 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WritePlaces512(ulong bits, int first, ref ushort destination)
    {
        var places = Avx512Vbmi2.Compress(Vector512<byte>.Zero, Mask(bits), Vector512<byte>.Indices);
        var origin = Vector512.Create((ushort)first);
        (Vector512.WidenLower(places) + origin).StoreUnsafe(ref destination);
        if (BitOperations.PopCount(bits) > Vector512<ushort>.Count)
            (Vector512.WidenUpper(places) + origin).StoreUnsafe(ref destination, (nuint)Vector512<ushort>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Compress512(ref byte source, ulong kept, ref byte destination) =>
        Avx512Vbmi2.Compress(Vector512<byte>.Zero, Mask(kept), Vector512.LoadUnsafe(ref source)).StoreUnsafe(ref destination);

    // Expands each bit to a byte: each byte of the mask is copied to eight positions, and each position tests its own bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Mask(ulong bits)
    {
        var spread = Avx512BW.Shuffle(Vector512.Create(bits).AsByte(), Vector512.Create(
            0x0000_0000_0000_0000UL, 0x0101_0101_0101_0101, 0x0202_0202_0202_0202, 0x0303_0303_0303_0303,
            0x0404_0404_0404_0404, 0x0505_0505_0505_0505, 0x0606_0606_0606_0606, 0x0707_0707_0707_0707).AsByte());
        var own = Vector512.Create(0x8040_2010_0804_0201UL).AsByte();
        return Vector512.Equals(spread & own, own);
    }
}
