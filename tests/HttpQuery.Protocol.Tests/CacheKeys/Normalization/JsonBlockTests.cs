using HttpQuery.CacheKeys.Normalization;

namespace HttpQuery.Protocol.Tests.CacheKeys.Normalization;

/// <summary>Sixty-four octets at a time: every width of the hardware sorts them as one would octet by octet.</summary>
public class JsonBlockTests
{
    private const string Telling = "\"\\{}[]:, \n\r\t\0\u001F!/;az|~\u007F\u0080\u00DB\u00DD\u00FB\u00FD\u00FF";

    [Fact]
    public void Every_octet_is_sorted_alike_by_every_width()
    {
        var block = new byte[JsonBlock.Length];
        for (var octet = 0; octet < 256; octet++)
        {
            for (var place = 0; place < block.Length; place++)
            {
                block.AsSpan().Fill((byte)'a');
                block[place] = (byte)octet;
                AssertSorted(block);
            }
        }
    }

    [Fact]
    public void Blocks_are_sorted_alike_by_every_width() => RandomCases.AllHold(Blocks, block =>
    {
        AssertSorted(block);
        return true;
    });

    [Fact]
    public void Octets_behind_a_backslash_are_escaped_by_turns() => RandomCases.AllHold(TwoBits, value =>
    {
        var (backslashes, carry) = (value.Left, value.Right & 1);
        ulong escaped = 0;
        var isEscaped = carry != 0;
        for (var i = 0; i < JsonBlock.Length; i++)
        {
            if (isEscaped) escaped |= 1UL << i;
            isEscaped = !isEscaped && (backslashes >> i & 1) != 0;
        }

        return JsonBlock.Escaped(backslashes, ref carry) == escaped && carry == (isEscaped ? 1UL : 0);
    });

    [Fact]
    public void Every_octet_from_an_odd_quote_on_is_inside() => RandomCases.AllHold(Bits, quotes =>
    {
        ulong inside = 0;
        var isInside = false;
        for (var i = 0; i < JsonBlock.Length; i++)
        {
            isInside ^= (quotes >> i & 1) != 0;
            if (isInside) inside |= 1UL << i;
        }

        return JsonBlock.Inside(quotes) == inside && JsonBlock.InsideByShifts(quotes) == inside;
    });

    [Fact]
    public void What_is_kept_stands_side_by_side() => RandomCases.AllHold(Bits, kept =>
    {
        var block = Enumerable.Range(0, JsonBlock.Length).Select(i => (byte)i).ToArray();
        var expected = block.Where(i => (kept >> i & 1) != 0).ToArray();
        return Compressed(JsonBlock.Compress) && Compressed(JsonBlock.CompressByTable) && Compressed(JsonBlock.CompressOneByOne);

        bool Compressed(Compress compress)
        {
            var written = new byte[2 * JsonBlock.Length];
            compress(ref block[0], kept, ref written[0]);
            return written.AsSpan(0, expected.Length).SequenceEqual(expected);
        }
    });

    [Fact]
    public void Places_are_those_among_what_is_kept() => RandomCases.AllHold(TwoBits, value =>
    {
        const int First = 4000;
        var (kept, bits) = (value.Left, value.Left & value.Right);
        var places = Places(bits).Select(place => (ushort)(First + place)).ToArray();
        var placesAmongKept = Places(kept).Index().IntersectBy(Places(bits), place => place.Item)
            .Select(place => (ushort)(First + place.Index)).ToArray();
        return IsWritten(places, (ref destination) => JsonBlock.WritePlaces(bits, First, ref destination))
            && IsWritten(places, (ref destination) => JsonBlock.WritePlacesOneByOne(bits, First, ref destination))
            && IsWritten(placesAmongKept, (ref destination) => JsonBlock.WritePlaces(bits, kept, First, ref destination))
            && IsWritten(placesAmongKept, (ref destination) => JsonBlock.WritePlacesOneByOne(bits, kept, First, ref destination));

        static IEnumerable<int> Places(ulong bits) => Enumerable.Range(0, JsonBlock.Length).Where(place => (bits >> place & 1) != 0);

        static bool IsWritten(ushort[] places, WritePlaces write)
        {
            var written = new ushort[JsonBlock.Length];
            write(ref written[0]);
            return written.AsSpan(0, places.Length).SequenceEqual(places);
        }
    });

    private delegate void WritePlaces(ref ushort destination);

    private delegate void Compress(ref byte source, ulong kept, ref byte destination);

    private static Gen<byte[]> Blocks =>
        Gen.Elements(Telling.Select(c => (byte)c).ToArray()).ArrayOf(JsonBlock.Length);

    private static Gen<(ulong Left, ulong Right)> TwoBits => Bits.SelectMany(left => Bits, (left, right) => (left, right));

    // Few bits, many, and in runs.
    private static Gen<ulong> Bits => Gen.Choose(int.MinValue, int.MaxValue).Select(seed =>
    {
        var random = new Random(seed);
        var bits = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        return random.Next(5) switch
        {
            0 => bits,
            1 => bits & (ulong)random.NextInt64() & (ulong)random.NextInt64(),
            2 => bits | (ulong)random.NextInt64(long.MinValue, 0) | (ulong)random.NextInt64(),
            3 => ulong.MaxValue << random.Next(64) >> random.Next(64),
            _ => (bits & 1) == 0 ? 0 : ulong.MaxValue,
        };
    });

    private static void AssertSorted(byte[] block)
    {
        var expected = new JsonBlockClasses()
        {
            Quotes = Where(octet => octet == '"'),
            Backslashes = Where(octet => octet == '\\'),
            Structure = Where(octet => octet is (byte)'{' or (byte)'}' or (byte)'[' or (byte)']' or (byte)':' or (byte)','),
            Whitespace = Where(octet => octet is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'),
            Controls = Where(octet => octet < 0x20),
            NonAscii = Where(octet => octet >= 0x80),
        };
        Assert.Equal(expected, JsonBlock.Classify(ref block[0]));
        Assert.Equal(expected, JsonBlock.Classify512(ref block[0]));
        Assert.Equal(expected, JsonBlock.Classify256(ref block[0]));
        Assert.Equal(expected, JsonBlock.Classify128(ref block[0]));
        Assert.Equal(expected, JsonBlock.ClassifyOneByOne(ref block[0]));

        ulong Where(Predicate<byte> holds)
        {
            ulong bits = 0;
            for (var i = 0; i < block.Length; i++)
                if (holds(block[i])) bits |= 1UL << i;
            return bits;
        }
    }
}
