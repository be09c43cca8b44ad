namespace HttpQuery.Protocol.Tests;

/// <summary>RFC 10008 §3: the Accept-Query field.</summary>
public class AcceptQueryTests
{
    [Theory]
    [InlineData("application/sql", "application/sql")]
    [InlineData("\"application/sql\", text/csv;header=present", "application/sql, text/csv;header=present")]
    [InlineData("\"4d/query\"", "\"4d/query\"")]
    [InlineData("*/*, Text/*", "*/*, text/*")]
    [InlineData("a/b;x=\"1 2\";y=\"z\"", "a/b;x=\"1 2\";y=z")]
    [InlineData("a/b;x=1;x=s", "a/b;x=s")]
    [InlineData("", "")]
    public void A_field_is_read_and_written_back_in_its_shortest_form(string text, string expected)
    {
        Assert.True(AcceptQuery.TryParse(text, out var value));
        Assert.Equal(expected, value.ToString());
    }

    [Theory]
    [InlineData("application")]
    [InlineData("a/b,")]
    [InlineData("a/b;x=1")]
    [InlineData("a/b;x")]
    [InlineData("(a/b)")]
    [InlineData("1")]
    [InlineData("*/json")]
    [InlineData("a/b, a/c*")]
    [InlineData("\"a/b;charset=utf-8\"")]
    [InlineData("a/b;x=s;x=1")]
    [InlineData("a/b c/d")]
    public void A_field_with_anything_wrong_is_ignored_whole(string text)
    {
        Assert.False(AcceptQuery.TryParse(text, out var value));
        Assert.Null(value);
    }

    [Fact]
    public void Matching_needs_the_parameters_of_the_member()
    {
        var value = AcceptQuery.Create("text/csv; charset=UTF-8; header=present", "application/*");
        Assert.True(value.Accepts("Text/CSV;header=\"present\";charset=\"utf-8\";x=y"));
        Assert.False(value.Accepts("text/csv;header=present"));
        Assert.False(value.Accepts("text/csv;header=Present;charset=utf-8"));
        Assert.True(value.Accepts("application/sql"));
        Assert.False(value.Accepts("application/sql, text/csv"));
    }
}
