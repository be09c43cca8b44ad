using HttpQuery.StructuredFields;

namespace HttpQuery.Protocol.Tests.StructuredFields;

/// <summary>RFC 9651 §3.3.4: Tokens.</summary>
public class SfTokenTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("*")]
    [InlineData("*/*")]
    [InlineData("application/problem+json")]
    [InlineData("Z!#$%&'*+-.^_`|~:/09")]
    public void A_token_is_its_text(string text)
    {
        Assert.Equal(text, new SfToken(text).Value);
        Assert.Equal(text, new SfToken(text).ToString());
        Assert.Equal(new SfToken(text), new SfBareItem(new SfToken(text)).AsToken());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("/a")]
    [InlineData("a b")]
    [InlineData("a\"")]
    [InlineData("ü")]
    [InlineData("a;")]
    public void Other_text_is_refused(string text) =>
        Assert.Contains($"'{text}' is not a Token", Assert.Throws<ArgumentException>(() => new SfToken(text)).Message);

    [Fact]
    public void Case_counts() => Assert.NotEqual(new SfToken("a"), new SfToken("A"));

    [Fact]
    public void The_empty_default_cannot_become_an_item()
    {
        Assert.Equal("", default(SfToken).Value);
        Assert.Throws<ArgumentException>(() => new SfBareItem(default(SfToken)));
    }
}
