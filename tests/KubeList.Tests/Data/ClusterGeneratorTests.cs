using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeList.Data;
using KubeList.Store;

namespace KubeList.Tests.Data;

/// <summary>The generated cluster (section 11 of the list API): the same octets everywhere, shaped as Kubernetes' load test.</summary>
public partial class ClusterGeneratorTests
{
    private static readonly IReadOnlyList<KubeObject> Cluster = ClusterGenerator.Generate(seed: 1, pods: 1_000);

    [Fact]
    public void The_same_arguments_give_the_same_octets_on_every_machine()
    {
        Assert.Equal("fc787a1a1e892992d42bd8a1a08d89a76e194649fa15169d55abcc23e99cd2ed", Digest(Cluster));
        Assert.Equal(Digest(Cluster), Digest(ClusterGenerator.Generate(seed: 1, pods: 1_000)));
        Assert.NotEqual(Digest(Cluster), Digest(ClusterGenerator.Generate(seed: 2, pods: 1_000)));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(30, 1, 1)]
    [InlineData(31, 2, 1)]
    [InlineData(3_000, 100, 1)]
    [InlineData(3_001, 101, 2)]
    public void A_node_stands_for_30_pods_and_a_namespace_for_3000(int pods, int nodes, int namespaces)
    {
        var cluster = ClusterGenerator.Generate(7, pods);
        Assert.Equal(pods, cluster.Count(item => item.Kind == ResourceKind.Pods));
        Assert.Equal(nodes, cluster.Count(item => item.Kind == ResourceKind.Nodes));
        Assert.Equal(namespaces, cluster.Count(item => item.Name.StartsWith("workload-", StringComparison.Ordinal)));
        Assert.True(cluster.Select(item => item.Fields[ResourceKind.UidField]).Distinct().Count() == cluster.Count, "uids repeat");
        Assert.True(cluster.Select(item => (item.Kind, item.Namespace, item.Name)).Distinct().Count() == cluster.Count, "names repeat");
    }

    [Fact]
    public void Pods_take_about_2_KiB_each_and_none_less_than_1_or_more_than_6()
    {
        var sizes = Pods().Select(pod => pod.Json.Length).ToArray();
        Assert.InRange(sizes.Average(), 1_900, 2_300);
        Assert.InRange(sizes.Min(), 1_024, 6_144);
        Assert.InRange(sizes.Max(), 1_024, 6_144);
    }

    [Fact]
    public void Half_of_the_pods_are_in_deployments_of_5_a_quarter_of_30_a_quarter_of_250()
    {
        var sizes = Pods().GroupBy(pod => Label(pod, "pod-template-hash")).Select(group => group.Count()).CountBy(size => size);
        Assert.Equal([(5, 100), (10, 1), (30, 8), (250, 1)], sizes.Select(pair => (pair.Key, pair.Value)).Order());
    }

    [Fact]
    public void Phases_are_shared_out_as_in_a_real_cluster()
    {
        var pods = ClusterGenerator.Generate(3, 20_000).Where(item => item.Kind == ResourceKind.Pods).ToArray();
        Assert.InRange(Share("Running"), 0.935, 0.945);
        Assert.InRange(Share("Succeeded"), 0.025, 0.035);
        Assert.InRange(Share("Pending"), 0.015, 0.025);
        Assert.InRange(Share("Failed"), 0.005, 0.015);
        Assert.InRange(pods.Count(pod => pod.Labels.TryGetValue("canary", out _)) / (double)pods.Length, 0.005, 0.015);
        Assert.Equal(40, pods.Select(pod => Label(pod, "team")).Distinct().Count());
        Assert.Equal(4, pods.Select(pod => Label(pod, "tier")).Distinct().Count());
        Assert.Equal(4, pods.Select(pod => Label(pod, "env")).Distinct().Count());
        var nodes = pods.CountBy(pod => Field(pod, "spec.nodeName")).Where(node => node.Key != "");
        Assert.All(nodes, node => Assert.InRange(node.Value, 1, 110));

        double Share(string phase) => pods.Count(pod => Field(pod, "status.phase") == phase) / (double)pods.Length;
    }

    [Fact]
    public void Only_pending_pods_have_no_node() =>
        Assert.All(Pods(), pod => Assert.Equal(Field(pod, "status.phase") == "Pending", Field(pod, "spec.nodeName") == ""));

    [Fact]
    public void Names_are_those_of_a_deployment_and_its_replica_set() => Assert.All(Pods(), pod =>
    {
        Assert.Matches(NamePattern(), pod.Name);
        var owner = JsonDocument.Parse(pod.Json).RootElement.GetProperty("metadata").GetProperty("ownerReferences")[0];
        Assert.Equal(pod.Name[..^6], owner.GetProperty("name").GetString());
        Assert.Matches(UidPattern(), owner.GetProperty("uid").GetString()!);
        Assert.Matches(UidPattern(), pod.Fields[ResourceKind.UidField]);
    });

    [Fact]
    public void Every_object_carries_its_revision() => Assert.All(Cluster.Select((item, i) => (item, i)), pair =>
    {
        var metadata = JsonDocument.Parse(pair.item.Json).RootElement.GetProperty("metadata");
        Assert.Equal($"{pair.i + 1}", metadata.GetProperty("resourceVersion").GetString());
    });

    private static IEnumerable<KubeObject> Pods() => Cluster.Where(item => item.Kind == ResourceKind.Pods);

    private static string Label(KubeObject item, string key) => item.Labels.TryGetValue(key, out var value) ? value : "";

    private static string Field(KubeObject item, string path) => item.Fields[item.Kind.FindField(path)];

    private static string Digest(IEnumerable<KubeObject> objects)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var item in objects)
        {
            hash.AppendData(item.Json);
            hash.AppendData("\n"u8);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    [GeneratedRegex("^[a-z]+-[a-z]+-[0-9]+-[bcdfghjklmnpqrstvwxz2456789]{10}-[bcdfghjklmnpqrstvwxz2456789]{5}$")]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]
    private static partial Regex UidPattern();
}
