using HttpQuery.StructuredFields;

namespace HttpQuery.Protocol.Tests.StructuredFields;

/// <summary>RFC 9651 §3.1, §4.1.1, §4.2.1: Lists.</summary>
public class SfListTests
{
    private static Gen<string> Mutations => TextGenerators.Mutation(SfGenerators.List.Select(list => list.ToString()));

    [Theory]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData(" a ", "a")]
    [InlineData("a,b", "a, b")]
    [InlineData("a \t,\t b\t", "a, b")]
    [InlineData("1, 1", "1, 1")]
    [InlineData("()", "()")]
    [InlineData("( ),(  a  b;x )", "(), (a b;x)")]
    [InlineData("(\"a\" b);q=1.0, c;d", "(\"a\" b);q=1.0, c;d")]
    [InlineData("a;x=1;y=2;x=3", "a;x=3;y=2")]
    [InlineData("a;  x", "a;x")]
    [InlineData("a;x=?1;y=?0", "a;x;y=?0")]
    public void A_well_formed_field_is_written_back_in_canonical_form(string text, string canonical)
    {
        Assert.True(SfList.TryParse(text, out var list));
        Assert.Equal(canonical, list.ToString());
    }

    [Theory]
    [InlineData("\ta")]
    [InlineData("a,")]
    [InlineData(",a")]
    [InlineData("a,,b")]
    [InlineData("a b")]
    [InlineData("(a")]
    [InlineData("(a,b)")]
    [InlineData("(a\tb)")]
    [InlineData("(a(b))")]
    [InlineData("(\"a\"\"b\")")]
    [InlineData("()a")]
    [InlineData("a ;x")]
    [InlineData("a;x =1")]
    [InlineData("a;x= 1")]
    [InlineData("a;X=1")]
    [InlineData("a;")]
    [InlineData("a;;b")]
    [InlineData("a;x=")]
    [InlineData("a;x=(1)")]
    [InlineData("é")]
    [InlineData("a\n")]
    public void A_malformed_field_has_no_value(string text)
    {
        Assert.False(SfList.TryParse(text, out var list));
        Assert.Null(list);
    }

    [Fact]
    public void Several_lines_are_one_list()
    {
        Assert.True(SfList.TryParse(["a, b", "c"], out var list));
        Assert.Equal("a, b, c", list.ToString());
    }

    [Fact]
    public void No_lines_are_an_empty_list()
    {
        Assert.True(SfList.TryParse(Array.Empty<string>(), out var list));
        Assert.Empty(list);
    }

    [Fact]
    public void An_empty_line_beside_another_is_malformed() => Assert.False(SfList.TryParse(["a", ""], out _));

    [Fact]
    public void Members_are_items_and_inner_lists()
    {
        Assert.True(SfList.TryParse("1, (2 3);x", out var list));
        Assert.Equal(2, list.Count);
        Assert.Equal(1, Assert.IsType<SfItem>(list[0]).Value.AsInteger());
        var inner = Assert.IsType<SfInnerList>(list[1]);
        Assert.Equal([2, 3], inner.Select(item => item.Value.AsInteger()));
        Assert.True(inner.Parameters["x"].AsBoolean());
    }

    [Fact]
    public void The_order_of_members_counts()
    {
        var (a, b) = (new SfItem(new("a")), new SfItem(new("b")));
        Assert.Equal(new SfList(a, b), new SfList(a, b));
        Assert.Equal(new SfList(a, b).GetHashCode(), new SfList(a, b).GetHashCode());
        Assert.NotEqual(new SfList(a, b), new SfList(b, a));
        Assert.NotEqual(new SfList(a), new SfList(a, a));
    }

    [Fact]
    public void A_null_member_is_refused() => Assert.Throws<ArgumentNullException>(() => new SfList(new SfItem(new(1)), null!));

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Formatting_needs_room_for_the_whole_text(int length, bool fits)
    {
        var buffer = new char[length];
        Assert.Equal(fits, new SfList(new SfItem(new(1)), new SfItem(new(2))).TryFormat(buffer, out var written));
        Assert.Equal(fits ? "1, 2" : "", new(buffer, 0, written));
    }

    [Fact]
    public void Formatting_allocates_nothing()
    {
        Assert.True(SfList.TryParse("a;b=1.5, (\"c\" :AQI=: @5);d, %\"%c3%bc\", -7", out var list));
        var buffer = new char[100];
        Assert.Equal(0, Allocation.Of(() => list.TryFormat(buffer, out _)));
    }

    [Fact]
    public void Long_values_are_written_whole()
    {
        var list = new SfList(new SfItem(new(new string('"', 5_000))), new SfItem(new(new byte[10_000])));
        Assert.True(SfList.TryParse(list.ToString(), out var again));
        Assert.Equal(list, again);
    }

    [Fact]
    public void What_was_written_is_read_back() => RandomCases.AllHold(SfGenerators.List, IsStable);

    [Fact]
    public void A_mutation_is_malformed_or_has_a_canonical_form() =>
        RandomCases.AllHold(Mutations, IsRefusedOrStable);

    [Fact]
    public void Any_text_is_malformed_or_has_a_canonical_form() => RandomCases.AllHold(TextGenerators.NearlyField, IsRefusedOrStable);

    [Fact]
    public void The_reader_reports_the_same_list() => RandomCases.AllHold(
        Gen.OneOf(TextGenerators.NearlyField, SfGenerators.ItemText, Mutations),
        text => (SfList.TryParse(text, out var list) ? list : null) == SfModel.List(text));

    [Fact]
    public void A_hundred_thousand_members_are_read()
    {
        var text = "a" + Hostile.Repeat(100_000, i => $",(b{i} c);d");
        Assert.Equal(100_001, SfList.TryParse(text, out var list) ? list.Count : 0);
    }

    private static bool IsRefusedOrStable(string text) => !SfList.TryParse(text, out var list) || IsStable(list);

    private static bool IsStable(SfList list) => SfList.TryParse(list.ToString(), out var again)
        && again == list && again.GetHashCode() == list.GetHashCode() && again.ToString() == list.ToString();
}
