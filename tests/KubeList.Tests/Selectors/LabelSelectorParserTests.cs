using KubeList.Selectors;
using KubeList.Store;

namespace KubeList.Tests.Selectors;

/// <summary>The text form of label selectors (section 4 of the list API).</summary>
public class LabelSelectorParserTests
{
    // Labels as "key=value key=value".
    [Theory]
    [InlineData("", "", true)]
    [InlineData(" \t", "a=1", true)]
    [InlineData("a", "a=1", true)]
    [InlineData("a", "b=1", false)]
    [InlineData("!a", "b=1", true)]
    [InlineData("!a", "a=", false)]
    [InlineData("! a", "a=", false)]
    [InlineData("a=1", "a=1", true)]
    [InlineData("a=1", "a=2", false)]
    [InlineData("a=1", "b=1", false)]
    [InlineData("a==1", "a=1", true)]
    [InlineData(" a\t==\r\n1 ", "a=1", true)]
    [InlineData("a=", "a=", true)]
    [InlineData("a=", "b=", false)]
    [InlineData("a=,b", "a= b=2", true)]
    [InlineData("a!=1", "a=2", true)]
    [InlineData("a!=1", "a=1", false)]
    [InlineData("a!=1", "b=1", true)]
    [InlineData("a!=", "b=1", true)]
    [InlineData("a!=", "a=", false)]
    [InlineData("a in (1,2)", "a=2", true)]
    [InlineData("a in (1,2)", "a=3", false)]
    [InlineData("a in (1,2)", "b=1", false)]
    [InlineData("a in(1)", "a=1", true)]
    [InlineData("a in ( 1 , 2 )", "a=2", true)]
    [InlineData("a notin (1,2)", "a=3", true)]
    [InlineData("a notin (1,2)", "a=1", false)]
    [InlineData("a notin (1,2)", "b=1", true)]
    [InlineData("x in ()", "x=", true)]
    [InlineData("x in ()", "x=a", false)]
    [InlineData("x notin ()", "x=", false)]
    [InlineData("x in (foo,,baz)", "x=", true)]
    [InlineData("x in (foo,,baz)", "x=baz", true)]
    [InlineData("x in (foo,,baz)", "x=bar", false)]
    [InlineData("x in (,)", "x=", true)]
    [InlineData("x in (a,)", "x=", true)]
    [InlineData("x in (,a)", "x=", true)]
    [InlineData("x in (,,a,,)", "x=a", true)]
    [InlineData("in", "in=1", true)]
    [InlineData("!in", "a=1", true)]
    [InlineData("in in (in)", "in=in", true)]
    [InlineData("in in (in)", "in=notin", false)]
    [InlineData("notin notin (notin)", "notin=in", true)]
    [InlineData("in=notin", "in=notin", true)]
    [InlineData("a=in", "a=in", true)]
    [InlineData("a>1", "a=2", true)]
    [InlineData("a>1", "a=1", false)]
    [InlineData("a>1", "b=2", false)]
    [InlineData("a>1", "a=x", false)]
    [InlineData("a < 10", "a=9", true)]
    [InlineData("a < 10", "a=10", false)]
    [InlineData("a<10", "a=-5", true)]
    [InlineData("a>9", "a=010", true)]
    [InlineData("a>9223372036854775806", "a=9223372036854775807", true)]
    [InlineData("a>1", "a=9223372036854775808", false)]
    [InlineData("a=1,b=2", "a=1 b=2", true)]
    [InlineData("a=1,b=2", "a=1 b=3", false)]
    [InlineData("a=1,a=2", "a=1", false)]
    [InlineData("app.kubernetes.io/name=x", "app.kubernetes.io/name=x", true)]
    [InlineData("A_b.C-d=E_f.G-h", "A_b.C-d=E_f.G-h", true)]
    [InlineData("a=A", "a=a", false)]
    [InlineData("A", "a=1", false)]
    public void A_selector_selects_what_it_says(string text, string labels, bool expected)
    {
        Assert.True(LabelSelectorParser.TryParse(text, Unlimited(), out var selector, out var problem), problem);
        Assert.Equal(expected, selector.Matches(Labels(labels)));
    }

    [Theory]
    [InlineData(",", "found ','")]
    [InlineData("a,", "found ''")]
    [InlineData(",a", "found ','")]
    [InlineData("a,,b", "found ','")]
    [InlineData("a b", "found 'b'")]
    [InlineData("!", "found ''")]
    [InlineData("!!a", "found '!'")]
    [InlineData("!a=b", "found '='")]
    [InlineData("a!", "found '!'")]
    [InlineData("=b", "found '='")]
    [InlineData("a===b", "found '='")]
    [InlineData("a=!b", "found '!'")]
    [InlineData("a=b c", "found 'c'")]
    [InlineData("a=(b)", "found '('")]
    [InlineData("a=b)", "found ')'")]
    [InlineData("a in b", "found 'b', expected: '('")]
    [InlineData("a in", "found '', expected: '('")]
    [InlineData("a in (", "found '', expected: ',' or ')'")]
    [InlineData("a in (b", "found ''")]
    [InlineData("a in (b c)", "found 'c'")]
    [InlineData("a in (b)) ", "found ')'")]
    [InlineData("a in ((b))", "found '('")]
    [InlineData("a in in (b)", "found 'in'")]
    [InlineData("a In (b)", "found 'In'")]
    [InlineData("a>=5", "found '='")]
    [InlineData("a<>5", "found '>'")]
    [InlineData("(a)", "found '('")]
    [InlineData("a>", "compare with an integer")]
    [InlineData("a>x", "compare with an integer")]
    [InlineData("a>1.5", "compare with an integer")]
    [InlineData("a>9223372036854775808", "compare with an integer")]
    [InlineData("a>-1", "label value")]
    [InlineData("a=-b", "label value")]
    [InlineData("a=b_", "label value")]
    [InlineData("a=b/c", "label value")]
    [InlineData("a=\"b\"", "label value")]
    [InlineData("a=ä", "label value")]
    [InlineData("a=\0", "label value")]
    [InlineData("-a", "name part")]
    [InlineData("a/", "name part")]
    [InlineData("/a", "prefix part")]
    [InlineData("a/b/c", "at most one slash")]
    [InlineData("A/b", "DNS subdomain")]
    [InlineData("a..b/c", "DNS subdomain")]
    [InlineData("-a/b", "DNS subdomain")]
    [InlineData("a_b/c", "DNS subdomain")]
    public void A_malformed_selector_is_refused_with_what_was_found(string text, string problem)
    {
        Assert.False(LabelSelectorParser.TryParse(text, Unlimited(), out var selector, out var told));
        Assert.Null(selector);
        Assert.StartsWith("unable to parse requirement: ", told, StringComparison.Ordinal);
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Names_and_values_have_at_most_63_characters(int length, bool accepted)
    {
        var word = new string('a', length);
        Assert.Equal(accepted, Parses(word));
        Assert.Equal(accepted, Parses($"a={word}"));
        Assert.Equal(accepted, Parses($"x.io/{word}"));
    }

    [Theory]
    [InlineData(253, true)]
    [InlineData(254, false)]
    public void Prefixes_have_at_most_253_characters(int length, bool accepted) =>
        Assert.Equal(accepted, Parses(new string('a', length) + "/b"));

    [Fact]
    public void What_is_repeated_of_a_huge_word_is_short()
    {
        Assert.False(LabelSelectorParser.TryParse("a b" + new string('c', 1_000_000), Unlimited(), out _, out var problem));
        Assert.InRange(problem.Length, 1, 300);
    }

    [Fact]
    public void Values_are_counted_while_they_are_read()
    {
        Assert.True(LabelSelectorParser.TryParse("a in (1,1),b=2", new SelectorBudget(3, 2), out _, out _));
        Assert.False(LabelSelectorParser.TryParse("a in (1,1),b=2", new SelectorBudget(2, 2), out _, out var values));
        Assert.Equal("the selectors have more than 2 values", values);
        Assert.False(LabelSelectorParser.TryParse("a in (1,1),b=2", new SelectorBudget(3, 1), out _, out var requirements));
        Assert.Equal("the selectors have more than 1 requirements", requirements);
    }

    internal static SelectorBudget Unlimited() => new(int.MaxValue - 1, int.MaxValue - 1);

    internal static LabelSet Labels(string text) => new(
    [
        .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(label => label.Split('='))
            .Select(parts => new KeyValuePair<string, string>(parts[0], parts[1])),
    ]);

    private static bool Parses(string text) => LabelSelectorParser.TryParse(text, Unlimited(), out _, out _);
}
