using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Rules;

/// <summary>RFC 9111 §4.1; RFC 9110 §12.5.5: Vary.</summary>
public class VaryRulesTests
{
    private static readonly QueryCacheKey Primary = new(new byte[QueryCacheKey.Length]);

    [Theory]
    [InlineData("Foo", "foo")]
    [InlineData("Foo, bar ,\tBAZ,foo,,", "bar, baz, foo")]
    [InlineData("", "")]
    [InlineData(" , ", "")]
    [InlineData("Accept|Foo, Accept", "accept, foo")]
    public void Names_are_listed_once_in_lower_case_and_in_order(string vary, string expected)
    {
        Assert.True(VaryRules.TryParse(vary.Split('|'), out var names));
        Assert.Equal(expected, names.ToString());
    }

    [Fact]
    public void Without_vary_there_are_no_names()
    {
        Assert.True(VaryRules.TryParse(default, out var names));
        Assert.Same(HeaderNameSet.Empty, names);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("*, *")]
    [InlineData("*|*")]
    [InlineData(", *")]
    [InlineData("|*")]
    [InlineData("*, Foo")]
    [InlineData("Foo, *")]
    [InlineData("Foo Bar")]
    [InlineData("Foo;q=1")]
    [InlineData("\"Foo\"")]
    [InlineData("Fóo")]
    public void A_wildcard_or_what_is_no_name_matches_no_request(string vary)
    {
        Assert.False(VaryRules.TryParse(vary.Split('|'), out var names));
        Assert.Empty(names);
    }

    [Theory]
    [InlineData("Foo", "Foo: 1", "foo: 1", true)]
    [InlineData("Foo", "Foo: 1", "Foo: 2", false)]
    [InlineData("Foo", "Foo: a", "Foo: A", false)]
    [InlineData("Foo", "", "Foo: 1", false)]
    [InlineData("Foo", "Foo: 1", "", false)]
    [InlineData("Foo", "", "", true)]
    [InlineData("Foo", "Foo:", "", false)]
    [InlineData("Foo", "Foo: 1|Other: 2", "Foo: 1|Other: 3", true)]
    [InlineData("Foo, Bar", "Foo: 1|Bar: 2", "Bar: 2|Foo: 1", true)]
    [InlineData("Foo, Bar", "Foo: 1|Bar: 2", "Foo: 1|Bar: 3", false)]
    [InlineData("Foo, Bar", "Foo: 1", "Foo: 1", true)]
    [InlineData("Foo", "Foo: 1, 2", "Foo: 1|Foo: 2", true)]
    [InlineData("Foo", "Foo: 1 \t", "Foo:  1", true)]
    [InlineData("Foo", "Foo: 1,2", "Foo: 1, 2", true)]
    [InlineData("Foo", "Foo: \"1,2\"", "Foo: \"1, 2\"", false)]
    [InlineData("Foo", "Foo: \"1\\\",2\"", "Foo: \"1\\\", 2\"", false)]
    [InlineData("Foo", "Foo: \"1\" , 2", "Foo: \"1\",2", true)]
    [InlineData("Foo", "Foo: 1,,2", "Foo: 1, 2", false)]
    [InlineData("Cookie", "Cookie: a=1|Cookie: b=2", "Cookie: a=1, b=2", false)]
    [InlineData("Cookie", "Cookie: a=1|Cookie: b=2", "Cookie: a=1; b=2", true)]
    [InlineData("Cookie", "Cookie: a=1,b=2", "Cookie: a=1, b=2", false)]
    [InlineData("Foo", "Foo: 2|Foo: 1", "Foo: 1|Foo: 2", false)]
    [InlineData("Foo", "Foo:|Foo: 1", "Foo: 1", false)]
    [InlineData("Accept-Language", "Accept-Language: en, de", "Accept-Language: en ,\tde", true)]
    [InlineData("Accept-Language", "Accept-Language: en, de", "Accept-Language: eN, De", false)]
    [InlineData("Accept-Language", "Accept-Language: en, de", "Accept-Language: de, en", false)]
    [InlineData("Accept-Language", "Accept-Language: en; q=1", "Accept-Language: en;q=1", false)]
    [InlineData("Accept-Encoding", "Accept-Encoding: gzip,br", "Accept-Encoding: GZIP, br", false)]
    [InlineData("Accept", "Accept: a/b;x=\"1, 2\" , c/d", "Accept: a/b;x=\"1, 2\"|Accept: c/d", true)]
    [InlineData("Accept", "Accept: a/b;x=\"1, 2\"", "Accept: a/b;x=\"1,2\"", false)]
    [InlineData("Accept", "Accept: a/b;x=A", "Accept: a/b;x=a", false)]
    [InlineData("Accept", "Accept: ,", "Accept:", false)]
    public void A_request_matches_by_the_fields_named(string vary, string original, string presented, bool expected)
    {
        Assert.True(VaryRules.TryParse(vary, out var names));
        var (left, right) = (Headers(original), Headers(presented));
        Assert.Equal(expected, VaryRules.Matches(names, left, right));
        Assert.Equal(expected, VaryRules.Key(Primary, names, left) == VaryRules.Key(Primary, names, right));
    }

    [Fact]
    public void Without_names_the_key_is_the_primary_one() =>
        Assert.Equal(Primary, VaryRules.Key(Primary, HeaderNameSet.Empty, HeaderCollection.Empty));

    [Fact]
    public void Equal_lines_are_compared_without_allocating()
    {
        Assert.True(VaryRules.TryParse("Accept, Foo, Bar", out var names));
        var (left, right) = (Headers("Accept: a/b|Foo: 1|Foo: 2"), Headers("Foo: 1|Accept: a/b|Foo: 2"));
        Assert.Equal(0, Allocation.Of(() => VaryRules.Matches(names, left, right)));
    }

    [Fact]
    public void Requests_match_where_their_keys_are_equal() => RandomCases.AllHold(
        from vary in Gen.Elements("Accept", "Foo, Accept", "Accept-Language", "Foo")
        from left in Requests
        from right in Gen.OneOf(Requests, Gen.Constant(left))
        select (vary, left, right),
        random => VaryRules.TryParse(random.vary, out var names)
            && VaryRules.Matches(names, random.left, random.right)
                == (VaryRules.Key(Primary, names, random.left) == VaryRules.Key(Primary, names, random.right))
            && VaryRules.Matches(names, random.right, random.left) == VaryRules.Matches(names, random.left, random.right));

    [Fact]
    public void A_normal_value_is_normal() => RandomCases.AllHold(
        from name in Gen.Elements("Accept", "Accept-Language", "Foo")
        from lines in TextGenerators.Several(TextGenerators.NearlyField, 3)
        select (name, lines),
        random => VaryRules.Normalize(random.name, random.lines) is var once && VaryRules.Normalize(random.name, once) == once);

    private static Gen<HeaderCollection> Requests => TextGenerators.Several(
        from name in Gen.Elements("Accept", "Foo", "Accept-Language")
        from value in Gen.Elements("a", "a, b", "a,b", " b", "", "A")
        select KeyValuePair.Create(name, new StringValues(value)),
        3).Select(lines => new HeaderCollection(lines));

    private static HeaderCollection Headers(string lines) => Message.Headers(lines.Split('|', StringSplitOptions.RemoveEmptyEntries));
}
