using System.Text;
using HttpQuery.CacheKeys.Codings;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>docs/cache-key.md, section 5: deflate streams (RFC 1951) written by hand. Each is also shown to the platform, which is to be
/// of the same opinion.</summary>
public class InflaterTests
{
    private const int EndOfBlock = 256;

    // The literals a and b, the end, and a length of 3: two bits each.
    private static readonly int[] FourSymbols = Lengths((97, 2), (98, 2), (EndOfBlock, 2), (257, 2));

    [Fact]
    public void Stored_blocks_are_copied()
    {
        Agree("", new BitWriter().Stored([]));
        Agree("ab", new BitWriter().Stored("a"u8, last: false).Stored([], last: false).Stored("b"u8));
        var longest = new string('x', 65_535);
        Agree(longest + "y", new BitWriter().Stored(Encoding.ASCII.GetBytes(longest), last: false).Stored("y"u8));
        Agree("ab", new BitWriter().Block(1, last: false).Fixed('a').Fixed(EndOfBlock).Stored("b"u8));
    }

    [Fact]
    public void A_stored_block_has_the_complement_of_its_length()
    {
        Agree(null, new BitWriter().Block(0).Bits(0, 5).Bits(1, 16).Bits(0, 16).Bits('a', 8));
        Agree(null, new BitWriter().Block(0).Bits(0, 5).Bits(1, 16).Bits(1, 16).Bits('a', 8));
    }

    [Fact]
    public void Bits_before_a_stored_block_and_after_the_end_stand_for_nothing()
    {
        Agree("a", new BitWriter().Block(0).Bits(31, 5).Bits(1, 16).Bits(~1, 16).Bits('a', 8));
        Agree("", new BitWriter().Block(1).Fixed(EndOfBlock).Bits(63, 6));
    }

    [Fact]
    public void The_third_type_of_block_is_none() => Agree(null, new BitWriter().Block(3).Bits(0, 30));

    [Fact]
    public void The_fixed_code_has_every_literal_and_length()
    {
        var (writer, text) = (new BitWriter().Block(1), new StringBuilder());
        for (var octet = 0; octet < 256; octet++)
        {
            writer.Fixed(octet);
            text.Append((char)octet);
        }

        Agree(text.ToString(), writer.Fixed(EndOfBlock));
        for (var symbol = 257; symbol <= 285; symbol++)
        {
            var extraBits = symbol is < 265 or 285 ? 0 : (symbol - 261) / 4;
            foreach (var extra in (int[])[0, (1 << extraBits) - 1])
            {
                var before = Enumerable.Range(257, symbol - 257).Sum(other => 1 << (other < 265 ? 0 : (other - 261) / 4));
                var length = symbol is 285 ? 258 : 3 + before + extra;
                var match = new BitWriter().Block(1).Fixed('a').Fixed(symbol).Bits(extra, extraBits).Code(0, 5).Fixed(EndOfBlock);
                Agree(new string('a', length + 1), match);
            }
        }
    }

    [Theory]
    [InlineData(286, 0)]
    [InlineData(287, 0)]
    [InlineData(257, 30)]
    [InlineData(257, 31)]
    public void Symbols_that_stand_for_nothing_are_refused(int symbol, int distance) =>
        Agree(null, new BitWriter().Block(1).Fixed('a').Fixed(symbol).Code(distance, 5).Bits(0, 13).Fixed(EndOfBlock));

    [Fact]
    public void Every_distance_reaches_as_far_as_it_says()
    {
        // More than the buffer holds, so that the window has moved when the match comes.
        foreach (var before in (int[])[32_768, 33_000, 65_536, 100_000])
        {
            var content = new byte[before];
            new Random(7).NextBytes(content);
            for (var symbol = 0; symbol < 30; symbol++)
            {
                var extraBits = symbol < 4 ? 0 : (symbol / 2) - 1;
                var least = 1 + Enumerable.Range(0, symbol).Sum(s => 1 << (s < 4 ? 0 : (s / 2) - 1));
                foreach (var extra in (int[])[0, (1 << extraBits) - 1])
                {
                    var start = before - least - extra;
                    var writer = new BitWriter();
                    foreach (var piece in content.Chunk(65_535)) writer.Stored(piece, last: false);
                    writer.Block(1).Fixed(257).Code(symbol, 5).Bits(extra, extraBits).Fixed(EndOfBlock);
                    var end = Enumerable.Range(0, 3).Select(i => content[start + (i % (before - start))]);
                    Assert.Equal((byte[])[.. content, .. end], PushedInflater.Inflate(writer.Octets)!);
                }
            }
        }
    }

    [Fact]
    public void A_match_may_begin_in_what_it_writes()
    {
        const string Start = "abcdefghijkl";
        for (var distance = 1; distance <= Start.Length; distance++)
        {
            var writer = new BitWriter().Block(1);
            foreach (var c in Start) writer.Fixed(c);
            var (symbol, extra, extraBits) = distance switch
            {
                <= 4 => (distance - 1, 0, 0),
                <= 8 => (4 + ((distance - 5) / 2), (distance - 5) % 2, 1),
                _ => (6 + ((distance - 9) / 4), (distance - 9) % 4, 2),
            };
            writer.Fixed(285).Code(symbol, 5).Bits(extra, extraBits).Fixed(EndOfBlock);
            Agree(Start + string.Concat(Enumerable.Range(0, 258).Select(i => Start[Start.Length - distance + (i % distance)])), writer);
        }
    }

    [Fact]
    public void A_distance_to_before_the_start_is_refused()
    {
        Agree("aaaa", new BitWriter().Block(1).Fixed('a').Fixed(257).Code(0, 5).Fixed(EndOfBlock));
        Agree(null, new BitWriter().Block(1).Fixed('a').Fixed(257).Code(1, 5).Fixed(EndOfBlock));
        Agree(null, new BitWriter().Block(1).Fixed(257).Code(0, 5).Fixed(EndOfBlock));
    }

    [Fact]
    public void A_distance_does_not_reach_into_the_content_before()
    {
        using var decoder = new ZlibDecoder();
        Assert.NotNull(Coded.Decode(decoder, Coded.Encode("deflate", new byte[60_000])));
        var writer = new BitWriter().Block(1).Fixed(0).Fixed(257).Code(1, 5).Fixed(EndOfBlock);
        Assert.Null(Coded.Decode(decoder, Coded.Zlib(writer.Octets, new byte[4])));
    }

    [Fact]
    public void Codes_have_up_to_15_bits()
    {
        // 1, 2, 3 … 14 and twice 15 bits; the same for the distances.
        int[] literals = Lengths([.. Enumerable.Range(0, 14).Select(i => (97 + i, i + 1)), (EndOfBlock, 15), (257, 15)]);
        int[] distances = [.. Enumerable.Range(1, 15), 15];
        var (writer, text) = (new BitWriter().Dynamic(literals, distances), new StringBuilder());
        for (var round = 0; round < 40; round++)
        {
            for (var symbol = 97; symbol < 111; symbol++)
            {
                writer.Symbol(literals, symbol);
                text.Append((char)symbol);
            }

            var distance = round % 14;
            var extraBits = distance < 4 ? 0 : (distance / 2) - 1;
            var length = 1 + Enumerable.Range(0, distance).Sum(s => 1 << (s < 4 ? 0 : (s / 2) - 1));
            if (length > text.Length) continue;
            writer.Symbol(literals, 257).Symbol(distances, distance).Bits(0, extraBits);
            for (var i = 0; i < 3; i++) text.Append(text[^length]);
        }

        Agree(text.ToString(), writer.Symbol(literals, EndOfBlock));
    }

    [Fact]
    public void A_single_code_has_one_bit()
    {
        // RFC 1951 §3.2.7: one distance code uses one bit, and no code of zero bits will do for literals alone.
        Agree("a", Symbols(FourSymbols, [0], 97, EndOfBlock));
        Agree("a", Symbols(FourSymbols, [1], 97, EndOfBlock));
        Agree("aaaa", Symbols(FourSymbols, [1], 97, 257).Bits(0, 1).Symbol(FourSymbols, EndOfBlock));
        Agree("", Symbols(Lengths((EndOfBlock, 1)), [0], EndOfBlock));
        Agree(null, Symbols(FourSymbols, [1], 97, 257).Bits(1, 1).Symbol(FourSymbols, EndOfBlock));
        Agree(null, Symbols(FourSymbols, [0], 97, 257).Bits(0, 1).Symbol(FourSymbols, EndOfBlock));
        Agree(null, Symbols(FourSymbols, [2], 97, EndOfBlock));
        Agree(null, Symbols(Lengths((EndOfBlock, 2)), [0], EndOfBlock));
        Agree(null, new BitWriter().Dynamic(Lengths((EndOfBlock, 1)), [0]).Bits(1, 1).Bits(0, 20));
    }

    [Fact]
    public void Codes_that_are_missing_or_too_many_are_refused()
    {
        Agree(null, Symbols(Lengths((97, 2), (98, 2), (EndOfBlock, 2)), [1], EndOfBlock));
        Agree(null, new BitWriter().Dynamic(Lengths((97, 1), (98, 1), (EndOfBlock, 1)), [1]).Bits(0, 20));
        Agree(null, new BitWriter().Dynamic(FourSymbols, [1, 1, 1]).Bits(0, 20));
        Agree(null, new BitWriter().Dynamic(FourSymbols, [1, 2]).Bits(0, 20));
        Agree(null, new BitWriter().Dynamic(Lengths((97, 1), (98, 1)), [1]).Bits(0, 20));

        // The code of the code lengths: none, one, not all, too many.
        foreach (var lengths in (int[][])[[], [1], [1, 2], [1, 1, 1]])
            Agree(null, new BitWriter().CodeCounts(257, 1, lengths).Bits(0, 300));
    }

    [Theory]
    [InlineData(286, 30, true)]
    [InlineData(287, 30, false)]
    [InlineData(288, 30, false)]
    [InlineData(286, 31, false)]
    [InlineData(286, 32, false)]
    public void There_are_at_most_286_and_30_codes(int literals, int distances, bool taken)
    {
        var lengths = new int[literals];
        FourSymbols.CopyTo(lengths, 0);
        Agree(taken ? "a" : null, Symbols(lengths, new int[distances], 97, EndOfBlock));
    }

    [Fact]
    public void Repetitions_of_lengths_go_over_from_one_code_into_the_other_but_not_beyond()
    {
        // 97 zeros (11 + 86), 2, 2, 157 zeros (138 + 19), 2 for the end, then repeated for 257 and the distances.
        int[] anyLength = [.. Enumerable.Repeat(4, 13), .. Enumerable.Repeat(5, 6)];
        BitWriter Start(int distances) => new BitWriter().CodeCounts(258, distances, anyLength)
            .CodeLength(18).Bits(86, 7).CodeLength(2).CodeLength(2)
            .CodeLength(18).Bits(127, 7).CodeLength(18).Bits(8, 7).CodeLength(2);

        var whole = Start(4).CodeLength(16).Bits(2, 2);
        Agree("aaaa", whole.Symbol(FourSymbols, 97).Symbol(FourSymbols, 257).Bits(0, 2).Symbol(FourSymbols, EndOfBlock));
        Agree(null, Start(3).CodeLength(16).Bits(2, 2).Bits(0, 40));
        Agree(null, Start(3).CodeLength(17).Bits(7, 3).Bits(0, 40));
        Agree(null, new BitWriter().CodeCounts(257, 1, anyLength).CodeLength(16).Bits(0, 40));
    }

    private static BitWriter Symbols(int[] literals, int[] distances, params int[] symbols) =>
        symbols.Aggregate(new BitWriter().Dynamic(literals, distances), (writer, symbol) => writer.Symbol(literals, symbol));

    private static int[] Lengths(params (int Symbol, int Length)[] codes)
    {
        var lengths = new int[Math.Max(EndOfBlock, codes.Max(code => code.Symbol)) + 1];
        foreach (var (symbol, length) in codes) lengths[symbol] = length;
        return lengths;
    }

    private static void Agree(string? expected, BitWriter writer)
    {
        var octets = expected is null ? null : Encoding.Latin1.GetBytes(expected);
        Assert.Equal(octets, PushedInflater.Inflate(writer.Octets));
        Assert.Equal(octets, PlatformInflater.Inflate(writer.Octets));
    }
}
