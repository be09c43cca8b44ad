namespace HttpQuery.Protocol.Tests;

/// <summary>RFC 10008 §3: the media ranges of Accept-Query.</summary>
public class MediaRangeTests
{
    [Theory]
    [InlineData("Application/SQL", "application", "sql")]
    [InlineData("application/*", "application", "*")]
    [InlineData("*/*", "*", "*")]
    [InlineData("4d/query", "4d", "query")]
    [InlineData("a/b+c.d!#$&-^_", "a", "b+c.d!#$&-^_")]
    public void A_range_has_a_type_and_a_subtype_in_lower_case(string text, string type, string subtype)
    {
        Assert.True(MediaRange.TryParse(text, out var range));
        Assert.Equal((type, subtype), (range.Type, range.Subtype));
        Assert.Equal(text.ToLowerInvariant(), range.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("a")]
    [InlineData("a/")]
    [InlineData("/a")]
    [InlineData("/")]
    [InlineData("a/b/c")]
    [InlineData(" a/b")]
    [InlineData("a/b ")]
    [InlineData("a/b;c=d")]
    [InlineData("a:b/c")]
    [InlineData("é/b")]
    public void Other_text_is_malformed(string text)
    {
        Assert.False(MediaRange.TryParse(text, out var range));
        Assert.Null(range);
    }

    [Theory]
    [InlineData("*/json")]
    public void A_wildcard_type_with_a_named_subtype_is_malformed(string text) => Assert.False(MediaRange.TryParse(text, out _));

    [Theory]
    [InlineData("a*/b")]
    [InlineData("a/b*")]
    [InlineData("a/**")]
    [InlineData("a*/*")]
    public void A_wildcard_within_a_name_is_malformed(string text) => Assert.False(MediaRange.TryParse(text, out _));

    [Theory]
    [InlineData("*/*", "a/b", true)]
    [InlineData("*/*", "a/*", true)]
    [InlineData("*/*", "*/*", true)]
    [InlineData("a/*", "a/b", true)]
    [InlineData("a/*", "a/*", true)]
    [InlineData("a/*", "b/b", false)]
    [InlineData("a/*", "*/*", false)]
    [InlineData("a/b", "A/B", true)]
    [InlineData("a/b", "a/c", false)]
    [InlineData("a/b", "a/*", false)]
    public void A_range_includes_the_narrower_ones(string wide, string narrow, bool expected) =>
        Assert.Equal(expected, Parse(wide).Includes(Parse(narrow)));

    [Theory]
    [InlineData("text/*", "Text/CSV;header=present", true)]
    [InlineData("text/csv", "text/csv;header=present", true)]
    [InlineData("text/csv", "text/plain", false)]
    [InlineData("application/json", "application/problem+json", false)]
    public void A_range_includes_media_types_whatever_their_parameters(string range, string mediaType, bool expected) =>
        Assert.Equal(expected, Parse(range).Includes(MediaType.Parse(mediaType)));

    [Fact]
    public void Case_does_not_count()
    {
        Assert.Equal(Parse("a/b"), Parse("A/B"));
        Assert.NotEqual(Parse("a/b"), Parse("a/*"));
    }

    private static MediaRange Parse(string text)
    {
        Assert.True(MediaRange.TryParse(text, out var range));
        return range;
    }
}
