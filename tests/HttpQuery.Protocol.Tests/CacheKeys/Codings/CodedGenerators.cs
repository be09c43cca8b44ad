using System.IO.Compression;
using HttpQuery.CacheKeys.Content;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>Random contents, their codings, and ways to cut and to damage them.</summary>
internal static class CodedGenerators
{
    public static readonly string[] Codings = ["gzip", "deflate"];

    /// <summary>Short contents of every kind: empty, text, runs, noise, and what repeats what was before.</summary>
    public static Gen<byte[]> Content =>
        from parts in TextGenerators.Several(Part, 5)
        from repeated in Gen.Elements(true, false)
        let once = parts.SelectMany(part => part).ToArray()
        select repeated ? (byte[])[.. once, .. once] : once;

    /// <summary>Deflate streams with stored, fixed and dynamic blocks, one or more.</summary>
    public static Gen<(byte[] Content, byte[] Deflate)> Deflated =>
        from content in Content
        from level in Gen.Choose(0, 9)
        from strategy in Gen.Elements(Enum.GetValues<ZLibCompressionStrategy>())
        from flushEvery in Gen.Elements(5, 40, int.MaxValue)
        select (content, Coded.Deflate(content, new() { CompressionLevel = level, CompressionStrategy = strategy }, flushEvery));

    /// <summary>Content in one of the two codings.</summary>
    public static Gen<(string Coding, byte[] Content, byte[] Octets)> Any => Gen.OneOf(
        Deflated.Select(pair => ("gzip", pair.Content, Coded.Gzip(pair.Deflate, pair.Content))),
        Deflated.Select(pair => ("deflate", pair.Content, Coded.Zlib(pair.Deflate, pair.Content))));

    /// <summary>Lengths of pieces, some of them empty, but not all.</summary>
    public static Gen<int[]> Pieces =>
        from lengths in TextGenerators.Several(Gen.Choose(0, 12), 6)
        from one in Gen.Choose(1, 40)
        select (int[])[.. lengths, one];

    /// <summary>The same octets but for one, which is another, gone, or one more.</summary>
    public static Gen<byte[]> Mutation(byte[] octets) =>
        from place in Gen.Choose(0, octets.Length - 1)
        from octet in Octet
        from kind in Gen.Choose(0, 2)
        select (byte[])[.. octets.AsSpan(0, place), .. kind == 0 ? [] : new[] { octet }, .. octets.AsSpan(kind == 2 ? place : place + 1)];

    /// <summary>Octets of any value.</summary>
    public static Gen<byte[]> Noise(int most) => TextGenerators.Several(Octet, most);

    private static Gen<byte> Octet => Gen.Choose(0, 255).Select(value => (byte)value);

    private static Gen<byte[]> Part => Gen.OneOf(
        TextGenerators.Text("{}[]\":,abc0123 ", 0, 60).Select(text => text.Select(c => (byte)c).ToArray()),
        Noise(30),
        from octet in Octet
        from count in Gen.Choose(1, 400)
        select Enumerable.Repeat(octet, count).ToArray(),
        from period in Gen.Choose(2, 9)
        from count in Gen.Choose(1, 100)
        select Enumerable.Range(0, count).Select(i => (byte)(i % period)).ToArray());
}
