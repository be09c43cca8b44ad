using FsCheck;
using FsCheck.Fluent;
using KubeList.Selectors;
using KubeList.Store;

namespace KubeList.Tests.Selectors;

/// <summary>Selectors over random input: no text breaks the parsers, and what they select is what a simple model selects.</summary>
public class SelectorPropertyTests
{
    private static readonly string[] Keys = ["a", "in", "notin", "x.io/b", "C_c"];
    private static readonly string[] Values = ["", "a", "in", "notin", "0", "1", "10", "007", "Z.z"];
    private static readonly string[] Operators = ["exists", "absent", "=", "==", "!=", "in", "notin", ">", "<"];
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(TestScale.Cases);

    private static readonly Gen<Requirement> RequirementGen =
        from key in Gen.Elements(Keys)
        from comparison in Gen.Elements(Operators)
        from values in Gen.Elements(Values).NonEmptyListOf()
        from bound in Gen.Choose(0, 12)
        select new Requirement(key, comparison, comparison is ">" or "<" ? [$"{bound}"] : [.. values]);

    private static readonly Gen<Dictionary<string, string>> LabelsGen =
        from keys in Gen.SubListOf(Keys)
        from values in Gen.Elements(Values).ArrayOf(Keys.Length)
        select keys.Select((key, i) => (key, values[i])).ToDictionary(pair => pair.key, pair => pair.Item2);

    [Fact]
    public void Random_text_never_breaks_the_label_parser() => Prop.ForAll(RandomText("ain!=<>(), \t/.-_9\0é\ud83d"), text =>
    {
        var parsed = LabelSelectorParser.TryParse(text, LabelSelectorParserTests.Unlimited(), out var selector, out var problem);
        Assert.Equal(parsed, selector is not null);
        Assert.Equal(!parsed, problem is not null);
    }).Check(Config);

    [Fact]
    public void Random_text_never_breaks_the_field_parser() => Prop.ForAll(RandomText(@"=!,\ab.é"), text =>
    {
        var parsed = FieldSelectorParser.TryParse(
            "metadata.name" + text, ResourceKind.Pods, LabelSelectorParserTests.Unlimited(), out var selector, out var problem);
        Assert.Equal(parsed, selector is not null);
        Assert.Equal(!parsed, problem is not null);
    }).Check(Config);

    [Fact]
    public void A_label_selector_selects_what_a_simple_model_selects() => Prop.ForAll(
        RequirementGen.ListOf().ToArbitrary(), LabelsGen.ToArbitrary(), (requirements, labels) =>
        {
            var text = string.Join(',', requirements.Select(requirement => requirement.Text));
            Assert.True(LabelSelectorParser.TryParse(text, LabelSelectorParserTests.Unlimited(), out var selector, out var problem), problem);
            Assert.Equal(requirements.All(requirement => requirement.Selects(labels)), selector.Matches(new([.. labels])));
        }).Check(Config);

    [Fact]
    public void A_field_value_comes_back_from_its_escaped_form() => Prop.ForAll(
        Gen.Elements('=', ',', '\\', '!', 'a', ' ', 'é').ListOf().ToArbitrary(), letters =>
        {
            var value = string.Concat(letters);
            var escaped = value.Replace(@"\", @"\\", StringComparison.Ordinal)
                .Replace(",", @"\,", StringComparison.Ordinal).Replace("=", @"\=", StringComparison.Ordinal);
            var text = $"metadata.name={escaped},metadata.name!=b";
            var budget = LabelSelectorParserTests.Unlimited();
            Assert.True(FieldSelectorParser.TryParse(text, ResourceKind.Pods, budget, out var selector, out var problem), problem);
            Assert.Equal([value], selector.Requirements[0].Values.Distinct);
            Assert.Equal(2, selector.Requirements.Count);
        }).Check(Config);

    [Fact]
    public void Selectors_that_differ_only_in_spelling_have_one_digest() => Prop.ForAll(
        RequirementGen.NonEmptyListOf().ToArbitrary(), requirements =>
        {
            // Backwards, with every set of values given once more, backwards too and with a value twice.
            var sets = requirements.Where(requirement => requirement.IsSet)
                .Select(requirement => requirement with { Values = [.. Enumerable.Reverse(requirement.Values), requirement.Values[^1]] });
            Assert.Equal(Digest(requirements), Digest(sets.Concat(Enumerable.Reverse(requirements))));
        }).Check(Config);

    private static byte[] Digest(IEnumerable<Requirement> requirements)
    {
        var text = string.Join(" , ", requirements.Select(requirement => requirement.Text));
        Assert.True(LabelSelectorParser.TryParse(text, LabelSelectorParserTests.Unlimited(), out var selector, out var problem), problem);
        return SelectorDigest.OfQuery(["pods"], selector, FieldSelector.Everything);
    }

    // Letters that mean something to the grammar come together far more often than in any text.
    private static Arbitrary<string> RandomText(string letters) =>
        Gen.OneOf(
            Gen.Elements(letters.ToCharArray()).ListOf().Select(list => string.Concat(list)),
            ArbMap.Default.ArbFor<string>().Generator.Select(text => text ?? "")).ToArbitrary();

    /// <summary>One requirement, written as text and evaluated the slow and plain way.</summary>
    private sealed record Requirement(string Key, string Comparison, string[] Values)
    {
        public bool IsSet => Comparison is "in" or "notin";

        public string Text => Comparison switch
        {
            "exists" => Key,
            "absent" => "!" + Key,
            "in" or "notin" => $"{Key} {Comparison} ({string.Join(',', Values)})",
            _ => Key + Comparison + Values[0],
        };

        public bool Selects(Dictionary<string, string> labels)
        {
            if (!labels.TryGetValue(Key, out var value)) return Comparison is "absent" or "!=" or "notin";
            return Comparison switch
            {
                "exists" => true,
                "absent" => false,
                "=" or "==" => value == Values[0],
                "!=" => value != Values[0],
                "in" => Values.Contains(value),
                "notin" => !Values.Contains(value),
                ">" => long.TryParse(value, out var number) && number > long.Parse(Values[0], null),
                _ => long.TryParse(value, out var number) && number < long.Parse(Values[0], null),
            };
        }
    }
}
