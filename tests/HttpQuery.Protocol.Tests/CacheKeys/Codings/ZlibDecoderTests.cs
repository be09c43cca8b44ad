namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>docs/cache-key.md, section 5: deflate, which is the zlib format (RFC 1950).</summary>
public class ZlibDecoderTests
{
    private static readonly byte[] Content = "{\"a\":[1,1,1,1,1,1,1,1]}"u8.ToArray();
    private static readonly byte[] Deflate = Coded.Deflate(Content);

    [Fact]
    public void Of_all_headers_those_of_RFC_1950_without_a_dictionary_are_taken()
    {
        // Eight windows and four levels: one checksum makes each of them divide by 31.
        var taken = 0;
        for (var header = 0; header <= ushort.MaxValue; header++)
        {
            var (window, method, dictionary) = (header >> 12, (header >> 8) & 15, (header >> 5) & 1);
            var expected = method == 8 && window <= 7 && dictionary == 0 && header % 31 == 0;
            Assert.Equal(expected, Coded.Decode("deflate", Coded.Zlib(Deflate, Content, (ushort)header)) is not null);
            taken += expected ? 1 : 0;
        }

        Assert.InRange(taken, 32, 40);
    }

    [Fact]
    public void A_bare_deflate_stream_is_refused() => Assert.Null(Coded.Decode("deflate", Deflate));

    [Fact]
    public void A_preset_dictionary_is_refused() =>
        Assert.Null(Coded.Decode("deflate", Coded.Zlib([0, 0, 0, 1, .. Deflate], Content, 0x78BB)));

    [Fact]
    public void The_window_of_the_header_does_not_bound_distances()
    {
        var random = new byte[30_000];
        new Random(6).NextBytes(random);
        byte[] content = [.. random, .. random];
        Assert.Equal(content, Coded.Decode("deflate", Coded.Zlib(Coded.Deflate(content), content, 0x081D)));
    }

    [Fact]
    public void Each_bit_of_the_trailer_counts()
    {
        var coded = Coded.Zlib(Deflate, Content);
        for (var bit = 0; bit < 32; bit++)
        {
            var damaged = (byte[])coded.Clone();
            damaged[^(1 + (bit / 8))] ^= (byte)(1 << (bit % 8));
            Assert.Null(Coded.Decode("deflate", damaged));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    [InlineData(new byte[] { 3, 0 })]
    public void Octets_between_the_stream_and_the_trailer_are_refused(byte[] between) =>
        Assert.Null(Coded.Decode("deflate", Coded.Zlib([.. Deflate, .. between], Content)));
}
