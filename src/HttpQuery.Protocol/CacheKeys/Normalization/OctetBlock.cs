using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HttpQuery.CacheKeys;

/// <summary>What 64 octets at a time are to JSON: a bit for each octet, that of the first octet lowest.</summary>
/// <remarks>The three widths of <c>Classify</c> say the same; the widest one that the hardware has is taken. Callers see to it that 64 octets
/// can be read, and written, where they point.</remarks>
internal static class OctetBlock
{
    internal const int Length = 64;

    /// <summary>Sorts the 64 octets from <paramref name="start"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static OctetClasses Classify(ref byte start)
    {
        if (Vector512.IsHardwareAccelerated) return Classify512(ref start);
        return Vector256.IsHardwareAccelerated ? Classify256(ref start) : Classify128(ref start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static OctetClasses Classify512(ref byte start)
    {
        var octets = Vector512.LoadUnsafe(ref start);
        // Setting this bit makes [ and ] into { and }.
        var folded = octets | Vector512.Create((byte)0x20);
        return new()
        {
            Quotes = Bits(octets, (byte)'"'),
            Backslashes = Bits(octets, (byte)'\\'),
            Structure = Bits(folded, (byte)'{') | Bits(folded, (byte)'}') | Bits(octets, (byte)':') | Bits(octets, (byte)','),
            Whitespace = Bits(octets, (byte)' ') | Bits(octets, (byte)'\n') | Bits(octets, (byte)'\r') | Bits(octets, (byte)'\t'),
            Controls = Bits(octets & Vector512.Create((byte)0xE0), 0),
            NonAscii = octets.ExtractMostSignificantBits(),
        };

        static ulong Bits(Vector512<byte> octets, byte value) =>
            Vector512.Equals(octets, Vector512.Create(value)).ExtractMostSignificantBits();
    }

    internal static OctetClasses Classify256(ref byte start)
    {
        var classes = new OctetClasses();
        for (var i = 0; i < Length; i += Vector256<byte>.Count)
        {
            var octets = Vector256.LoadUnsafe(ref start, (nuint)i);
            var folded = octets | Vector256.Create((byte)0x20);
            classes.Quotes |= Bits(octets, (byte)'"') << i;
            classes.Backslashes |= Bits(octets, (byte)'\\') << i;
            classes.Structure |=
                (Bits(folded, (byte)'{') | Bits(folded, (byte)'}') | Bits(octets, (byte)':') | Bits(octets, (byte)',')) << i;
            classes.Whitespace |=
                (Bits(octets, (byte)' ') | Bits(octets, (byte)'\n') | Bits(octets, (byte)'\r') | Bits(octets, (byte)'\t')) << i;
            classes.Controls |= Bits(octets & Vector256.Create((byte)0xE0), 0) << i;
            classes.NonAscii |= (ulong)octets.ExtractMostSignificantBits() << i;
        }

        return classes;

        static ulong Bits(Vector256<byte> octets, byte value) =>
            Vector256.Equals(octets, Vector256.Create(value)).ExtractMostSignificantBits();
    }

    internal static OctetClasses Classify128(ref byte start)
    {
        var classes = new OctetClasses();
        for (var i = 0; i < Length; i += Vector128<byte>.Count)
        {
            var octets = Vector128.LoadUnsafe(ref start, (nuint)i);
            var folded = octets | Vector128.Create((byte)0x20);
            classes.Quotes |= Bits(octets, (byte)'"') << i;
            classes.Backslashes |= Bits(octets, (byte)'\\') << i;
            classes.Structure |=
                (Bits(folded, (byte)'{') | Bits(folded, (byte)'}') | Bits(octets, (byte)':') | Bits(octets, (byte)',')) << i;
            classes.Whitespace |=
                (Bits(octets, (byte)' ') | Bits(octets, (byte)'\n') | Bits(octets, (byte)'\r') | Bits(octets, (byte)'\t')) << i;
            classes.Controls |= Bits(octets & Vector128.Create((byte)0xE0), 0) << i;
            classes.NonAscii |= (ulong)octets.ExtractMostSignificantBits() << i;
        }

        return classes;

        static ulong Bits(Vector128<byte> octets, byte value) =>
            Vector128.Equals(octets, Vector128.Create(value)).ExtractMostSignificantBits();
    }

    /// <summary>The octets that stand behind a backslash which is not itself behind one.</summary>
    /// <param name="backslashes">Where backslashes stand.</param>
    /// <param name="carry">1 where the last octet of the block before escapes the first of this; then the same for the next block.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Escaped(ulong backslashes, ref ulong carry)
    {
        if (backslashes == 0)
        {
            var first = carry;
            carry = 0;
            return first;
        }

        // From left to right: a backslash that is not escaped escapes the octet behind it, be that a backslash too.
        var escaped = carry;
        carry = 0;
        for (var left = backslashes & ~escaped; left != 0;)
        {
            var backslash = left & (0 - left);
            escaped |= backslash << 1;
            left &= ~(backslash | (backslash << 1));
            if (backslash == 1UL << (Length - 1)) carry = 1;
        }

        return escaped;
    }

    /// <summary>Sets every bit from each odd set bit on, up to the one before the next: the insides of quotes with the first of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Inside(ulong quotes)
    {
        // A product without carries by all ones is the exclusive or of each bit and all below it.
        if (Pclmulqdq.IsSupported)
            return Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(quotes), Vector128<ulong>.AllBitsSet, 0).ToScalar();
        return InsideByShifts(quotes);
    }

    internal static ulong InsideByShifts(ulong quotes)
    {
        for (var distance = 1; distance < Length; distance *= 2) quotes ^= quotes << distance;
        return quotes;
    }

    /// <summary>Writes those of the 64 octets from <paramref name="source"/> on whose bits are set in <paramref name="kept"/>, side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Compress(ref byte source, ulong kept, ref byte destination)
    {
        if (Avx512Vbmi2.IsSupported) Compress512(ref source, kept, ref destination);
        else CompressRuns(ref source, kept, ref destination);
    }

    internal static void CompressRuns(ref byte source, ulong kept, ref byte destination)
    {
        while (kept != 0)
        {
            var start = Zeros(kept);
            var length = Zeros(~(kept >> start));
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref source, start), length)
                .CopyTo(MemoryMarshal.CreateSpan(ref destination, length));
            destination = ref Unsafe.Add(ref destination, length);
            kept = start + length == Length ? 0 : kept >> (start + length) << (start + length);
        }

        static int Zeros(ulong bits) => BitOperations.TrailingZeroCount(bits);
    }

    /// <summary>Writes the places of the bits, each added to <paramref name="first"/>, and beyond them up to 64 numbers of no meaning.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void WritePlaces(ulong bits, int first, ref ushort destination)
    {
        if (Avx512Vbmi2.IsSupported) WritePlaces512(bits, first, ref destination);
        else WritePlacesOneByOne(bits, ulong.MaxValue, first, ref destination);
    }

    /// <summary>The same for their places once that is left out which is not set in <paramref name="kept"/>; they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void WritePlaces(ulong bits, ulong kept, int first, ref ushort destination)
    {
        if (Avx512Vbmi2.IsSupported && Bmi2.X64.IsSupported)
            WritePlaces512(Bmi2.X64.ParallelBitExtract(bits, kept), first, ref destination);
        else WritePlacesOneByOne(bits, kept, first, ref destination);
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

    // All bits of an octet for each bit: the eight octets of the bits go to eight places each, and each place looks at its own bit.
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

/// <summary>The classes of 64 octets, a bit for each.</summary>
internal struct OctetClasses
{
    internal ulong Quotes;
    internal ulong Backslashes;

    /// <summary><c>{ } [ ] : ,</c></summary>
    internal ulong Structure;

    /// <summary>Space, line feed, carriage return, tab.</summary>
    internal ulong Whitespace;

    /// <summary>U+0000 to U+001F.</summary>
    internal ulong Controls;

    /// <summary>From 0x80 on.</summary>
    internal ulong NonAscii;
}
