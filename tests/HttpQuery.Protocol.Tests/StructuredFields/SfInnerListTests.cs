using HttpQuery.StructuredFields;

namespace HttpQuery.Protocol.Tests.StructuredFields;

/// <summary>RFC 9651 §3.1.1, §4.1.1.1, §4.2.1.2: Inner Lists.</summary>
public class SfInnerListTests
{
    private static readonly SfItem A = new(new("a"));
    private static readonly SfItem B = new(new("b"));

    [Fact]
    public void It_is_written_in_parentheses_with_its_parameters_behind()
    {
        var parameters = new SfParameters(KeyValuePair.Create("q", new SfBareItem(0.5m)));
        Assert.Equal("(\"a\" \"b\");q=0.5", new SfInnerList([A, B], parameters).ToString());
        Assert.Equal("()", new SfInnerList([]).ToString());
    }

    [Fact]
    public void Items_their_order_and_parameters_count_for_equality()
    {
        Assert.Equal(new SfInnerList([A, B]), new SfInnerList([A, B]));
        Assert.Equal(new SfInnerList([A, B]).GetHashCode(), new SfInnerList([A, B]).GetHashCode());
        Assert.NotEqual(new SfInnerList([A, B]), new SfInnerList([B, A]));
        Assert.NotEqual(new SfInnerList([A]), new SfInnerList([A], new(KeyValuePair.Create("q", new SfBareItem(1)))));
        Assert.NotEqual<SfMember>(A, new SfInnerList([A]));
    }

    [Fact]
    public void Later_changes_of_the_source_do_not_reach_it()
    {
        var source = new List<SfItem> { A };
        var list = new SfInnerList(source);
        source.Add(B);
        Assert.Equal([A], list);
    }

    [Fact]
    public void A_null_item_is_refused() => Assert.Throws<ArgumentNullException>(() => new SfInnerList([A, null!]));

    [Fact]
    public void A_hundred_thousand_items_are_read()
    {
        var text = "(" + Hostile.Repeat(100_000, _ => "a ") + ")";
        Assert.Equal(100_000, SfList.TryParse(text, out var list) ? ((SfInnerList)list[0]).Count : 0);
    }

    [Fact]
    public void A_million_opening_parentheses_are_malformed_at_the_second() =>
        Assert.False(SfList.TryParse(new string('(', 1_000_000), out _));
}
