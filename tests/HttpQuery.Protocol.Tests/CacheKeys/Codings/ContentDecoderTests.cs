using System.IO.Compression;
using System.Text;
using HttpQuery.Protocol.Tests.Support;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>docs/cache-key.md, section 5: what holds for both codings.</summary>
public class ContentDecoderTests
{
    private static readonly byte[] Query = Encoding.UTF8.GetBytes("""{"where":{"app":"kube"},"labels":["app","app","app"],"limit":500}""");

    public static TheoryData<string> Codings => [.. CodedGenerators.Codings];

    public static TheoryData<string, CompressionLevel> CodingsAndLevels =>
        [.. from coding in CodedGenerators.Codings from level in Enum.GetValues<CompressionLevel>() select (coding, level)];

    [Theory]
    [MemberData(nameof(CodingsAndLevels))]
    public void Every_level_of_compression_is_removed(string coding, CompressionLevel level)
    {
        var random = new byte[70_000];
        new Random(1).NextBytes(random);
        foreach (var content in (byte[][])[[], [7], Query, new byte[65_536], random, [.. random, .. new byte[100_000], .. random]])
            Assert.Equal(content, Coded.Decode(coding, Coded.Encode(coding, content, level)));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void A_bomb_in_pieces_of_memory_is_refused_before_anything_is_decoded(string coding)
    {
        var bomb = Coded.Encode(coding, new byte[4 * 1024 * 1024]);
        var (joined, inPieces) = (new ByteCounter(), new ByteCounter());
        using var decoder = Coded.Decoder(coding);
        decoder.Start(joined, bomb.Length);
        Assert.False(decoder.Append(Sequences.Cut(bomb, 500)));
        Assert.False(decoder.Complete());

        decoder.Start(inPieces, bomb.Length);
        foreach (var piece in bomb.Chunk(500)) decoder.Append(piece);
        Assert.Equal(0, joined.Count);
        Assert.NotEqual(0, inPieces.Count);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void Content_in_pieces_of_memory_is_removed(string coding)
    {
        foreach (var piece in (int[])[1, 7, 1000])
        {
            var output = new ByteCollector();
            using var decoder = Coded.Decoder(coding);
            var coded = Coded.Encode(coding, Query);
            decoder.Start(output, coded.Length);
            Assert.True(decoder.Append(Sequences.Cut(coded, piece)));
            Assert.True(decoder.Complete());
            Assert.Equal(Query, output.Octets);
        }
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void Content_cut_anywhere_is_refused(string coding)
    {
        foreach (var content in (byte[][])[[], Query])
        {
            var coded = Coded.Encode(coding, content);
            for (var length = 0; length < coded.Length; length++) Assert.Null(Coded.Decode(coding, coded.AsSpan(0, length)));
        }
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void Anything_that_follows_is_refused(string coding)
    {
        var coded = Coded.Encode(coding, Query);
        foreach (var more in (byte[][])[[0], [3], [0xFF], new byte[8], coded[^8..], coded])
            foreach (var piece in (int[])[1, coded.Length, coded.Length + more.Length])
                Assert.Null(Coded.Decode(coding, (byte[])[.. coded, .. more], piece));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void Other_codings_are_refused(string coding)
    {
        foreach (var other in CodedGenerators.Codings.Where(other => other != coding))
            Assert.Null(Coded.Decode(coding, Coded.Encode(other, Query)));
        Assert.Null(Coded.Decode(coding, Coded.Deflate(Query)));
        Assert.Null(Coded.Decode(coding, Query));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void Only_the_outer_coding_is_removed(string coding)
    {
        var inner = Coded.Encode(coding, Query);
        Assert.Equal(inner, Coded.Decode(coding, Coded.Encode(coding, inner)));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void The_pieces_that_are_handed_out_do_not_depend_on_the_cuts(string coding)
    {
        var content = new byte[200_000];
        new Random(2).NextBytes(content.AsSpan(0, 100_000));
        var coded = Coded.Encode(coding, content);
        using var decoder = Coded.Decoder(coding);
        var calls = new List<int>();
        foreach (var piece in (int[])[1, 7, 4096, coded.Length])
        {
            var output = new ByteCollector();
            decoder.Start(output);
            for (var i = 0; i < coded.Length; i += piece) Assert.True(decoder.Append(coded.AsSpan(i, Math.Min(piece, coded.Length - i))));
            Assert.True(decoder.Complete());
            Assert.Equal(content, output.Octets);
            calls.Add(output.Calls);
        }

        Assert.Single(calls.Distinct());
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void A_decoder_is_used_for_one_content_after_another(string coding)
    {
        using var decoder = Coded.Decoder(coding);
        var coded = Coded.Encode(coding, Query);

        // After one that was cut, damaged, whole, or left half-way.
        Assert.Null(Coded.Decode(decoder, coded.AsSpan(0, coded.Length - 3)));
        Assert.Null(Coded.Decode(decoder, "damaged"u8));
        Assert.Equal(Query, Coded.Decode(decoder, coded));
        decoder.Start(new ByteCounter());
        Assert.True(decoder.Append(coded.AsSpan(0, coded.Length / 2)));
        Assert.Equal(Query, Coded.Decode(decoder, coded));
        decoder.Dispose();
        Assert.Equal(Query, Coded.Decode(decoder, coded));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void Nothing_is_taken_before_the_start_or_after_the_end(string coding)
    {
        using var decoder = Coded.Decoder(coding);
        var coded = Coded.Encode(coding, Query);
        Assert.False(decoder.Append(coded));
        Assert.False(decoder.Complete());

        decoder.Start(new ByteCounter());
        Assert.True(decoder.Append(coded));
        Assert.True(decoder.Append([]));
        Assert.True(decoder.Complete());
        Assert.False(decoder.Complete());
        Assert.False(decoder.Append(coded));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void The_sink_can_stop_the_decoding(string coding)
    {
        var content = new byte[300_000];
        new Random(3).NextBytes(content);
        var output = new ByteCollector(mostOctets: 100_000);
        using var decoder = Coded.Decoder(coding);
        decoder.Start(output);
        Assert.False(decoder.Append(Coded.Encode(coding, content)));
        Assert.False(decoder.Append([]));
        Assert.False(decoder.Complete());
        Assert.InRange(output.Octets.Length, 100_001, 100_000 + 65_536);

        // Also at the last octet.
        decoder.Start(new ByteCollector(mostOctets: Query.Length - 1));
        Assert.False(decoder.Append(Coded.Encode(coding, Query)));
        Assert.False(decoder.Complete());
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void A_coded_content_allocates_nothing(string coding)
    {
        var coded = Coded.Encode(coding, [.. Query, .. new byte[100_000], .. Query], CompressionLevel.Fastest);
        var whole = Coded.Encode(coding, Query);
        using var decoder = Coded.Decoder(coding);
        var sink = new ByteCounter();
        foreach (var octets in (byte[][])[coded, whole, whole[..^1]])
        {
            // The least of three: a garbage collection in between adds to the count.
            Assert.InRange(Enumerable.Range(0, 3).Min(_ => Allocation.Of(() =>
            {
                decoder.Start(sink);
                decoder.Append(octets);
                decoder.Complete();
            })), 0, 0);
        }
    }
}
