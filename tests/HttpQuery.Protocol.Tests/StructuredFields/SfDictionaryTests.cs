using HttpQuery.StructuredFields;

namespace HttpQuery.Protocol.Tests.StructuredFields;

/// <summary>RFC 9651 §3.2, §4.1.2, §4.2.2: Dictionaries.</summary>
public class SfDictionaryTests
{
    private static Gen<string> Mutations => TextGenerators.Mutation(SfGenerators.Dictionary.Select(dictionary => dictionary.ToString()));

    [Theory]
    [InlineData("", "")]
    [InlineData("a=1", "a=1")]
    [InlineData("a=1,b=2 ,\tc=3", "a=1, b=2, c=3")]
    [InlineData("a", "a")]
    [InlineData("a=?1;x=1, b=?0", "a;x=1, b=?0")]
    [InlineData("a;x, b=(1 2);y", "a;x, b=(1 2);y")]
    [InlineData("a=1, b=2, a=3", "a=3, b=2")]
    [InlineData("a=1;x=1, a;y", "a;y")]
    [InlineData("*a_-.0=1", "*a_-.0=1")]
    public void A_well_formed_field_is_written_back_in_canonical_form(string text, string canonical)
    {
        Assert.True(SfDictionary.TryParse(text, out var dictionary));
        Assert.Equal(canonical, dictionary.ToString());
    }

    [Theory]
    [InlineData("a=1,")]
    [InlineData(",a=1")]
    [InlineData("a=1 b=2")]
    [InlineData("a =1")]
    [InlineData("a= 1")]
    [InlineData("a=")]
    [InlineData("A=1")]
    [InlineData("1=1")]
    [InlineData("-a=1")]
    [InlineData("(a)=1")]
    [InlineData("a==1")]
    [InlineData("\"a\"=1")]
    [InlineData("=1")]
    public void A_malformed_field_has_no_value(string text)
    {
        Assert.False(SfDictionary.TryParse(text, out var dictionary));
        Assert.Null(dictionary);
    }

    [Fact]
    public void Several_lines_are_one_dictionary()
    {
        Assert.True(SfDictionary.TryParse(["a=1, b=2", "a=3"], out var dictionary));
        Assert.Equal("a=3, b=2", dictionary.ToString());
    }

    [Fact]
    public void Members_are_found_by_key_and_kept_in_order()
    {
        Assert.True(SfDictionary.TryParse("b=1, a=2", out var dictionary));
        Assert.Equal(["b", "a"], dictionary.Keys);
        Assert.Equal(["b", "a"], dictionary.Select(member => member.Key));
        Assert.Equal(["1", "2"], dictionary.Values.Select(member => member.ToString()));
        Assert.True(dictionary.TryGetValue("a", out var member));
        Assert.Equal("2", member.ToString());
        Assert.Equal("1", dictionary["b"].ToString());
        Assert.True(dictionary.ContainsKey("b"));
        Assert.False(dictionary.TryGetValue("A", out _));
        Assert.Throws<KeyNotFoundException>(() => dictionary["c"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("1")]
    [InlineData("a b")]
    [InlineData("é")]
    public void A_key_that_cannot_be_written_is_refused(string key)
    {
        var members = new Dictionary<string, SfMember> { [key] = new SfItem(new(1)) };
        Assert.Contains($"'{key}' is not a key", Assert.Throws<ArgumentException>(() => new SfDictionary(members)).Message);
    }

    [Fact]
    public void A_key_given_twice_is_refused()
    {
        var member = KeyValuePair.Create<string, SfMember>("a", new SfItem(new(1)));
        Assert.Throws<ArgumentException>(() => new SfDictionary(member, member));
    }

    [Fact]
    public void A_null_member_is_refused() =>
        Assert.Throws<ArgumentNullException>(() => new SfDictionary(new KeyValuePair<string, SfMember>("a", null!)));

    [Fact]
    public void The_order_of_members_counts()
    {
        Assert.True(SfDictionary.TryParse("a=1, b=2", out var dictionary));
        Assert.True(SfDictionary.TryParse("b=2, a=1", out var reversed));
        Assert.NotEqual(dictionary, reversed);
    }

    [Fact]
    public void Formatting_needs_room_for_the_whole_text()
    {
        Assert.True(SfDictionary.TryParse("a=1, b", out var dictionary));
        var buffer = new char[6];
        Assert.True(dictionary.TryFormat(buffer, out var written));
        Assert.Equal("a=1, b", new(buffer, 0, written));
        Assert.False(dictionary.TryFormat(buffer.AsSpan(0, 5), out written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void What_was_written_is_read_back() => RandomCases.AllHold(SfGenerators.Dictionary, IsStable);

    [Fact]
    public void A_mutation_is_malformed_or_has_a_canonical_form() =>
        RandomCases.AllHold(Mutations, IsRefusedOrStable);

    [Fact]
    public void Any_text_is_malformed_or_has_a_canonical_form() => RandomCases.AllHold(TextGenerators.NearlyField, IsRefusedOrStable);

    [Fact]
    public void The_reader_reports_the_same_dictionary() => RandomCases.AllHold(
        Gen.OneOf(TextGenerators.NearlyField, SfGenerators.DictionaryText, Mutations),
        text => (SfDictionary.TryParse(text, out var dictionary) ? dictionary : null) == SfModel.Dictionary(text));

    [Fact]
    public void A_hundred_thousand_keys_are_read()
    {
        var text = "a" + Hostile.Repeat(100_000, i => $",k{i}=1");
        Assert.Equal(100_001, SfDictionary.TryParse(text, out var dictionary) ? dictionary.Count : 0);
    }

    [Fact]
    public void One_key_a_hundred_thousand_times_is_read()
    {
        var text = "a=1" + Hostile.Repeat(100_000, i => $",a={i}");
        Assert.Equal("a=99999", SfDictionary.TryParse(text, out var dictionary) ? dictionary.ToString() : "");
    }

    private static bool IsRefusedOrStable(string text) => !SfDictionary.TryParse(text, out var dictionary) || IsStable(dictionary);

    private static bool IsStable(SfDictionary dictionary) => SfDictionary.TryParse(dictionary.ToString(), out var again)
        && again == dictionary && again.GetHashCode() == dictionary.GetHashCode() && again.ToString() == dictionary.ToString();
}
