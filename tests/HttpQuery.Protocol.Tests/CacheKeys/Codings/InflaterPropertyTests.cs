using System.IO.Compression;
using System.Text;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>docs/cache-key.md, section 5: on every deflate stream (RFC 1951), whole or damaged, the platform is of the same
/// opinion.</summary>
public class InflaterPropertyTests
{
    public static TheoryData<int, ZLibCompressionStrategy> LevelsAndStrategies =>
        [.. from level in Enumerable.Range(0, 10) from strategy in Enum.GetValues<ZLibCompressionStrategy>() select (level, strategy)];

    [Theory]
    [MemberData(nameof(LevelsAndStrategies))]
    public void Long_content_is_decoded(int level, ZLibCompressionStrategy strategy)
    {
        // Words in any order, some of them often and some seldom: codes of all lengths, and distances all over the window, while it moves
        // many times.
        var random = new Random(8);
        var words = Enumerable.Range(0, 3000)
            .Select(_ => new string((char)random.Next(33, 127), random.Next(1, 4)) + random.Next(5000)).ToArray();
        var text = new StringBuilder();
        while (text.Length < 300_000) text.Append(words[(int)(Math.Pow(random.NextDouble(), 3) * words.Length)]).Append(' ');
        var content = Encoding.ASCII.GetBytes(text.ToString());
        var deflate = Coded.Deflate(content, new() { CompressionLevel = level, CompressionStrategy = strategy });
        Assert.Equal(content, PushedInflater.Inflate(deflate)!);
        Assert.Equal(content, Coded.Decode("gzip", Coded.Gzip(deflate, content), 1000, 3, 65_536));
    }

    [Fact]
    public void Damaged_streams_are_refused_by_both_or_by_none() => RandomCases.AllHold(
        from pair in CodedGenerators.Deflated
        from damaged in CodedGenerators.Mutation(pair.Deflate)
        select damaged,
        Agree);

    [Fact]
    public void Noise_is_refused_by_both_or_by_none() => RandomCases.AllHold(
        from noise in CodedGenerators.Noise(40)
        from first in Gen.Elements<byte>(0x03, 0x05, 0x04, 0x01, 0xED)
        select (byte[])[first, .. noise],
        Agree);

    private static bool Agree(byte[] deflate)
    {
        var (own, platform) = (PushedInflater.Inflate(deflate), PlatformInflater.Inflate(deflate));
        return own is null ? platform is null : platform is not null && own.AsSpan().SequenceEqual(platform);
    }
}
