using System.Text;
using System.Text.Json;
using KubeList.Store;
using KubeList.Tests.Hosting;

namespace KubeList.Tests.Lists;

/// <summary>What lists and single objects hold (section 5 of the list API).</summary>
public class ListContentTests
{
    [Fact]
    public async Task A_list_stands_in_the_order_of_the_octets_of_namespace_and_name()
    {
        await using var app = new KubeApp(("pods", "5"));
        foreach (var (@namespace, name) in new[] { ("a", "x"), ("a-b", "x"), ("a", "é"), ("a", "𐐀"), ("a", "\uffee"), ("a.b", "x") })
            app.Store.Put(ResourceKind.Pods, PodJson(@namespace, name));

        var list = await app.GetAsync("/api/v1/pods");
        var keys = list.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("metadata"))
            .Select(metadata => $"{metadata.GetProperty("namespace").GetString()}/{metadata.GetProperty("name").GetString()}").ToArray();
        Assert.Equal(["a-b/x", "a.b/x", "a/x", "a/é", "a/\uffee", "a/𐐀"], keys[..6]);
        Assert.Equal(keys.OrderBy(key => Convert.ToHexString(Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal), keys);
        Assert.Equal(["x", "é", "\uffee", "𐐀"], (await app.GetAsync("/api/v1/namespaces/a/pods")).Names);
    }

    [Fact]
    public async Task A_list_names_its_kind_and_the_revision_of_its_snapshot()
    {
        await using var app = new KubeApp(("pods", "5"));
        var before = await app.GetAsync("/api/v1/nodes");
        Assert.Equal("NodeList", before.Json.GetProperty("kind").GetString());
        Assert.Equal("v1", before.Json.GetProperty("apiVersion").GetString());
        app.Store.Put(ResourceKind.Pods, PodJson("a", "x"));
        var after = await app.GetAsync("/api/v1/nodes");
        Assert.Equal(int.Parse(before.ResourceVersion!, null) + 1, int.Parse(after.ResourceVersion!, null));
        Assert.Null(after.Continue);
        Assert.Null(after.Remaining);
    }

    [Fact]
    public async Task A_single_object_has_its_kind_and_is_what_the_list_shows()
    {
        await using var app = new KubeApp(("pods", "5"));
        var item = (await app.GetAsync("/api/v1/pods")).Json.GetProperty("items")[2];
        var name = item.GetProperty("metadata").GetProperty("name").GetString();
        var single = await app.GetAsync($"/api/v1/namespaces/workload-1/pods/{name}");
        Assert.Equal("application/json", single.ContentType);
        Assert.Equal(item.GetRawText(), single.Text);
        Assert.Equal("Pod", single.Json.GetProperty("kind").GetString());
        Assert.Equal("Node", (await app.GetAsync("/api/v1/nodes/node-00001")).Json.GetProperty("kind").GetString());
        Assert.Equal("Namespace", (await app.GetAsync("/api/v1/namespaces/workload-1")).Json.GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("/api/v1/namespaces/workload-1/pods/x", "pods", "x")]
    [InlineData("/api/v1/namespaces/other/pods/x", "pods", "x")]
    [InlineData("/api/v1/nodes/%E2%82%AC", "nodes", "€")]
    [InlineData("/api/v1/namespaces/none", "namespaces", "none")]
    public async Task An_object_that_is_not_there_is_named_in_the_404(string path, string plural, string name)
    {
        await using var app = new KubeApp(("pods", "1"));
        var answer = (await app.GetAsync(path)).IsStatus(404, "NotFound");
        Assert.Equal($"{plural} \"{name}\" not found", answer.Message);
        Assert.Equal(name, answer.Json.GetProperty("details").GetProperty("name").GetString());
        Assert.Equal(plural, answer.Json.GetProperty("details").GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("/api/v1/pods")]
    [InlineData("/api/v1/namespaces/workload-1/pods?limit=2")]
    [InlineData("/api/v1/nodes/node-00001")]
    [InlineData("/api/v1/nodes/none")]
    [InlineData("/api/v1/pods?limit=x")]
    public async Task HEAD_has_the_fields_of_GET_and_no_content(string path)
    {
        await using var app = new KubeApp(("pods", "20"));
        var get = await app.GetAsync(path);
        var head = await app.SendAsync(HttpMethod.Head, path);
        Assert.Equal(get.Code, head.Code);
        Assert.Empty(head.Content);
        Assert.Equal(get.Fields.Where(field => field.Key != "Date"), head.Fields.Where(field => field.Key != "Date"));
    }

    [Fact]
    public async Task An_absent_Boolean_compares_as_false_and_other_absent_fields_as_empty()
    {
        await using var app = new KubeApp(("pods", "90"));
        app.Store.Put(ResourceKind.Nodes, """{"metadata":{"name":"cordoned"},"spec":{"unschedulable":true}}"""u8.ToArray());
        app.Store.Put(ResourceKind.Nodes, """{"metadata":{"name":"open"},"spec":{"unschedulable":false}}"""u8.ToArray());
        Assert.Contains("cordoned", (await app.GetAsync("/api/v1/nodes", ("fieldSelector", "spec.unschedulable=true"))).Names);
        var schedulable = (await app.GetAsync("/api/v1/nodes", ("fieldSelector", "spec.unschedulable=false"))).Names;
        Assert.Equal(["node-00001", "node-00002", "node-00003", "open"], schedulable);
        Assert.Empty((await app.GetAsync("/api/v1/nodes", ("fieldSelector", "spec.unschedulable="))).Names);
        Assert.Equal(90, (await app.GetAsync("/api/v1/pods", ("fieldSelector", "spec.hostNetwork=false"))).Names.Count);
        Assert.Equal(90, (await app.GetAsync("/api/v1/pods", ("fieldSelector", "status.nominatedNodeName="))).Names.Count);
    }

    internal static ReadOnlyMemory<byte> PodJson(string @namespace, string name, string labels = "{}") => Encoding.UTF8.GetBytes(
        $$$"""{"kind":"Pod","apiVersion":"v1","metadata":{"name":{{{JsonSerializer.Serialize(name)}}},"namespace":"{{{@namespace}}}","labels":{{{labels}}}},"spec":{}}""");
}
