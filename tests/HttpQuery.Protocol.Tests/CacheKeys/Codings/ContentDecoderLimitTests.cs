using System.IO.Compression;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>docs/cache-key.md, section 5: at most 16,777,216 octets decoded, and 65,536 or 128 times the coded ones.</summary>
public class ContentDecoderLimitTests
{
    private const int MaximumLength = 16_777_216;
    private const int LengthOfAnyRatio = 65_536;
    private const int MaximumRatio = 128;

    public static TheoryData<string> Codings => [.. CodedGenerators.Codings];

    [Theory]
    [MemberData(nameof(Codings))]
    public void The_longest_content_has_16_MiB(string coding)
    {
        var content = new byte[MaximumLength + 1];
        new Random(4).NextBytes(content);
        Assert.Equal(MaximumLength, Count(coding, Coded.Encode(coding, content.AsSpan(1), CompressionLevel.Fastest)));
        Assert.Null(Count(coding, Coded.Encode(coding, content, CompressionLevel.Fastest)));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void Up_to_64_KiB_any_ratio_will_do(string coding)
    {
        Assert.Equal(LengthOfAnyRatio, Count(coding, Coded.Encode(coding, new byte[LengthOfAnyRatio])));
        Assert.Null(Count(coding, Coded.Encode(coding, new byte[LengthOfAnyRatio + 1])));
    }

    [Theory]
    [InlineData("gzip", 513)]
    [InlineData("gzip", 1024)]
    [InlineData("gzip", 131_072)]
    [InlineData("deflate", 513)]
    [InlineData("deflate", 1024)]
    [InlineData("deflate", 131_072)]
    public void Above_it_at_most_128_octets_come_from_one(string coding, int codedLength)
    {
        // Whatever the pieces: taken octet by octet, these are far above the ratio for most of the way.
        var most = MaximumRatio * codedLength;
        Assert.Equal(most, Count(coding, Zeros(coding, most, codedLength)));
        Assert.Equal(most, Count(coding, Zeros(coding, most, codedLength), piece: 1));
        if (most == MaximumLength) return;
        Assert.Null(Count(coding, Zeros(coding, most + 1, codedLength)));
        Assert.Null(Count(coding, Zeros(coding, most + 1, codedLength), piece: 1));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void A_gibibyte_of_zeros_stops_after_16_MiB(string coding)
    {
        // The blocks of one mebibyte, 1024 times.
        var mebibyte = Coded.DeflateBlocks(new byte[1 << 20]);
        var blocks = Enumerable.Repeat(mebibyte, 1024).SelectMany(octets => octets).ToArray();
        Assert.InRange(blocks.Length, 1_000_000, 1_200_000);
        AssertStops(coding, coding is "gzip" ? Coded.Gzip(blocks, []) : Coded.Zlib(blocks, []));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void Content_of_a_known_length_stops_where_the_ratio_is_exceeded(string coding)
    {
        var bomb = Coded.Encode(coding, new byte[MaximumLength]);
        using var decoder = Coded.Decoder(coding);
        var sink = new ByteCounter();
        decoder.Start(sink, bomb.Length);
        Assert.False(decoder.Append(bomb));
        Assert.False(decoder.Complete());
        Assert.InRange(sink.Count, 0, Math.Max(LengthOfAnyRatio, MaximumRatio * bomb.Length));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void A_known_length_changes_no_verdict(string coding)
    {
        var random = new Random(6);
        var verdicts = new HashSet<bool>();
        for (var i = 0; i < 60; i++)
        {
            var content = new byte[random.Next(1, 400_000)];
            random.NextBytes(content.AsSpan(0, Math.Min(content.Length, random.Next(3_000))));
            var coded = Coded.Encode(coding, content);
            using var decoder = Coded.Decoder(coding);
            decoder.Start(new ByteCounter(), coded.Length);
            decoder.Append(coded);
            var verdict = decoder.Complete();
            Assert.Equal(Count(coding, coded) is not null, verdict);
            verdicts.Add(verdict);
        }
        Assert.Equal(2, verdicts.Count);
    }

    // A constant, whatever the content. It is not 0: what a garbage collection in the middle of so much work takes from the thread counts
    // too.
    private static void AssertStops(string coding, byte[] bomb)
    {
        using var decoder = Coded.Decoder(coding);
        var sink = new ByteCounter();
        Assert.InRange(Allocation.Of(() =>
        {
            sink.Count = 0;
            decoder.Start(sink);
            Assert.False(decoder.Append(bomb));
            Assert.False(decoder.Append(bomb));
            Assert.False(decoder.Complete());
        }), 0, 4096);
        Assert.InRange(sink.Count, MaximumLength - 65_536, MaximumLength);
    }

    // Zeros, then blocks that stand for nothing, and the last zeros as they are: one of these more, and the coded octets are one more.
    private static byte[] Zeros(string coding, int length, int codedLength)
    {
        var content = new byte[length];
        var around = coding is "gzip" ? 18 : 6;
        for (var stored = 0; stored < 32; stored++)
        {
            var start = Coded.DeflateBlocks(content.AsSpan(stored));
            var end = new BitWriter().Stored(content.AsSpan(0, stored)).Octets;
            var (blocks, rest) = Math.DivRem(codedLength - around - start.Length - end.Length, Coded.EmptyBlock.Length);
            if (rest != 0) continue;

            byte[] deflate = [.. start, .. Enumerable.Repeat(Coded.EmptyBlock, blocks).SelectMany(octets => octets), .. end];
            var coded = coding is "gzip" ? Coded.Gzip(deflate, content) : Coded.Zlib(deflate, content);
            Assert.Equal(codedLength, coded.Length);
            return coded;
        }

        throw new InvalidOperationException("The blocks do not fill the length.");
    }

    private static long? Count(string coding, byte[] coded, int? piece = null)
    {
        using var decoder = Coded.Decoder(coding);
        var sink = new ByteCounter();
        decoder.Start(sink);
        foreach (var octets in coded.Chunk(piece ?? coded.Length)) decoder.Append(octets);
        return decoder.Complete() ? sink.Count : null;
    }
}
