using System.IO.Compression;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>docs/cache-key.md, section 5: what holds for random contents and for random damage.</summary>
public class ContentDecoderPropertyTests
{
    [Fact]
    public void What_was_coded_is_decoded() => RandomCases.AllHold(
        CodedGenerators.Any,
        coded => Same(coded.Content, Coded.Decode(coded.Coding, coded.Octets)));

    [Fact]
    public void Nothing_depends_on_the_cuts() => RandomCases.AllHold(
        from coded in CodedGenerators.Any
        from damaged in CodedGenerators.Mutation(coded.Octets)
        from octets in Gen.Elements(coded.Octets, damaged)
        from pieces in CodedGenerators.Pieces
        select (coded.Coding, octets, pieces),
        value => Same(Coded.Decode(value.Coding, value.octets), Coded.Decode(value.Coding, value.octets, value.pieces)));

    [Fact]
    public void Damaged_gzip_is_refused_or_decodes_to_the_same() => RandomCases.AllHold(
        from pair in CodedGenerators.Deflated
        from damaged in CodedGenerators.Mutation(Coded.Gzip(pair.Deflate, pair.Content))
        select (pair.Content, damaged),
        value => Coded.Decode("gzip", value.damaged) is not { } decoded || Same(value.Content, decoded));

    // An Adler-32 of little content lets some damage pass: then another query was asked, and all decoders have to agree on it.
    [Fact]
    public void Damaged_deflate_is_refused_or_decodes_to_what_the_platform_reads() => RandomCases.AllHold(
        from coded in CodedGenerators.Any.Where(coded => coded.Coding is "deflate")
        from damaged in CodedGenerators.Mutation(coded.Octets)
        select damaged,
        damaged => Coded.Decode("deflate", damaged) is not { } decoded || Same(Read(damaged), decoded));

    [Fact]
    public void Neither_a_part_nor_more_than_the_whole_is_taken() => RandomCases.AllHold(
        from coded in CodedGenerators.Any
        from length in Gen.Choose(0, coded.Octets.Length - 1)
        from more in CodedGenerators.Noise(10).Where(more => more.Length > 0)
        from pieces in CodedGenerators.Pieces
        select (coded.Coding, coded.Octets, length, more, pieces),
        value => Coded.Decode(value.Coding, value.Octets.AsSpan(0, value.length), value.pieces) is null
            && Coded.Decode(value.Coding, (byte[])[.. value.Octets, .. value.more], value.pieces) is null);

    [Fact]
    public void Noise_never_throws() => RandomCases.AllHold(
        from coding in Gen.Elements(CodedGenerators.Codings)
        from noise in CodedGenerators.Noise(60)
        from headed in Gen.Elements(true, false)
        from pieces in CodedGenerators.Pieces
        select (coding, octets: headed ? [.. Header(coding), .. noise] : noise, pieces),
        value =>
        {
            Coded.Decode(value.coding, value.octets, value.pieces);
            return true;
        });

    private static byte[] Header(string coding) => coding switch
    {
        "gzip" => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3],
        _ => [0x78, 0x9C],
    };

    private static byte[] Read(byte[] coded)
    {
        using var input = new MemoryStream(coded);
        using var decoder = new ZLibStream(input, CompressionMode.Decompress);
        using var output = new MemoryStream();
        decoder.CopyTo(output);
        return output.ToArray();
    }

    private static bool Same(byte[]? one, byte[]? other) =>
        one is null ? other is null : other is not null && one.AsSpan().SequenceEqual(other);
}
