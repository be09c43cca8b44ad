using System.Text;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>docs/cache-key.md, section 5: br (RFC 7932).</summary>
public class BrotliContentDecoderTests
{
    [Theory]
    [InlineData("06", "")]
    [InlineData("3B", "")]
    [InlineData("0B0280616263646503", "abcde")]
    public void Known_streams_are_decoded(string hex, string text)
    {
        var coded = Convert.FromHexString(hex);
        Assert.Equal(text, Encoding.ASCII.GetString(Coded.Decode("br", coded)!));
        Assert.Equal(text, Encoding.ASCII.GetString(Coded.Decode("br", coded, 1)!));
    }

    // RFC 7932 §9.2: the bits after the end are zero.
    [Theory]
    [InlineData("46")]
    [InlineData("86")]
    [InlineData("FB")]
    public void Set_bits_after_the_end_are_refused(string hex) => Assert.Null(Coded.Decode("br", Convert.FromHexString(hex)));

    // RFC 7932 §9.1: 0010001 is no window size; other decoders take it for one above 2²⁴.
    [Theory]
    [InlineData("11")]
    [InlineData("1103")]
    [InlineData("111E03")]
    public void Large_windows_are_refused(string hex) => Assert.Null(Coded.Decode("br", Convert.FromHexString(hex)));

    [Fact]
    public void Metadata_stands_for_nothing()
    {
        // RFC 7932 §9.2: a window of 2¹⁶, then ISLAST 0, MNIBBLES 3, 0, MSKIPBYTES 1, MSKIPLEN 3 - 1, three octets, an empty last block.
        var coded = new BitWriter().Bits(0, 1).Bits(0, 1).Bits(3, 2).Bits(0, 1).Bits(1, 2).Bits(2, 8).Bits(0, 1).Octets;
        Assert.Empty(Coded.Decode("br", [.. coded, 1, 2, 3, 3])!);
        Assert.Null(Coded.Decode("br", [.. coded, 1, 2, 3]));
        Assert.Null(Coded.Decode("br", [.. coded, 1, 2, 3, 3, 3]));
    }
}
