using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HttpQuery.CacheKeys.Normalization;

/// <summary>Classifies 64 bytes of JSON at a time: one bit per byte, the first byte in the lowest bit.</summary>
/// <remarks>Variants for different hardware return the same results. Callers ensure that 64 bytes can be read and written at
/// their references.</remarks>
internal static partial class JsonBlock
{
    internal const int Length = 64;

    /// <summary>Classifies the 64 bytes from <paramref name="start"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static JsonBlockClasses Classify(ref byte start)
    {
        if (Vector512.IsHardwareAccelerated) return Classify512(ref start);
        if (Vector256.IsHardwareAccelerated) return Classify256(ref start);
        return Vector128.IsHardwareAccelerated ? Classify128(ref start) : ClassifyOneByOne(ref start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static JsonBlockClasses Classify512(ref byte start)
    {
        var bytes = Vector512.LoadUnsafe(ref start);
        // Setting this bit makes [ and ] into { and }.
        var folded = bytes | Vector512.Create((byte)0x20);
        return new()
        {
            Quotes = Bits(bytes, (byte)'"'),
            Backslashes = Bits(bytes, (byte)'\\'),
            Structure = Bits(folded, (byte)'{') | Bits(folded, (byte)'}') | Bits(bytes, (byte)':') | Bits(bytes, (byte)','),
            Whitespace = Bits(bytes, (byte)' ') | Bits(bytes, (byte)'\n') | Bits(bytes, (byte)'\r') | Bits(bytes, (byte)'\t'),
            Controls = Bits(bytes & Vector512.Create((byte)0xE0), 0),
            NonAscii = bytes.ExtractMostSignificantBits(),
        };

        static ulong Bits(Vector512<byte> bytes, byte value) =>
            Vector512.Equals(bytes, Vector512.Create(value)).ExtractMostSignificantBits();
    }

    internal static JsonBlockClasses Classify256(ref byte start)
    {
        var classes = new JsonBlockClasses();
        for (var i = 0; i < Length; i += Vector256<byte>.Count)
        {
            var bytes = Vector256.LoadUnsafe(ref start, (nuint)i);
            var folded = bytes | Vector256.Create((byte)0x20);
            classes.Quotes |= Bits(bytes, (byte)'"') << i;
            classes.Backslashes |= Bits(bytes, (byte)'\\') << i;
            classes.Structure |=
                (Bits(folded, (byte)'{') | Bits(folded, (byte)'}') | Bits(bytes, (byte)':') | Bits(bytes, (byte)',')) << i;
            classes.Whitespace |=
                (Bits(bytes, (byte)' ') | Bits(bytes, (byte)'\n') | Bits(bytes, (byte)'\r') | Bits(bytes, (byte)'\t')) << i;
            classes.Controls |= Bits(bytes & Vector256.Create((byte)0xE0), 0) << i;
            classes.NonAscii |= (ulong)bytes.ExtractMostSignificantBits() << i;
        }

        return classes;

        static ulong Bits(Vector256<byte> bytes, byte value) =>
            Vector256.Equals(bytes, Vector256.Create(value)).ExtractMostSignificantBits();
    }

    internal static JsonBlockClasses Classify128(ref byte start)
    {
        var classes = new JsonBlockClasses();
        for (var i = 0; i < Length; i += Vector128<byte>.Count)
        {
            var bytes = Vector128.LoadUnsafe(ref start, (nuint)i);
            var folded = bytes | Vector128.Create((byte)0x20);
            classes.Quotes |= Bits(bytes, (byte)'"') << i;
            classes.Backslashes |= Bits(bytes, (byte)'\\') << i;
            classes.Structure |=
                (Bits(folded, (byte)'{') | Bits(folded, (byte)'}') | Bits(bytes, (byte)':') | Bits(bytes, (byte)',')) << i;
            classes.Whitespace |=
                (Bits(bytes, (byte)' ') | Bits(bytes, (byte)'\n') | Bits(bytes, (byte)'\r') | Bits(bytes, (byte)'\t')) << i;
            classes.Controls |= Bits(bytes & Vector128.Create((byte)0xE0), 0) << i;
            classes.NonAscii |= (ulong)bytes.ExtractMostSignificantBits() << i;
        }

        return classes;

        static ulong Bits(Vector128<byte> bytes, byte value) =>
            Vector128.Equals(bytes, Vector128.Create(value)).ExtractMostSignificantBits();
    }

    internal static JsonBlockClasses ClassifyOneByOne(ref byte start)
    {
        var classes = new JsonBlockClasses();
        for (var i = 0; i < Length; i++)
        {
            var (b, bit) = (Unsafe.Add(ref start, i), 1UL << i);
            if (b < 0x20) classes.Controls |= bit;
            if (b >= 0x80) classes.NonAscii |= bit;
            switch (b)
            {
                case (byte)'"': classes.Quotes |= bit; break;
                case (byte)'\\': classes.Backslashes |= bit; break;
                case (byte)'{' or (byte)'}' or (byte)'[' or (byte)']' or (byte)':' or (byte)',': classes.Structure |= bit; break;
                case (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t': classes.Whitespace |= bit; break;
            }
        }

        return classes;
    }

    /// <summary>Returns the bytes after a backslash that is not itself escaped.</summary>
    /// <param name="backslashes">The positions of backslashes.</param>
    /// <param name="carry">1 when the block before escapes the first byte of this one. Set to the value for the next block.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Escaped(ulong backslashes, ref ulong carry)
    {
        if (backslashes == 0)
        {
            var first = carry;
            carry = 0;
            return first;
        }

        // From left to right: an unescaped backslash escapes the next byte, even another backslash.
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

    /// <summary>Sets the bits between quotes, including the opening quote: from each odd set bit (first, third, …) up to the
    /// bit before the next set bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Inside(ulong quotes)
    {
        // A carry-less product with all ones is the exclusive or of each bit and all bits below it.
        if (Pclmulqdq.IsSupported)
            return Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(quotes), Vector128<ulong>.AllBitsSet, 0).ToScalar();
        return InsideByShifts(quotes);
    }

    internal static ulong InsideByShifts(ulong quotes)
    {
        for (var distance = 1; distance < Length; distance *= 2) quotes ^= quotes << distance;
        return quotes;
    }
}

/// <summary>The classes of 64 bytes, one bit per byte.</summary>
internal struct JsonBlockClasses
{
    internal ulong Quotes;
    internal ulong Backslashes;

    /// <summary><c>{ } [ ] : ,</c></summary>
    internal ulong Structure;

    /// <summary>Space, line feed, carriage return, tab.</summary>
    internal ulong Whitespace;

    /// <summary>U+0000 to U+001F.</summary>
    internal ulong Controls;

    /// <summary>0x80 and above.</summary>
    internal ulong NonAscii;
}
