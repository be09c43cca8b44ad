using FsCheck;
using FsCheck.Fluent;
using KubeList.Data;
using KubeList.Lists;
using KubeList.Selectors;
using KubeList.Store;
using Microsoft.Extensions.Options;

namespace KubeList.Tests.Lists;

/// <summary>Paging over random limits and selectors, against lists read whole and against a scan.</summary>
public class PagingPropertyTests
{
    private static readonly ClusterState Cluster = ClusterState.Create(ClusterGenerator.Generate(5, 300));

    private static readonly string[] Labels =
    [
        "", "tier=data", "tier in (data,batch)", "tier notin (data)", "canary", "!canary", "env=prod,team!=team-01", "absent",
        "app.kubernetes.io/version>0",
    ];

    private static readonly string[] Fields =
    [
        "", "status.phase=Running", "status.phase!=Running", "spec.nodeName=node-00001", "spec.nodeName=",
        "metadata.namespace=workload-1", "metadata.name=x",
    ];

    [Fact]
    public void The_pages_of_a_list_make_up_the_list_whatever_their_sizes() => Prop.ForAll(
        Gen.Elements(Labels).ToArbitrary(),
        Gen.Elements(Fields).ToArbitrary(),
        Gen.Choose(1, 200).NonEmptyListOf().ToArbitrary(),
        (labels, fields, limits) =>
        {
            var reader = NewReader();
            var whole = Read(reader, labels, fields, 0, "");
            var expected = Cluster[ResourceKind.Pods].Objects.ToArray().Where(item => Matches(item, labels, fields)).ToArray();
            Assert.Equal(expected, whole.Items);

            var paged = new List<KubeObject>();
            var token = "";
            for (var i = 0; token is not null; i++)
            {
                var page = Read(reader, labels, fields, limits[i % limits.Count], token);
                Assert.InRange(page.Items.Count, 0, limits[i % limits.Count]);
                paged.AddRange(page.Items);
                Assert.Equal(page.Continue is null || labels + fields != "" ? null : expected.Length - paged.Count, page.Remaining);
                token = page.Continue;
            }

            Assert.Equal(expected, paged);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(TestScale.Cases));

    [Fact]
    public void Look_up_finds_what_a_scan_finds() => Prop.ForAll(
        Gen.Choose(0, 2).ToArbitrary(),
        Gen.Choose(-20, 320).NonEmptyListOf().ToArbitrary(),
        Gen.Elements(Labels).ToArbitrary(),
        (field, picks, labels) =>
        {
            var objects = Cluster[ResourceKind.Pods].Objects.ToArray();
            string[] values = [.. picks.Select(pick => objects.ElementAtOrDefault(pick)?.Fields[field] ?? $"absent-{pick}")];
            var options = new OptionSet();
            options.Add("fieldSelector", new("", InContent: true)
            {
                Fields = new([new(field, ResourceKind.Pods.Fields[field].Path, IsIn: true, new(values))]),
            });
            options.Add("labelSelector", new(labels, InContent: true));
            var request = ListRequest.Interpret(options, ResourceKind.Pods, null, Budget());
            var found = NewReader().ReadAsync(request, CancellationToken.None).GetAwaiter().GetResult();
            Assert.Equal(objects.Where(item => values.Contains(item.Fields[field]) && Matches(item, labels, "")), found.Items);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(TestScale.Cases));

    private static ListPage Read(ListReader reader, string labels, string fields, long limit, string token)
    {
        var options = new OptionSet();
        options.Add("labelSelector", new(labels, InContent: false));
        options.Add("fieldSelector", new(fields, InContent: false));
        options.Add("limit", new($"{limit}", InContent: false));
        options.Add("continue", new(token, InContent: false));
        var request = ListRequest.Interpret(options, ResourceKind.Pods, null, Budget());

        // In memory it is complete when it returns.
        return reader.ReadAsync(request, CancellationToken.None).GetAwaiter().GetResult();
    }

    private static bool Matches(KubeObject item, string labels, string fields)
    {
        Assert.True(LabelSelectorParser.TryParse(labels, Budget(), out var label, out _));
        Assert.True(FieldSelectorParser.TryParse(fields, ResourceKind.Pods, Budget(), out var field, out _));
        return label.Matches(item.Labels) && field.Matches(item.Fields);
    }

    private static ListReader NewReader()
    {
        var options = Options.Create(new KubeListOptions());
        return new(new(Cluster, TimeProvider.System), new(options, TimeProvider.System), options);
    }

    private static SelectorBudget Budget() => new(1000, 1000);
}
