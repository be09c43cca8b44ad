using HttpQuery.StructuredFields;

namespace HttpQuery.Protocol.Tests.StructuredFields;

/// <summary>RFC 9651 §3.1.2, §4.1.1.2, §4.2.3.2: Parameters.</summary>
public class SfParametersTests
{
    private static readonly KeyValuePair<string, SfBareItem> A = new("a", new(1));
    private static readonly KeyValuePair<string, SfBareItem> B = new("b", new(true));

    [Fact]
    public void Each_is_written_after_a_semicolon_and_true_is_left_unsaid() =>
        Assert.Equal(";a=1;b;c=?0", new SfParameters(A, B, new("c", new(false))).ToString());

    [Fact]
    public void They_are_found_by_key_and_kept_in_order()
    {
        var parameters = new SfParameters(B, A);
        Assert.Equal(2, parameters.Count);
        Assert.Equal(["b", "a"], parameters.Keys);
        Assert.Equal([new(true), new(1)], parameters.Values);
        Assert.Equal([B, A], parameters);
        Assert.Equal(1, parameters["a"].AsInteger());
        Assert.True(parameters.ContainsKey("b"));
        Assert.True(parameters.TryGetValue("b", out var value));
        Assert.True(value.AsBoolean());
        Assert.False(parameters.TryGetValue("B", out _));
        Assert.Throws<KeyNotFoundException>(() => parameters["c"]);
    }

    [Fact]
    public void They_can_be_made_of_a_dictionary() =>
        Assert.Equal(";x=1;y=2", new SfParameters(new OrderedDictionary<string, SfBareItem> { ["x"] = new(1), ["y"] = new(2) }).ToString());

    [Fact]
    public void The_order_counts()
    {
        Assert.Equal(new SfParameters(A, B), new SfParameters(A, B));
        Assert.Equal(new SfParameters(A, B).GetHashCode(), new SfParameters(A, B).GetHashCode());
        Assert.NotEqual(new SfParameters(A, B), new SfParameters(B, A));
        Assert.NotEqual(new SfParameters(A), new SfParameters(A, B));
        Assert.Equal(SfParameters.Empty, new SfParameters());
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("0")]
    [InlineData("a=b")]
    [InlineData("ü")]
    public void A_key_that_cannot_be_written_is_refused(string key)
    {
        var parameter = KeyValuePair.Create(key, new SfBareItem(1));
        Assert.Contains($"'{key}' is not a key", Assert.Throws<ArgumentException>(() => new SfParameters(parameter)).Message);
    }

    [Fact]
    public void A_key_given_twice_is_refused() => Assert.Throws<ArgumentException>(() => new SfParameters(A, A));

    [Fact]
    public void Ten_thousand_parameters_are_read()
    {
        var text = "a" + Hostile.Repeat(10_000, i => $";k{i}");
        Assert.Equal(10_000, SfItem.TryParse(text, out var item) ? item.Parameters.Count : 0);
    }

    [Fact]
    public void One_key_a_hundred_thousand_times_keeps_its_last_value()
    {
        var text = "a;b;k=0" + Hostile.Repeat(100_000, i => $";k={i}");
        Assert.Equal(";b;k=99999", SfItem.TryParse(text, out var item) ? item.Parameters.ToString() : "");
    }

    [Fact]
    public void A_key_of_ten_thousand_characters_is_kept_whole()
    {
        var key = new string('k', 10_000);
        Assert.True(SfItem.TryParse($"a;{key}=1", out var item));
        Assert.Equal(key, Assert.Single(item.Parameters).Key);
    }
}
