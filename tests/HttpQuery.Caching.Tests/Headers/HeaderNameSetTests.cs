using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Headers;

/// <summary>RFC 9110 §5.1, §5.6.1: lists of field names.</summary>
public class HeaderNameSetTests
{
    [Fact]
    public void Names_are_found_in_any_case()
    {
        var names = Names("Foo, bar");
        Assert.True(names.Contains("FOO"));
        Assert.False(names.Contains("fo"));
        Assert.Equal((2, "bar", "foo"), (names.Count, names[0], names[1]));
    }

    [Fact]
    public void Lists_are_equal_by_their_names()
    {
        Assert.Equal(Names("a, B"), Names("b,A"));
        Assert.Equal(Names("a, B").GetHashCode(), Names("b,A").GetHashCode());
        Assert.NotEqual(Names("a"), Names("a, b"));
        Assert.False(Names("a").Equals(null));
    }

    private static HeaderNameSet Names(string vary) => VaryRules.TryParse(vary, out var names) ? names : throw new ArgumentException(vary);
}
