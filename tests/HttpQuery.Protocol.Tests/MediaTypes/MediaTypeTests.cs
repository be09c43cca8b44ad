namespace HttpQuery.Protocol.Tests.MediaTypes;

/// <summary>RFC 9110 §8.3.1: media types as values.</summary>
public class MediaTypeTests
{
    [Theory]
    [InlineData("Text/CSV", "text/csv")]
    [InlineData("text/csv ; Header=Present ;;", "text/csv;header=Present")]
    [InlineData("text/csv;x=\"token\"", "text/csv;x=token")]
    [InlineData("text/csv;x=\"\"", "text/csv;x=\"\"")]
    [InlineData("text/csv;x=\"a b\"", "text/csv;x=\"a b\"")]
    [InlineData("text/csv;x=\"\\\"\\\\\\a\"", "text/csv;x=\"\\\"\\\\a\"")]
    [InlineData("text/csv;charset=UTF-8;charset=x", "text/csv;charset=UTF-8;charset=x")]
    public void Well_formed_text_is_written_back_in_its_shortest_form(string text, string expected)
    {
        Assert.True(MediaType.TryParse(text, out var mediaType));
        Assert.Equal(expected, mediaType.ToString());
        Assert.Equal(mediaType, MediaType.Parse(text));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("text/csv, text/plain")]
    [InlineData("text/csv;x")]
    public void Malformed_text_has_no_value(string text)
    {
        Assert.False(MediaType.TryParse(text, out var mediaType));
        Assert.Null(mediaType);
        Assert.Contains(text, Assert.Throws<FormatException>(() => MediaType.Parse(text)).Message);
    }

    [Theory]
    [InlineData("a/b", "A/B")]
    [InlineData("a/b;x=1;y=2", "a/b;y=2;x=1")]
    [InlineData("a/b;x=1", "a/b; X=\"1\"")]
    [InlineData("a/b;charset=utf-8", "a/b;charset=\"UTF-8\"")]
    [InlineData("a/b;x=1;y=2;x=3", "a/b;x=1;x=3;y=2")]
    public void Case_of_names_quotes_and_order_of_names_do_not_count(string left, string right)
    {
        Assert.Equal(MediaType.Parse(left), MediaType.Parse(right));
        Assert.Equal(MediaType.Parse(left).GetHashCode(), MediaType.Parse(right).GetHashCode());
    }

    [Theory]
    [InlineData("a/b", "a/c")]
    [InlineData("a/b", "b/b")]
    [InlineData("a/b;x=y", "a/b;x=Y")]
    [InlineData("a/b;x=1", "a/b;y=1")]
    [InlineData("a/b", "a/b;x=1")]
    [InlineData("a/b;x=1", "a/b;x=1;x=1")]
    [InlineData("a/b;x=1;x=2", "a/b;x=2;x=1")]
    [InlineData("a/b;charset=utf-8", "a/b;charset=utf-16")]
    public void Values_and_the_order_of_one_name_count(string left, string right) =>
        Assert.NotEqual(MediaType.Parse(left), MediaType.Parse(right));

    [Fact]
    public void Parameters_are_found_by_name()
    {
        var mediaType = MediaType.Parse("text/csv;Header=present;x=1;x=2");
        Assert.True(mediaType.TryGetParameter("HEADER", out var value));
        Assert.Equal("present", value);
        Assert.True(mediaType.TryGetParameter("x", out value));
        Assert.Equal("1", value);
        Assert.False(mediaType.TryGetParameter("y", out value));
        Assert.Null(value);
        Assert.Equal(["header", "x", "x"], mediaType.Parameters.Select(parameter => parameter.Name));
    }

    [Theory]
    [InlineData("a/B+Json", "json")]
    [InlineData("a/b", null)]
    [InlineData("a/b+", null)]
    public void The_suffix_follows_the_last_plus(string text, string? suffix) => Assert.Equal(suffix, MediaType.Parse(text).Suffix);

    [Theory]
    [InlineData("", "b", "type")]
    [InlineData("a/b", "c", "type")]
    [InlineData("a", "", "subtype")]
    [InlineData("a", "b;c=d", "subtype")]
    public void Names_that_are_no_tokens_are_refused(string type, string subtype, string parameterName) =>
        Assert.Equal(parameterName, Assert.Throws<ArgumentException>(() => new MediaType(type, subtype)).ParamName);

    [Fact]
    public void A_null_parameter_is_refused() =>
        Assert.Throws<ArgumentNullException>(() => new MediaType("a", "b", (MediaTypeParameter)null!));

    [Fact]
    public void What_was_written_is_read_back() => RandomCases.AllHold(MediaTypeGenerators.MediaType, mediaType =>
        MediaType.TryParse(mediaType.ToString(), out var again) && again == mediaType && again.ToString() == mediaType.ToString());

    [Fact]
    public void Every_spelling_of_a_media_type_is_equal_to_it() => RandomCases.AllHold(
        from mediaType in MediaTypeGenerators.MediaType
        from spelling in MediaTypeGenerators.Spelling(mediaType)
        select (mediaType, spelling),
        sample => MediaType.Parse(sample.spelling) is var again && again == sample.mediaType
            && again.GetHashCode() == sample.mediaType.GetHashCode());

    [Fact]
    public void A_mutation_is_malformed_or_has_a_canonical_form() => RandomCases.AllHold(
        TextGenerators.Mutation(MediaTypeGenerators.MediaType.Select(mediaType => mediaType.ToString())),
        text => !MediaType.TryParse(text, out var mediaType)
            || (MediaType.TryParse(mediaType.ToString(), out var again) && again == mediaType && again.ToString() == mediaType.ToString()));

    [Fact]
    public void Ten_thousand_parameters_are_compared()
    {
        var text = "a/b" + Hostile.Repeat(10_000, i => $";p{i}=1");
        var reversed = "a/b" + Hostile.Repeat(10_000, i => $";p{9_999 - i}=1");
        Assert.True(MediaType.Parse(text) == MediaType.Parse(reversed));
    }
}
