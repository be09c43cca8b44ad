using KubeList.Selectors;
using KubeList.Store;

namespace KubeList.Tests.Selectors;

/// <summary>The text form of field selectors (section 4 of the list API).</summary>
public class FieldSelectorParserTests
{
    [Theory]
    [InlineData("", "n", true)]
    [InlineData(",", "n", true)]
    [InlineData("metadata.name=n", "n", true)]
    [InlineData("metadata.name==n", "n", true)]
    [InlineData("metadata.name=m", "n", false)]
    [InlineData("metadata.name!=m", "n", true)]
    [InlineData("metadata.name!=n", "n", false)]
    [InlineData("metadata.name=", "", true)]
    [InlineData("metadata.name!=", "", false)]
    [InlineData("metadata.name=n,", "n", true)]
    [InlineData(",,metadata.name=n", "n", true)]
    [InlineData("metadata.name!=m,metadata.name!=n", "n", false)]
    [InlineData(@"metadata.name=a\,b", "a,b", true)]
    [InlineData(@"metadata.name=a\=b", "a=b", true)]
    [InlineData(@"metadata.name=a\\b", @"a\b", true)]
    [InlineData(@"metadata.name=\\\,\=", @"\,=", true)]
    [InlineData(@"metadata.name=a\\,metadata.name!=b", @"a\", true)]
    [InlineData("metadata.name= n", "n", false)]
    [InlineData("metadata.name= n", " n", true)]
    [InlineData("metadata.name=!n", "!n", true)]
    public void A_selector_selects_what_it_says(string text, string name, bool expected)
    {
        var budget = LabelSelectorParserTests.Unlimited();
        Assert.True(FieldSelectorParser.TryParse(text, ResourceKind.Pods, budget, out var selector, out var problem), problem);
        Assert.Equal(expected, selector.Matches(Fields(name)));
    }

    [Theory]
    [InlineData("metadata.name", "can't understand 'metadata.name'")]
    [InlineData("metadata.name>n", "can't understand")]
    [InlineData("metadata.name===n", "unescaped '='")]
    [InlineData("metadata.name=a=b", "unescaped '='")]
    [InlineData(@"metadata.name=a\b", "backslash")]
    [InlineData(@"metadata.name=a\", "backslash")]
    [InlineData("=n", "field label not supported: ")]
    [InlineData(" metadata.name=n", "field label not supported:  metadata.name")]
    [InlineData("spec.containers=n", "field label not supported: spec.containers")]
    [InlineData("metadata.uid=n", "field label not supported: metadata.uid")]
    [InlineData("metadata.labels.app!=n", "field label not supported: metadata.labels.app")]
    public void A_malformed_selector_is_refused(string text, string problem)
    {
        var budget = LabelSelectorParserTests.Unlimited();
        Assert.False(FieldSelectorParser.TryParse(text, ResourceKind.Pods, budget, out var selector, out var told));
        Assert.Null(selector);
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_kind_has_the_fields_that_Kubernetes_gives_it()
    {
        string[] common = ["metadata.name", "metadata.namespace"];
        Assert.Equal(
            [
                .. common, "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
                "status.phase", "status.podIP", "status.nominatedNodeName",
            ],
            Supported(ResourceKind.Pods));
        Assert.Equal([.. common, "spec.unschedulable"], Supported(ResourceKind.Nodes));
        Assert.Equal([.. common, "status.phase"], Supported(ResourceKind.Namespaces));
    }

    private static IEnumerable<string> Supported(ResourceKind kind) => kind.Fields.Select(field => field.Path)
        .Where(path => FieldSelectorParser.TryParse($"{path}=x", kind, LabelSelectorParserTests.Unlimited(), out _, out _));

    private static string[] Fields(string name)
    {
        var fields = new string[ResourceKind.Pods.Fields.Count];
        Array.Fill(fields, "");
        fields[ResourceKind.NameField] = name;
        return fields;
    }
}
