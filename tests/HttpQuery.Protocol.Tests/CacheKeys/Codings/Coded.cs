using System.Buffers.Binary;
using System.IO.Compression;
using HttpQuery.CacheKeys.Codings;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>Coded content, made by the platform's encoders or by hand, and what a decoder says of it.</summary>
internal static class Coded
{
    /// <summary>An empty block that does not end the stream (RFC 1951 §3.2.4): five octets that stand for nothing.</summary>
    public static readonly byte[] EmptyBlock = [0x00, 0x00, 0x00, 0xFF, 0xFF];

    private static readonly byte[] PlainHeader = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];

    /// <summary>The coding of one of the two names in Content-Encoding, by the platform.</summary>
    public static byte[] Encode(string coding, ReadOnlySpan<byte> content, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var output = new MemoryStream();
        using (Stream encoder = coding switch
        {
            "gzip" => new GZipStream(output, level, leaveOpen: true),
            _ => new ZLibStream(output, level, leaveOpen: true),
        })
        {
            encoder.Write(content);
        }

        // For no content the platform writes nothing at all.
        if (output.Length > 0) return output.ToArray();
        return coding is "gzip" ? Gzip([0x03, 0x00], []) : Zlib([0x03, 0x00], []);
    }

    /// <summary>A bare deflate stream, by the platform; a flush after each so many octets makes more blocks.</summary>
    public static byte[] Deflate(ReadOnlySpan<byte> content, ZLibCompressionOptions? options = null, int flushEvery = int.MaxValue)
    {
        using var output = new MemoryStream();
        using (var encoder = new DeflateStream(output, options ?? new(), leaveOpen: true))
        {
            while (!content.IsEmpty)
            {
                var piece = content[..Math.Min(content.Length, flushEvery)];
                encoder.Write(piece);
                content = content[piece.Length..];
                if (!content.IsEmpty) encoder.Flush();
            }
        }

        return output.Length > 0 ? output.ToArray() : [0x03, 0x00];
    }

    /// <summary>Blocks that end with an octet and are not the last (the platform writes them at a flush).</summary>
    public static byte[] DeflateBlocks(ReadOnlySpan<byte> content)
    {
        using var output = new MemoryStream();
        using var encoder = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true);
        encoder.Write(content);
        encoder.Flush();
        return output.ToArray();
    }

    /// <summary>A gzip member around a deflate stream.</summary>
    public static byte[] Gzip(ReadOnlySpan<byte> deflate, ReadOnlySpan<byte> content, byte[]? header = null)
    {
        Span<byte> trailer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, Crc32.Append(0, content));
        BinaryPrimitives.WriteInt32LittleEndian(trailer[4..], content.Length);
        return [.. header ?? PlainHeader, .. deflate, .. trailer];
    }

    /// <summary>The zlib format around a deflate stream.</summary>
    public static byte[] Zlib(ReadOnlySpan<byte> deflate, ReadOnlySpan<byte> content, ushort header = 0x789C)
    {
        Span<byte> trailer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(trailer, Adler32.Append(Adler32.Empty, content));
        return [(byte)(header >> 8), (byte)header, .. deflate, .. trailer];
    }

    /// <summary>A decoder for one of the two names in Content-Encoding.</summary>
    public static ContentDecoder Decoder(string coding) => coding switch
    {
        "gzip" => new GzipDecoder(),
        _ => new ZlibDecoder(),
    };

    /// <summary>What was decoded, or null where the coding cannot be removed.</summary>
    public static byte[]? Decode(string coding, ReadOnlySpan<byte> coded, params ReadOnlySpan<int> pieces)
    {
        using var decoder = Decoder(coding);
        return Decode(decoder, coded, pieces);
    }

    /// <summary>The same with a decoder at hand; the lengths of the pieces are gone through again and again.</summary>
    public static byte[]? Decode(ContentDecoder decoder, ReadOnlySpan<byte> coded, params ReadOnlySpan<int> pieces)
    {
        var output = new ByteCollector();
        decoder.Start(output);
        var goesOn = true;
        for (var i = 0; !coded.IsEmpty; i++)
        {
            var length = pieces.IsEmpty ? coded.Length : Math.Min(pieces[i % pieces.Length], coded.Length);
            var taken = decoder.Append(coded[..length]);
            Assert.False(taken && !goesOn);
            goesOn = taken;
            coded = coded[length..];
        }

        var removed = decoder.Complete();
        Assert.False(removed && !goesOn);
        return removed ? output.Octets : null;
    }
}
