namespace HttpQuery.Protocol.Tests.Conditions;

/// <summary>RFC 9110 §13.1.1, §13.1.2, §5.6.1: the lists of If-Match and If-None-Match.</summary>
public class EntityTagListTests
{
    private const int Many = 10_000;
    private static readonly EntityTag Strong = new("a");
    private static readonly EntityTag Weak = new("a", isWeak: true);

    [Theory]
    [InlineData("\"a\"", true, true, false, true)]
    [InlineData("W/\"a\"", false, true, false, true)]
    [InlineData("\"b\"", false, false, false, false)]
    [InlineData("\"b\", \"a\"", true, true, false, true)]
    [InlineData("\"a\",\"b\"", true, true, false, true)]
    [InlineData("\"b\" \t,\t W/\"a\" , \"c\"", false, true, false, true)]
    [InlineData("\",\\\",\"a\"", true, true, false, true)]
    [InlineData(",, \"a\" ,, ", true, true, false, true)]
    [InlineData("*", true, true, true, true)]
    [InlineData(" * ", true, true, true, true)]
    [InlineData("\"*\"", false, false, false, false)]
    [InlineData("", false, false, false, false)]
    [InlineData(" , ,", false, false, false, false)]
    public void A_tag_is_compared_with_each(string field, bool strong, bool weak, bool weakTagStrong, bool weakTagWeak)
    {
        Assert.Equal(strong, EntityTagList.Contains([field], Strong, strong: true));
        Assert.Equal(weak, EntityTagList.Contains([field], Strong, strong: false));
        Assert.Equal(weakTagStrong, EntityTagList.Contains([field], Weak, strong: true));
        Assert.Equal(weakTagWeak, EntityTagList.Contains([field], Weak, strong: false));
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("\"a\"", false)]
    [InlineData("\"\"", false)]
    public void Only_the_wildcard_names_a_representation_without_a_tag(string field, bool expected)
    {
        Assert.Equal(expected, EntityTagList.Contains([field], null, strong: true));
        Assert.Equal(expected, EntityTagList.Contains([field], null, strong: false));
    }

    [Theory]
    [InlineData("\"a\", b")]
    [InlineData("a, \"a\"")]
    [InlineData("\"a\" \"b\"")]
    [InlineData("\"a\"\"b\"")]
    [InlineData("\"a\", \"b")]
    [InlineData("\"a\", w/\"b\"")]
    [InlineData("\"a\", W/ \"b\"")]
    [InlineData("\"a\", \"b c\"")]
    [InlineData("\"a\";x")]
    [InlineData("\"a\", *")]
    [InlineData("*, \"a\"")]
    [InlineData("*, *")]
    [InlineData("**")]
    [InlineData("*/*")]
    public void A_malformed_field_contains_nothing(string field) => Assert.False(EntityTagList.Contains([field], Strong, strong: false));

    [Fact]
    public void The_lines_are_one_list()
    {
        Assert.True(EntityTagList.Contains(["\"b\"", null, "", "\"a\""], Strong, strong: true));
        Assert.True(EntityTagList.Contains(["", "*"], Strong, strong: true));
        Assert.False(EntityTagList.Contains(["\"a\"", "b"], Strong, strong: true));
        Assert.False(EntityTagList.Contains(["\"a\"", "*"], Strong, strong: true));
        Assert.False(EntityTagList.Contains([], Strong, strong: true));
    }

    [Fact]
    public void Ten_thousand_tags_are_read_without_allocating()
    {
        var field = Hostile.Repeat(Many, i => $"W/\"{i}\" , ") + "\"a\"";
        var lines = field.Split(',');
        Assert.True(EntityTagList.Contains([field], Strong, strong: true));
        Assert.True(EntityTagList.Contains(lines, Strong, strong: true));
        Assert.False(EntityTagList.Contains([field + " b"], Strong, strong: true));
        Assert.Equal(0, Allocation.Of(() => EntityTagList.Contains([field], Strong, strong: true)));
        Assert.Equal(0, Allocation.Of(() => EntityTagList.Contains(lines, Strong, strong: false)));
    }

    [Fact]
    public void A_naive_reading_finds_the_same() => RandomCases.AllHold(
        from current in Gen.OneOf(EntityTagGenerators.FewEntityTags.Select(tag => (EntityTag?)tag), Gen.Constant<EntityTag?>(null))
        from members in TextGenerators.Several(
            Gen.Frequency((8, EntityTagGenerators.FewEntityTags.Select(tag => tag.ToString())), (1, Gen.Elements("", "*", "a", "\"a"))), 5)
        from separators in Gen.Elements(",", " ,\t", "\n", ",,").ArrayOf(members.Length)
        from strong in Gen.Elements(true, false)
        select (current, members, strong, Field: string.Concat(members.Zip(separators, (member, separator) => member + separator))),
        random => EntityTagList.Contains(random.Field.Split('\n'), random.current, random.strong)
            == Naive(random.members, random.current, random.strong));

    [Fact]
    public void Any_text_is_answered() => RandomCases.AllHold(
        TextGenerators.Several(
            Gen.OneOf(TextGenerators.NearlyField, TextGenerators.Mutation(Gen.Elements("\"a\", W/\"b\"", "*", "\"a\""))), 3),
        lines => !EntityTagList.Contains(lines, Strong, strong: true) || EntityTagList.Contains(lines, Strong, strong: false));

    private static bool Naive(string[] members, EntityTag? current, bool strong)
    {
        var stated = members.Where(member => member is not "").ToList();
        if (stated is ["*"]) return true;
        var tags = stated.Select(member => EntityTag.TryParse(member, out var tag) ? tag : (EntityTag?)null).ToList();
        return current is { } one
            && tags.All(tag => tag is not null)
            && tags.Any(tag => strong ? one.StrongEquals(tag!.Value) : one.WeakEquals(tag!.Value));
    }
}
