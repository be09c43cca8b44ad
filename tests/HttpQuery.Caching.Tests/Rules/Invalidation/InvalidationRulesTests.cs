using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Rules;

/// <summary>RFC 9111 §4.4; RFC 9875: what an unsafe request makes unusable.</summary>
public class InvalidationRulesTests
{
    private static readonly Uri Target = new("https://a.test/rfcs/index?x=1");

    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    [InlineData("OPTIONS", true)]
    [InlineData("TRACE", true)]
    [InlineData("QUERY", true)]
    [InlineData("PROPFIND", true)]
    [InlineData("REPORT", true)]
    [InlineData("SEARCH", true)]
    [InlineData("query", false)]
    [InlineData("Get", false)]
    [InlineData("POST", false)]
    [InlineData("PUT", false)]
    [InlineData("PATCH", false)]
    [InlineData("DELETE", false)]
    [InlineData("M-SEARCH", false)]
    [InlineData("", false)]
    public void Methods_of_unknown_safety_are_unsafe(string method, bool isSafe)
    {
        Assert.Equal(isSafe, InvalidationRules.IsSafe(method));
        Assert.Equal(!isSafe, InvalidationRules.Invalidates(method, 204));
        Assert.Equal(isSafe ? 0 : 1, InvalidationRules.Targets(method, 200, Target, HeaderCollection.Empty).Count);
    }

    [Theory]
    [InlineData(199, false)]
    [InlineData(200, true)]
    [InlineData(303, true)]
    [InlineData(399, true)]
    [InlineData(400, false)]
    [InlineData(500, false)]
    public void An_answer_that_is_no_error_invalidates(int status, bool expected) =>
        Assert.Equal(expected, InvalidationRules.Invalidates("POST", status));

    [Theory]
    [InlineData("", "")]
    [InlineData("Location: /other", "https://a.test/other")]
    [InlineData("Location: other?y=%2F", "https://a.test/rfcs/other?y=%2F")]
    [InlineData("Location: ?y", "https://a.test/rfcs/index?y")]
    [InlineData("Location: HTTPS://A.test:443/other#part", "https://a.test/other")]
    [InlineData("Content-Location: https://u:p@a.test/other", "https://a.test/other")]
    [InlineData("Content-Location: https://@a.test/other", "https://a.test/other")]
    [InlineData("Location: /l|Content-Location: /c", "https://a.test/l https://a.test/c")]
    [InlineData("Location: /l|Content-Location: /l", "https://a.test/l")]
    [InlineData("Location: /rfcs/index?x=1", "")]
    [InlineData("Location: //b.test/other", "")]
    [InlineData("Location: http://a.test/other", "")]
    [InlineData("Location: https://a.test:8443/other", "")]
    [InlineData("Location: https://b.test/other", "")]
    [InlineData("Location: https://a.test.evil.test/other", "")]
    [InlineData("Location: mailto:a@a.test", "")]
    [InlineData("Location: file:///other", "")]
    [InlineData("Location: http://[", "")]
    public void Other_uris_of_the_origin_are_invalidated_too(string fields, string others) => Assert.Equal(
        $"{Target} {others}".TrimEnd(),
        string.Join(' ', InvalidationRules.Targets("POST", 201, Target, Headers(fields)).Select(uri => uri.AbsoluteUri)));

    [Fact]
    public void The_target_is_bare() => Assert.Equal(
        [new Uri("http://a.test/b?c")],
        InvalidationRules.Targets("PUT", 200, new("http://u@a.test:80/b?c#d"), HeaderCollection.Empty));

    [Fact]
    public void A_relative_target_is_refused() => Assert.Throws<ArgumentException>(
        () => InvalidationRules.Targets("PUT", 200, new("/b", UriKind.Relative), HeaderCollection.Empty));

    [Theory]
    [InlineData("\"a\"", "a")]
    [InlineData("\"a\", \"B\";x=1, \"a\"", "a|B")]
    [InlineData("\"a b\", \"\\\"\"", "a b|\"")]
    [InlineData("a", "")]
    [InlineData("\"a\", b", "")]
    [InlineData("\"a\", (\"b\")", "")]
    [InlineData("\"a\",", "")]
    [InlineData("\"a", "")]
    [InlineData("", "")]
    public void Groups_are_a_list_of_strings_or_none(string field, string expected)
    {
        var fields = Message.Headers($"Cache-Groups: {field}", $"Cache-Group-Invalidation: {field}");
        Assert.Equal(expected, string.Join('|', InvalidationRules.Groups(fields)));
        Assert.Equal(expected, string.Join('|', InvalidationRules.InvalidatedGroups("POST", fields)));
        Assert.Empty(InvalidationRules.InvalidatedGroups("QUERY", fields));
    }

    [Fact]
    public void Many_long_groups_on_several_lines_are_one_list()
    {
        var groups = Enumerable.Range(0, 64).Select(i => $"{i:00}{new string('g', 30)}").ToArray();
        var fields = new HeaderCollection(
            KeyValuePair.Create("Cache-Groups", new StringValues([.. groups.Select(group => $"\"{group}\"")])));
        Assert.Equal(groups, InvalidationRules.Groups(fields));
        Assert.Empty(InvalidationRules.Groups(HeaderCollection.Empty));
    }

    [Fact]
    public void A_million_octets_of_groups_are_read_once()
    {
        var groups = Enumerable.Range(0, 200_000).Select(i => $"{i}").ToArray();
        var field = string.Join(',', groups.Select(group => $"\"{group}\""));
        Assert.Equal(groups, InvalidationRules.Groups(new HeaderCollection(KeyValuePair.Create("Cache-Groups", new StringValues($"{field},{field}")))));
    }

    [Fact]
    public void A_location_that_comes_twice_is_one_target() => Assert.Equal(
        [Target, new Uri("https://a.test/b"), new Uri("https://a.test/c")],
        InvalidationRules.Targets("DELETE", 200, Target, new HeaderCollection(KeyValuePair.Create("Location", new StringValues(["/b", "/c#d", "/b", "/c"])))));

    [Fact]
    public void Any_location_is_answered_and_no_other_origin_is_touched() => RandomCases.AllHold(
        Gen.OneOf(
            TextGenerators.NearlyField,
            TextGenerators.Mutation(
                Gen.Elements("https://a.test/b", "//a.test/b", "/b", "../b", "https://b.test/", "\\\\b.test\\c", "a:b"))),
        text => InvalidationRules.Targets("DELETE", 200, Target, new HeaderCollection(KeyValuePair.Create("Location", new StringValues(text))))
            .All(uri => uri.GetLeftPart(UriPartial.Authority) is "https://a.test"));

    private static HeaderCollection Headers(string lines) => Message.Headers(lines.Split('|', StringSplitOptions.RemoveEmptyEntries));
}
