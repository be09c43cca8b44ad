using System.Text;
using HttpQuery.CacheKeys.Codings;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>RFC 1952 §8: the checksum of gzip.</summary>
public class Crc32Tests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 0xE8B7BE43)]
    [InlineData("abc", 0x352441C2)]
    [InlineData("123456789", 0xCBF43926)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339)]
    public void Known_values_come_out(string text, uint expected) => Assert.Equal(expected, Crc32.Append(0, Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void The_value_does_not_depend_on_the_pieces()
    {
        var octets = Enumerable.Range(0, 100).Select(i => (byte)(i * 37)).ToArray();
        var whole = Crc32.Append(0, octets);
        for (var cut = 0; cut <= octets.Length; cut++)
            Assert.Equal(whole, Crc32.Append(Crc32.Append(0, octets.AsSpan(0, cut)), octets.AsSpan(cut)));
    }
}
