namespace HttpQuery.Protocol.Tests.Conditions;

/// <summary>RFC 9110 §8.8.3: entity tags.</summary>
public class EntityTagTests
{
    [Theory]
    [InlineData("\"abc\"", "abc", false)]
    [InlineData("W/\"abc\"", "abc", true)]
    [InlineData(" \t\"abc\" ", "abc", false)]
    [InlineData("\"\"", "", false)]
    [InlineData("W/\"\"", "", true)]
    [InlineData("\"W/\"", "W/", false)]
    [InlineData("\"a,b\\*!#~\u0080ÿ\"", "a,b\\*!#~\u0080ÿ", false)]
    public void A_tag_has_opaque_text_and_may_be_weak(string text, string value, bool isWeak)
    {
        Assert.True(EntityTag.TryParse(text, out var entityTag));
        Assert.Equal((value, isWeak), (entityTag.Value, entityTag.IsWeak));
        Assert.Equal(new(value, isWeak), entityTag);
        Assert.Equal(text.Trim(), entityTag.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("abc")]
    [InlineData("\"")]
    [InlineData("\"abc")]
    [InlineData("abc\"")]
    [InlineData("'abc'")]
    [InlineData("*")]
    [InlineData("W")]
    [InlineData("W/")]
    [InlineData("W/\"")]
    [InlineData("W/abc")]
    [InlineData("w/\"abc\"")]
    [InlineData("W\"abc\"")]
    [InlineData("W/ \"abc\"")]
    [InlineData("\"a b\"")]
    [InlineData("\"a\"b\"")]
    [InlineData("\"a\\\"b\"")]
    [InlineData("\"a\", \"b\"")]
    [InlineData("\"a\u007F\"")]
    [InlineData("\"\u0001\"")]
    [InlineData("\"\u0100\"")]
    public void Other_text_is_malformed(string text)
    {
        Assert.False(EntityTag.TryParse(text, out var entityTag));
        Assert.Equal(default, entityTag);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("\"")]
    [InlineData("\t")]
    [InlineData("\u007F")]
    [InlineData("\u0100")]
    public void Text_that_no_tag_can_have_is_refused(string value) => Assert.Throws<ArgumentException>(() => new EntityTag(value));

    [Fact]
    public void There_must_be_text() => Assert.Throws<ArgumentNullException>(() => new EntityTag(null!));

    [Fact]
    public void The_default_is_the_strong_tag_of_no_text()
    {
        Assert.Equal("", default(EntityTag).Value);
        Assert.Equal("\"\"", default(EntityTag).ToString());
        Assert.Equal(default, new EntityTag(""));
    }

    // The table of RFC 9110 §8.8.3.2.
    [Theory]
    [InlineData("W/\"1\"", "W/\"1\"", false, true)]
    [InlineData("W/\"1\"", "W/\"2\"", false, false)]
    [InlineData("W/\"1\"", "\"1\"", false, true)]
    [InlineData("\"1\"", "W/\"1\"", false, true)]
    [InlineData("\"1\"", "\"1\"", true, true)]
    [InlineData("\"a\"", "\"A\"", false, false)]
    public void Only_strong_tags_are_strongly_equal(string left, string right, bool strong, bool weak)
    {
        Assert.Equal(strong, Parse(left).StrongEquals(Parse(right)));
        Assert.Equal(weak, Parse(left).WeakEquals(Parse(right)));
        Assert.Equal(left == right, Parse(left) == Parse(right));
    }

    [Fact]
    public void What_is_written_is_read_again() => RandomCases.AllHold(
        EntityTagGenerators.EntityTag,
        entityTag => EntityTag.TryParse(entityTag.ToString(), out var read) && read == entityTag);

    [Fact]
    public void What_is_read_is_written_again() => RandomCases.AllHold(
        Gen.OneOf(TextGenerators.NearlyField, TextGenerators.Mutation(EntityTagGenerators.EntityTag.Select(tag => tag.ToString()))),
        text => !EntityTag.TryParse(text, out var entityTag) || entityTag.ToString() == text.Trim(' ', '\t'));

    private static EntityTag Parse(string text)
    {
        Assert.True(EntityTag.TryParse(text, out var entityTag));
        return entityTag;
    }
}
