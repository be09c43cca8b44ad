using HttpQuery.StructuredFields;

namespace HttpQuery.Protocol.Tests.StructuredFields;

/// <summary>RFC 9651 §3.3, §4.1.3, §4.2.3: Items.</summary>
public class SfItemTests
{
    private static Gen<string> Mutations => TextGenerators.Mutation(SfGenerators.Item.Select(item => item.ToString()));

    [Theory]
    [InlineData("  5;unit=ms  ", "5;unit=ms")]
    [InlineData("a;b=\"c\";d", "a;b=\"c\";d")]
    public void A_well_formed_field_is_written_back_in_canonical_form(string text, string canonical)
    {
        Assert.True(SfItem.TryParse(text, out var item));
        Assert.Equal(canonical, item.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\t1")]
    [InlineData("1\t")]
    [InlineData("1 2")]
    [InlineData("1,2")]
    [InlineData("(1)")]
    [InlineData("a=1")]
    [InlineData("{")]
    public void A_malformed_field_has_no_value(string text)
    {
        Assert.False(SfItem.TryParse(text, out var item));
        Assert.Null(item);
    }

    [Fact]
    public void Two_lines_are_malformed() => Assert.False(SfItem.TryParse(["1", "2"], out _));

    [Fact]
    public void No_lines_are_malformed() => Assert.False(SfItem.TryParse(Array.Empty<string>(), out _));

    [Fact]
    public void A_text_cut_into_two_lines_is_joined_by_a_comma()
    {
        Assert.True(SfItem.TryParse(["\"a", "b\""], out var item));
        Assert.Equal("a, b", item.Value.AsString());
    }

    [Fact]
    public void Value_and_parameters_count_for_equality()
    {
        var parameters = new SfParameters(KeyValuePair.Create("a", new SfBareItem(1)));
        Assert.Equal(new SfItem(new(5), parameters), new SfItem(new(5), parameters));
        Assert.Equal(new SfItem(new(5)), new SfItem(new(5), SfParameters.Empty));
        Assert.NotEqual(new SfItem(new(5)), new SfItem(new(5), parameters));
        Assert.NotEqual(new SfItem(new(5)), new SfItem(new(6)));
    }

    [Fact]
    public void Formatting_needs_room_for_the_whole_text()
    {
        var buffer = new char[3];
        Assert.True(new SfItem(new("x")).TryFormat(buffer, out var written));
        Assert.Equal("\"x\"", new(buffer, 0, written));
        Assert.False(new SfItem(new("xy")).TryFormat(buffer, out written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void What_was_written_is_read_back() => RandomCases.AllHold(SfGenerators.Item, IsStable);

    [Fact]
    public void A_mutation_is_malformed_or_has_a_canonical_form() =>
        RandomCases.AllHold(Mutations, IsRefusedOrStable);

    [Fact]
    public void Any_text_is_malformed_or_has_a_canonical_form() => RandomCases.AllHold(TextGenerators.NearlyField, IsRefusedOrStable);

    [Fact]
    public void The_reader_reports_the_same_item() => RandomCases.AllHold(
        Gen.OneOf(TextGenerators.NearlyField, SfGenerators.ItemText, Mutations),
        text => (SfItem.TryParse(text, out var item) ? item : null) == SfModel.Item(text));

    private static bool IsRefusedOrStable(string text) => !SfItem.TryParse(text, out var item) || IsStable(item);

    private static bool IsStable(SfItem item) => SfItem.TryParse(item.ToString(), out var again)
        && again == item && again.GetHashCode() == item.GetHashCode() && again.ToString() == item.ToString();
}
