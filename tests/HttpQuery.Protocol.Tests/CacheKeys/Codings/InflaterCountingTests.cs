using System.Buffers;
using System.IO.Compression;
using HttpQuery.CacheKeys;
using HttpQuery.CacheKeys.Codings;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>docs/cache-key.md, section 5: content that lies whole is counted before anything of it is hashed.</summary>
public class InflaterCountingTests
{
    private const int BufferLength = 65_536;
    private const int LongestMatch = 258;

    private int _compared;

    public static TheoryData<string> Codings => [.. CodedGenerators.Codings];

    [Fact]
    public void Both_passes_agree_on_short_streams() => RandomCases.AllHold(
        from pair in CodedGenerators.Deflated
        from damaged in CodedGenerators.Mutation(pair.Deflate)
        from octets in Gen.Elements(pair.Deflate, damaged)
        select octets,
        octets => Agree(octets, holdsBack: false));

    [Fact]
    public void Both_passes_agree_on_a_stored_block_that_the_inflater_has_read_ahead() =>
        Assert.True(Agree(new BitWriter().Block(1, last: false).Fixed('a').Fixed(256).Stored("octets of a stored block"u8).Octets, holdsBack: false));

    [Fact]
    public void Both_passes_agree_on_noise() => RandomCases.AllHold(
        from noise in CodedGenerators.Noise(40)
        from first in Gen.Elements<byte>(0x03, 0x05, 0x04, 0x01, 0xED)
        select (byte[])[first, .. noise],
        octets => Agree(octets, holdsBack: false));

    // The real pass stops in the middle of the stream, in a block of each kind, and counting goes on from there.
    [Fact]
    public void Both_passes_agree_on_long_streams()
    {
        RandomCases.AllHold(
            from part in CodedGenerators.Content.Where(content => content.Length > 0)
            from level in Gen.Elements(0, 1, 6, 9)
            from strategy in Gen.Elements(Enum.GetValues<ZLibCompressionStrategy>())
            from flushEvery in Gen.Elements(700, 30_000, int.MaxValue)
            from length in Gen.Choose(BufferLength, 2 * BufferLength)
            from seed in Gen.Choose(0, 1_000_000)
            from damages in Gen.Elements(true, false)
            select (part, level, strategy, flushEvery, length, seed, damages),
            value =>
            {
                var content = new byte[value.length];
                for (var i = 0; i < content.Length; i++) content[i] = value.part[i % value.part.Length];
                var random = new Random(value.seed);
                random.NextBytes(content.AsSpan(content.Length / 2, random.Next(2000)));
                var deflate = Coded.Deflate(content, new() { CompressionLevel = value.level, CompressionStrategy = value.strategy }, value.flushEvery);
                if (value.damages) deflate[random.Next(deflate.Length)] ^= (byte)random.Next(1, 256);
                return Agree(deflate, holdsBack: true);
            });

        // Damage in the first 64 KiB is found before the stop.
        Assert.InRange(_compared, 100, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void Of_a_bomb_the_sink_receives_nothing(string coding)
    {
        var bomb = Coded.Encode(coding, new byte[16_777_216]);
        using var decoder = Coded.Decoder(coding);
        var sink = new ByteCounter();
        decoder.Start(sink, bomb.Length);
        Assert.False(decoder.Append(bomb));
        Assert.False(decoder.Complete());
        Assert.Equal(0, sink.Count);
    }

    [Fact]
    public void Counting_stops_at_the_limit()
    {
        var bomb = Coded.Deflate(new byte[16_777_216]);
        var (begun, counter) = (new Inflater(new ByteCounter()), new Inflater(output: null));
        begun.Reset();
        Assert.Null(counter.Count(begun, bomb, 1_000_000));
        Assert.InRange(counter.Counted, 1_000_001, 1_000_000 + LongestMatch);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void Content_within_the_limit_goes_on_where_it_stopped(string coding)
    {
        var content = new byte[200_000];
        new Random(3).NextBytes(content.AsSpan(0, 100_000));
        var coded = Coded.Encode(coding, content);
        using var decoder = Coded.Decoder(coding);
        var output = new ByteCollector();
        for (var i = 0; i < 2; i++)
        {
            output = new ByteCollector();
            decoder.Start(output, coded.Length);
            Assert.True(decoder.Append(coded));
            Assert.True(decoder.Complete());
        }
        Assert.Equal(content, output.Octets);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void Only_content_that_does_not_fit_in_the_buffer_is_counted(string coding)
    {
        Assert.Equal(0, Counted(new byte[65_000]));
        Assert.InRange(Counted(new byte[66_000]), 65_537, 65_536 + LongestMatch);

        int Counted(byte[] content)
        {
            var coded = Coded.Encode(coding, content);
            using var decoder = (DeflateDecoder)Coded.Decoder(coding);
            decoder.Start(new ByteCounter(), coded.Length);
            decoder.Append(coded);
            return decoder.Counted;
        }
    }

    // Of content in pieces the end is not there to be counted.
    [Theory]
    [MemberData(nameof(Codings))]
    public void Content_in_pieces_is_not_counted(string coding)
    {
        var content = new byte[200_000];
        new Random(3).NextBytes(content);
        var coded = Coded.Encode(coding, content);
        using var decoder = (DeflateDecoder)Coded.Decoder(coding);
        foreach (var length in (long?[])[null, coded.Length])
        {
            decoder.Start(new ByteCounter(), length);
            foreach (var piece in coded.Chunk(coded.Length - 1)) Assert.True(decoder.Append(piece));
            Assert.True(decoder.Complete());
            Assert.Equal(0, decoder.Counted);
        }
    }

    // The normalizer is asked for its limit for each piece that was decoded.
    [Theory]
    [MemberData(nameof(Codings))]
    public void A_builder_decodes_no_bomb_that_it_has_whole(string coding)
    {
        var bomb = Coded.Encode(coding, new byte[1_000_000]);
        var normalizer = new CountingNormalizer();
        using var builder = new QueryCacheKeyScheme(new() { Normalizers = { normalizer } }).CreateBuilder();

        var before = normalizer.Pieces;

        Start();
        var whole = builder.Complete(bomb);
        Assert.Equal((false, before), (builder.IsNormalized, normalizer.Pieces));

        Start();
        builder.Append(bomb);
        Assert.Equal((whole, false), (builder.Complete(), builder.IsNormalized));
        Assert.InRange(normalizer.Pieces, before + 1, int.MaxValue);

        void Start()
        {
            builder.Start("QUERY", "https", "a.test", "/");
            builder.AddHeader("Content-Type", "text/plain");
            builder.AddHeader("Content-Encoding", coding);
            builder.SetNormalizations(QueryNormalizations.Gzip | QueryNormalizations.Deflate);
        }
    }

    // Length and refusal alike, at the limit and one below it.
    private bool Agree(byte[] deflate, bool holdsBack)
    {
        var (sink, counter) = (new ByteCounter(), new Inflater(output: null));
        var inflater = new Inflater(sink);
        inflater.Reset();
        inflater.HoldsBack = holdsBack;
        ReadOnlySpan<byte> coded = deflate;
        var status = holdsBack ? inflater.Inflate(ref coded) : InflateStatus.HeldBack;
        if (status is not InflateStatus.HeldBack) return true;
        if (sink.Count != 0) return false;

        _compared++;
        var counted = counter.Count(inflater, coded, int.MaxValue - 65_536);
        var again = counted is { } count ? (counter.Count(inflater, coded, count), counter.Count(inflater, coded, count - 1)) : (null, null);
        int? decoded = inflater.Inflate(ref coded) is InflateStatus.Ended ? (int)sink.Count : null;
        return counted == decoded && again == (decoded, null);
    }

    private sealed class CountingNormalizer : IQueryContentNormalizer
    {
        public int Pieces { get; private set; }

        public string Name => "counting";

        public int MaximumContentLength
        {
            get
            {
                Pieces++;
                return int.MaxValue;
            }
        }

        public bool AppliesTo(MediaType mediaType) => true;

        public bool TryNormalize(ReadOnlySpan<byte> content, IBufferWriter<byte> output) => true;
    }
}
