using System.Text;
using HttpQuery.CacheKeys.Codings;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>RFC 1950 §8.2: the checksum of zlib.</summary>
public class Adler32Tests
{
    [Theory]
    [InlineData("", 1)]
    [InlineData("a", 0x00620062)]
    [InlineData("abc", 0x024D0127)]
    [InlineData("123456789", 0x091E01DE)]
    [InlineData("Wikipedia", 0x11E60398)]
    public void Known_values_come_out(string text, uint expected) =>
        Assert.Equal(expected, Adler32.Append(Adler32.Empty, Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData(5551)]
    [InlineData(5552)]
    [InlineData(5553)]
    [InlineData(1_000_000)]
    public void The_sums_do_not_overflow(int length)
    {
        var octets = new byte[length];
        Array.Fill(octets, (byte)0xFF);

        // From the largest sums there are.
        var (first, second) = (65_520UL, 65_520UL);
        foreach (var octet in octets) (first, second) = ((first + octet) % 65_521, (second + first + octet) % 65_521);
        Assert.Equal((uint)((second << 16) | first), Adler32.Append(0xFFF0_FFF0, octets));
    }

    [Fact]
    public void The_value_does_not_depend_on_the_pieces()
    {
        var octets = Enumerable.Range(0, 12_000).Select(i => (byte)(i * 37)).ToArray();
        var whole = Adler32.Append(Adler32.Empty, octets);
        foreach (var cut in (int[])[0, 1, 5551, 5552, 5553, 11_104, 12_000])
            Assert.Equal(whole, Adler32.Append(Adler32.Append(Adler32.Empty, octets.AsSpan(0, cut)), octets.AsSpan(cut)));
    }
}
