using System.Text;
using System.Text.Json;
using KubeList.Data;
using KubeList.Store;
using KubeList.Tests.Hosting;

namespace KubeList.Tests.Data;

/// <summary>What <c>--load</c> takes: everything that <c>kubectl get -o json</c> prints.</summary>
public class ClusterFileTests
{
    private const string Pod = """{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"x","uid":"u","resourceVersion":"77"},"spec":{"b":1.10}}""";

    [Theory]
    [InlineData($$"""{"kind":"List","apiVersion":"v1","metadata":{},"items":[{{Pod}}]}""")]
    [InlineData("""{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a","namespace":"x","uid":"u"},"spec":{"b":1.10}}]}""")]
    [InlineData(Pod)]
    public void A_list_a_typed_list_and_one_object_give_the_same(string json)
    {
        var objects = Read(json);
        Assert.Equal(
            """{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"x","uid":"u","resourceVersion":"1"},"spec":{"b":1.10}}""",
            Encoding.UTF8.GetString(objects[0].Json));
        Assert.Equal(["pods x/a", "namespaces /x"], objects.Select(item => $"{item.Kind.Plural} {item.Namespace}/{item.Name}"));
    }

    [Fact]
    public void Namespaces_that_the_file_holds_are_kept_and_missing_ones_made()
    {
        var objects = Read("""
            {"kind":"List","apiVersion":"v1","items":[
              {"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"y"}},
              {"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"x"}},
              {"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}},
              {"kind":"Namespace","apiVersion":"v1","metadata":{"name":"x","labels":{"kept":"yes"}}}]}
            """);
        var namespaces = objects.Where(item => item.Kind == ResourceKind.Namespaces).ToArray();
        Assert.Equal(["x", "default", "y"], namespaces.Select(item => item.Name));
        Assert.True(namespaces[0].Labels.TryGetValue("kept", out _));
        Assert.True(namespaces[1].Labels.TryGetValue("kubernetes.io/metadata.name", out var name));
        Assert.Equal("default", name);
        Assert.Equal("Active", namespaces[2].Fields[ResourceKind.Namespaces.FindField("status.phase")]);
        Assert.Equal([4L, 5L, 6L], namespaces.Select(item => item.Revision));
    }

    [Fact]
    public void A_uid_that_is_missing_is_made_from_the_name_and_the_same_each_time()
    {
        const string Json = """{"kind":"Node","apiVersion":"v1","metadata":{"name":"n"}}""";
        Assert.Equal(Read(Json)[0].Json, Read(Json)[0].Json);
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", Read(Json)[0].Fields[ResourceKind.UidField]);
    }

    [Fact]
    public void What_is_noise_or_not_the_clients_is_left_out_and_the_rest_kept_as_it_is()
    {
        var item = Read("""
            {"apiVersion":"v1","kind":"Node","metadata":{"managedFields":[{"a":1}],"name":"n","uid":"u","creationTimestamp":null,
             "annotations":{"a":"<&'é\u00e9\"\n>"}},"spec":{"big":12345678901234567890.10,"deep":[[[{}]]]}}
            """)[0];
        Assert.Equal(
            """{"kind":"Node","apiVersion":"v1","metadata":{"name":"n","uid":"u","resourceVersion":"1","annotations":{"a":"<&'éé\"\n>"}},"spec":{"big":12345678901234567890.10,"deep":[[[{}]]]}}""",
            Encoding.UTF8.GetString(item.Json));
    }

    [Fact]
    public void Kinds_that_are_not_served_are_left_out_and_said_so()
    {
        using var notes = new StringWriter();
        var objects = Read(
            $$"""{"kind":"List","items":[{{Pod}},{"kind":"Secret","apiVersion":"v1","metadata":{} },{"kind":"Pod","apiVersion":"v2"}]}""",
            notes);
        Assert.Equal(2, objects.Count);
        Assert.Equal(
            ["KubeList does not serve v1 Secret; left out: 1.", "KubeList does not serve v2 Pod; left out: 1."],
            notes.ToString().Split(Environment.NewLine)[..2]);
    }

    [Theory]
    [InlineData("[]", "holds no Kubernetes object")]
    [InlineData("{}", "has no kind")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1"}""", "has no metadata")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","metadata":{}}""", "no usable metadata.name")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a/b"}}""", "no usable metadata.name")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"b/c"}}""", "namespace of Pod a")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","labels":{"b":1}}}""", "label of Pod a")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"\ud800"}}""", "object 1")]
    public void A_file_that_holds_no_objects_is_refused_with_the_place(string json, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"spec":1,"spec":2}""")]
    public void A_file_that_is_no_proper_JSON_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => Read(json));

    [Fact]
    public async Task A_real_cluster_is_served_object_by_object_as_it_was_dumped()
    {
        var path = SharedData.Require("real-cluster.json");
        await using var app = new KubeApp(("load", path));
        using var file = JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        foreach (var item in file.RootElement.GetProperty("items").EnumerateArray())
        {
            var metadata = item.GetProperty("metadata");
            var name = metadata.GetProperty("name").GetString();
            var answer = await app.GetAsync(item.GetProperty("kind").GetString() is "Pod"
                ? $"/api/v1/namespaces/{metadata.GetProperty("namespace").GetString()}/pods/{name}"
                : $"/api/v1/nodes/{name}");
            Assert.Equal(200, answer.Code);
            Assert.True(JsonElement.DeepEquals(item.GetProperty("spec"), answer.Json.GetProperty("spec")));
            Assert.True(JsonElement.DeepEquals(item.GetProperty("status"), answer.Json.GetProperty("status")));
            var served = answer.Json.GetProperty("metadata");
            Assert.Equal(
                metadata.EnumerateObject().Select(member => member.Name).Where(member => member is not "managedFields").Order(),
                served.EnumerateObject().Select(member => member.Name).Order());
            foreach (var member in served.EnumerateObject().Where(member => member.Name is not "resourceVersion"))
                Assert.True(JsonElement.DeepEquals(metadata.GetProperty(member.Name), member.Value), member.Name);
        }

        Assert.Equal(25, (await app.GetAsync("/api/v1/namespaces")).Names.Count);
    }

    private static IReadOnlyList<KubeObject> Read(string json, TextWriter? notes = null)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json);
            return ClusterFile.Read(path, notes ?? TextWriter.Null);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
