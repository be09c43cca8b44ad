using HttpQuery.CacheKeys.Codings;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>Our inflater, as <see cref="PlatformInflater"/> is asked.</summary>
internal static class PushedInflater
{
    /// <summary>What a deflate stream decodes to that ends in the last octet; else null. Octet by octet it is the same.</summary>
    public static byte[]? Inflate(byte[] deflate)
    {
        var whole = Inflate(deflate, deflate.Length);
        Assert.Equal(whole, Inflate(deflate, 1));
        return whole;
    }

    private static byte[]? Inflate(ReadOnlySpan<byte> deflate, int pieceLength)
    {
        var output = new ByteCollector();
        var inflater = new Inflater(output);
        inflater.Reset();
        var status = InflateStatus.NeedsInput;
        while (status is InflateStatus.NeedsInput && !deflate.IsEmpty)
        {
            var piece = deflate[..Math.Min(pieceLength, deflate.Length)];
            deflate = deflate[piece.Length..];
            status = inflater.Inflate(ref piece);
            if (status is InflateStatus.Ended && inflater.TryTakeByte(ref piece, out _)) return null;
        }

        return status is InflateStatus.Ended && deflate.IsEmpty ? output.Octets : null;
    }
}
