namespace HttpQuery.Protocol.Tests;

/// <summary>RFC 10008 §3: the members of Accept-Query.</summary>
public class AcceptQueryMemberTests
{
    private static readonly MediaRange Csv = MediaRange.TryParse("text/csv", out var range) ? range : null!;

    [Theory]
    [InlineData("text/csv", true)]
    [InlineData("text/csv;x=1", true)]
    [InlineData("text/plain", false)]
    public void Without_parameters_the_range_decides(string mediaType, bool expected) =>
        AssertAccepts(new(Csv), mediaType, expected);

    [Theory]
    [InlineData("text/csv;header=present", true)]
    [InlineData("text/csv;charset=x;HEADER=\"present\"", true)]
    [InlineData("text/csv;header=present;header=present", true)]
    [InlineData("text/csv;header=present;header=absent", false)]
    [InlineData("text/csv;header=absent;header=present", false)]
    [InlineData("text/csv;header=Present", false)]
    [InlineData("text/csv;headers=present", false)]
    [InlineData("text/csv", false)]
    public void A_parameter_must_be_there_with_its_value(string mediaType, bool expected) =>
        AssertAccepts(new(Csv, new MediaTypeParameter("header", "present")), mediaType, expected);

    [Fact]
    public void All_of_the_parameters_must_be_there()
    {
        var member = new AcceptQueryMember(Csv, new("header", "present"), new("charset", "UTF-8"));
        AssertAccepts(member, "text/csv;charset=utf-8;header=present", true);
        AssertAccepts(member, "text/csv;header=present", false);
        AssertAccepts(member, "text/csv;charset=utf-8", false);
    }

    [Fact]
    public void The_order_of_parameters_does_not_count()
    {
        var member = new AcceptQueryMember(Csv, new("a", "1"), new("b", "2"));
        var reversed = new AcceptQueryMember(Csv, new("b", "2"), new("a", "1"));
        Assert.Equal(member, reversed);
        Assert.Equal(member.GetHashCode(), reversed.GetHashCode());
        Assert.NotEqual(member, new AcceptQueryMember(Csv, new MediaTypeParameter("a", "1")));
        Assert.NotEqual(member, new AcceptQueryMember(Csv, new("a", "1"), new("b", "3")));
        Assert.Equal(["a", "b"], member.Parameters.Select(parameter => parameter.Name));
    }

    [Fact]
    public void It_is_written_with_tokens_where_possible()
    {
        var member = new AcceptQueryMember(Csv, new("a", "token/too"), new("b", "1"), new("c", ""), new("d", "x\"y"));
        Assert.Equal("text/csv;a=token/too;b=\"1\";c=\"\";d=\"x\\\"y\"", member.ToString());
    }

    [Fact]
    public void A_name_given_twice_is_refused() =>
        AssertRefused("occurs twice", new MediaTypeParameter("a", "1"), new MediaTypeParameter("A", "2"));

    [Theory]
    [InlineData("1a")]
    [InlineData("a+b")]
    [InlineData("!")]
    public void A_name_that_is_no_key_is_refused(string name) => AssertRefused("not a key", new MediaTypeParameter(name, "1"));

    [Theory]
    [InlineData("\t")]
    [InlineData("é")]
    public void A_value_that_no_String_can_say_is_refused(string value) =>
        AssertRefused("printable ASCII", new MediaTypeParameter("a", value));

    private static void AssertAccepts(AcceptQueryMember member, string mediaType, bool expected)
    {
        Assert.Equal(expected, member.Accepts(MediaType.Parse(mediaType)));
        Assert.Equal(expected, new AcceptQuery(member).Accepts(mediaType));
    }

    private static void AssertRefused(string reason, params MediaTypeParameter[] parameters)
    {
        var exception = Assert.Throws<ArgumentException>(() => new AcceptQueryMember(Csv, parameters));
        Assert.Contains(reason, exception.Message);
        Assert.Equal("parameters", exception.ParamName);
    }
}
