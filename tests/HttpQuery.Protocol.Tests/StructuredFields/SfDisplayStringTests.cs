using HttpQuery.StructuredFields;

namespace HttpQuery.Protocol.Tests.StructuredFields;

/// <summary>RFC 9651 §3.3.8, §4.1.11: Display Strings.</summary>
public class SfDisplayStringTests
{
    [Theory]
    [InlineData("", "%\"\"")]
    [InlineData("a \\ ~", "%\"a \\ ~\"")]
    [InlineData("\"%\"", "%\"%22%25%22\"")]
    [InlineData("\0\n\u007F", "%\"%00%0a%7f\"")]
    [InlineData("ü€", "%\"%c3%bc%e2%82%ac\"")]
    [InlineData("\U0001F600", "%\"%f0%9f%98%80\"")]
    public void What_is_not_plain_ASCII_is_escaped_as_octets_of_UTF_8(string value, string text)
    {
        Assert.Equal(text, new SfDisplayString(value).ToString());
        Assert.True(SfItem.TryParse(text, out var item));
        Assert.Equal(value, item.Value.AsDisplayString().Value);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        // No theory: attributes are stored as UTF-8, which cannot say these.
        string[] values = ["\uD83D", "\uDE00", "a\uD83Db", "\uDE00\uD83D", "\U0001F600\uD83D"];
        Assert.All(values, value =>
            Assert.Contains("surrogate", Assert.Throws<ArgumentException>(() => new SfDisplayString(value)).Message));
    }

    [Fact]
    public void The_default_is_empty() => Assert.Equal("", default(SfDisplayString).Value);
}
