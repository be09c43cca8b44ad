namespace HttpQuery.Protocol.Tests.MediaTypes;

/// <summary>RFC 9110 §5.6.6: parameters.</summary>
public class MediaTypeParameterTests
{
    [Theory]
    [InlineData("Name", "Value", "name=Value")]
    [InlineData("x", "", "x=\"\"")]
    [InlineData("x", "a b", "x=\"a b\"")]
    [InlineData("x", "\"\\", "x=\"\\\"\\\\\"")]
    [InlineData("x", "\té", "x=\"\té\"")]
    public void It_is_written_in_quotes_only_where_needed(string name, string value, string text)
    {
        var parameter = new MediaTypeParameter(name, value);
        Assert.Equal(text, parameter.ToString());
        Assert.Equal(value, parameter.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a=")]
    [InlineData("é")]
    public void A_name_that_is_no_token_is_refused(string name) =>
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => new MediaTypeParameter(name, "1")).ParamName);

    [Theory]
    [InlineData("\0")]
    [InlineData("a\r\nb")]
    [InlineData("\u007F")]
    public void A_value_with_a_control_character_is_refused(string value) =>
        Assert.Equal("value", Assert.Throws<ArgumentException>(() => new MediaTypeParameter("x", value)).ParamName);

    [Fact]
    public void Only_the_value_of_a_charset_compares_without_case()
    {
        Assert.Equal(new MediaTypeParameter("CHARSET", "utf-8"), new MediaTypeParameter("charset", "UTF-8"));
        Assert.Equal(
            new MediaTypeParameter("CHARSET", "utf-8").GetHashCode(), new MediaTypeParameter("charset", "UTF-8").GetHashCode());
        Assert.Equal(new MediaTypeParameter("X", "a"), new MediaTypeParameter("x", "a"));
        Assert.NotEqual(new MediaTypeParameter("x", "a"), new MediaTypeParameter("x", "A"));
        Assert.NotEqual(new MediaTypeParameter("charset", "É"), new MediaTypeParameter("charset", "é"));
    }
}
