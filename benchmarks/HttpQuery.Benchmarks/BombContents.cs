using System.Buffers.Binary;
using System.IO.Compression;

namespace HttpQuery.Benchmarks;

/// <summary>Coded contents that are costly to decode. Each number gives another content, so that no memo recognizes it.</summary>
internal static class BombContents
{
    private const int Zeros = 16 << 20;
    private const int Length = 16_000;

    // RFC 1951 §3.2.7, the codes below: a literal of one bit, a copy of 258 octets of two, its distance of one.
    private const int LiteralsAbove = 13;
    private const int LiteralsBelow = 15;

    public static byte[] Brotli(int number, int window)
    {
        using var encoder = new BrotliEncoder(quality: 5, window);
        var coded = new byte[4096];
        encoder.Compress(new byte[Zeros - number], coded, out _, out var length, isFinalBlock: true);
        return coded[..length];
    }

    public static byte[] Gzip(int number) => Coded(new byte[Zeros - number], stream => new GZipStream(stream, CompressionLevel.Optimal));

    public static byte[] Deflate(int number) => Coded(new byte[Zeros - number], stream => new ZLibStream(stream, CompressionLevel.Optimal));

    /// <summary>Literals and copies in turn: as many symbols as a ratio just above 128 allows.</summary>
    public static byte[] ManySymbols(int number) => Zlib(Numbered(number).Symbols(Length, LiteralsAbove), []);

    /// <summary>The same just below the ratio, so that all of it is hashed.</summary>
    public static byte[] ManySymbolsWithin(int number)
    {
        var stream = Numbered(number).Symbols(Length, LiteralsBelow);
        return Zlib(stream, Inflated(stream));
    }

    /// <summary>Blocks that stand for nothing, then zeros that exceed the limit.</summary>
    public static byte[] BlocksThenZeros(int number, Action<DeflateWriter> block)
    {
        var zeros = Raw(new byte[160 * Length]);
        return Zlib(Blocks(number, block, Length - zeros.Length, zeros), []);
    }

    /// <summary>Blocks that stand for nothing alone: within the limit.</summary>
    public static byte[] BlocksAlone(int number, Action<DeflateWriter> block)
    {
        var stream = Blocks(number, block, Length, [3, 0]);
        return Zlib(stream, Inflated(stream));
    }

    /// <summary>A JSON string of 127 times the coded length, most of which is a file name.</summary>
    public static byte[] JsonWithin(int number)
    {
        var text = new byte[127 * Length];
        Array.Fill(text, (byte)'x');
        System.Text.Encoding.ASCII.GetBytes($"\"{number}").CopyTo(text, 0);
        text[^1] = (byte)'"';
        var gzip = Coded(text, stream => new GZipStream(stream, CompressionLevel.Optimal));
        gzip[3] = 8;
        return [.. gzip[..10], .. Enumerable.Repeat((byte)'n', Length - gzip.Length - 1), 0, .. gzip[10..]];
    }

    /// <summary>65,536 zeros: the limit of any ratio.</summary>
    public static byte[] SmallWithin(int number)
    {
        var content = new byte[65_536];
        BinaryPrimitives.WriteInt32LittleEndian(content, number);
        return Coded(content, stream => new ZLibStream(stream, CompressionLevel.Optimal));
    }

    private static DeflateWriter Numbered(int number)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(octets, number);
        return new DeflateWriter().Stored(octets);
    }

    private static byte[] Blocks(int number, Action<DeflateWriter> block, int length, byte[] end)
    {
        var writer = Numbered(number);
        while (writer.Length < length) block(writer);
        return [.. writer.Stored([]).ToArray(), .. end];
    }

    private static byte[] Zlib(byte[] stream, byte[] content)
    {
        var (a, b) = (1, 0);
        foreach (var octet in content)
        {
            a = (a + octet) % 65_521;
            b = (b + a) % 65_521;
        }

        return [0x78, 0x9C, .. stream, (byte)(b >> 8), (byte)b, (byte)(a >> 8), (byte)a];
    }

    private static byte[] Raw(byte[] content) => Coded(content, stream => new DeflateStream(stream, CompressionLevel.Optimal));

    private static byte[] Inflated(byte[] stream)
    {
        using var decoder = new DeflateStream(new MemoryStream(stream), CompressionMode.Decompress);
        using var content = new MemoryStream();
        decoder.CopyTo(content);
        return content.ToArray();
    }

    private static byte[] Coded(byte[] content, Func<Stream, Stream> coder)
    {
        using var coded = new MemoryStream();
        using (var stream = coder(coded)) stream.Write(content);
        return coded.ToArray();
    }
}
