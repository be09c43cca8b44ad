using System.Text;
using System.Text.Json;
using KubeList.Store;
using KubeList.Tests.Hosting;

namespace KubeList.Tests.Lists;

/// <summary>The law of section 9: where GET can say it and answers 2xx, QUERY answers the same, octet by octet.</summary>
public class QueryEqualsGetTests(SharedClusters clusters) : IClassFixture<SharedClusters>
{
    private const string Pods = "/api/v1/pods";

    /// <summary>Path, label selector, field selector; <c>$</c> names stand for what the cluster at hand has.</summary>
    public static readonly TheoryData<string, string, string> Lists = new()
    {
        { Pods, "", "" },
        { Pods, " ", "," },
        { Pods, "$key", "" },
        { Pods, "!$key", "" },
        { Pods, "$key=$value", "" },
        { Pods, "$key==$value", "" },
        { Pods, "$key!=$value", "" },
        { Pods, "$key=", "" },
        { Pods, "$key!=", "" },
        { Pods, "$key in ($value)", "" },
        { Pods, "$key in ($value,$other)", "" },
        { Pods, "$key in ( $other , $value )", "" },
        { Pods, "$key in ($value,,absent)", "" },
        { Pods, "$key in ()", "" },
        { Pods, "$key notin ($value)", "" },
        { Pods, "$key notin ()", "" },
        { Pods, "$key notin ($value,$other),$key", "" },
        { Pods, "$key,$key!=$value,!absent", "" },
        { Pods, "absent", "" },
        { Pods, "absent/key in (a,b)", "" },
        { Pods, "in in (notin)", "" },
        { Pods, "!in,!notin", "" },
        { Pods, "$key>1", "" },
        { Pods, "$key<1,$key", "" },
        { Pods, "pod-template-hash > 5", "" },
        { Pods, "", "status.phase=Running" },
        { Pods, "", "status.phase!=Running" },
        { Pods, "", "status.phase==Running,spec.nodeName!=" },
        { Pods, "", "spec.nodeName=" },
        { Pods, "", "spec.nodeName=$node" },
        { Pods, "", "metadata.name=$name" },
        { Pods, "", "metadata.name=$name,metadata.namespace=$namespace" },
        { Pods, "", "metadata.namespace=$namespace" },
        { Pods, "", "metadata.namespace!=$namespace" },
        { Pods, "", @"metadata.name=a\,b\=c\\d" },
        { Pods, "", "spec.hostNetwork=false" },
        { Pods, "", "spec.restartPolicy=Always,spec.schedulerName=default-scheduler" },
        { Pods, "", "status.podIP=" },
        { Pods, "$key=$value", "status.phase=Running" },
        { Pods, "$key notin ($value)", "spec.nodeName!=$node" },
        { "/api/v1/namespaces/$namespace/pods", "", "" },
        { "/api/v1/namespaces/$namespace/pods", "$key", "status.phase=Running" },
        { "/api/v1/namespaces/$namespace/pods", "", "metadata.name=$name" },
        { "/api/v1/namespaces/nowhere/pods", "", "" },
        { "/api/v1/nodes", "", "" },
        { "/api/v1/nodes", "kubernetes.io/hostname", "spec.unschedulable=false" },
        { "/api/v1/nodes", "kubernetes.io/hostname!=x", "metadata.name=$node" },
        { "/api/v1/namespaces", "", "" },
        { "/api/v1/namespaces", "kubernetes.io/metadata.name in ($namespace,default)", "status.phase=Active" },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public Task On_the_generated_cluster(string path, string labels, string fields) =>
        CompareAllPagesAsync(clusters.Generated, path, labels, fields, pageSize: 400);

    [Theory]
    [MemberData(nameof(Lists))]
    public Task On_a_real_cluster(string path, string labels, string fields) =>
        CompareAllPagesAsync(clusters.Real, path, labels, fields, pageSize: 5);

    [Fact]
    public async Task Most_of_these_lists_hold_something_so_that_there_is_something_to_compare()
    {
        foreach (var app in new[] { clusters.Generated, clusters.Real })
        {
            var filled = 0;
            foreach (var (path, labels, fields) in Lists.Select(row => row.Data))
                if ((await app.GetAsync(Fill(app, path), Options(app, labels, fields))).Names.Count > 0) filled++;
            Assert.InRange(filled, 30, Lists.Count);
        }
    }

    [Theory]
    [InlineData("limit", "-1")]
    [InlineData("limit", "0")]
    [InlineData("limit", "9223372036854775807")]
    [InlineData("resourceVersion", "0")]
    [InlineData("resourceVersion", "1")]
    [InlineData("timeoutSeconds", "30")]
    [InlineData("allowWatchBookmarks", "true")]
    [InlineData("watch", "false")]
    public async Task With_each_other_option(string name, string value)
    {
        await using var app = new KubeApp(("pods", "10"));
        await CompareAsync(app, "/api/v1/nodes", (name, value));
    }

    [Theory]
    [InlineData("Exact", "12")]
    [InlineData("NotOlderThan", "3")]
    [InlineData("NotOlderThan", "0")]
    public async Task With_a_revision_and_its_match(string match, string revision)
    {
        await using var app = new KubeApp(("pods", "6"));
        Assert.Equal(12, app.Store.Current.Revision);
        await CompareAsync(app, Pods, ("resourceVersion", revision), ("resourceVersionMatch", match));
    }

    /// <summary>A label selector as text, and the same as a structure.</summary>
    [Theory]
    [InlineData("tier=data", """{"matchLabels":{"tier":"data"}}""")]
    [InlineData("env=prod,tier=data", """{"matchLabels":{"tier":"data","env":"prod"}}""")]
    [InlineData("tier in (data,batch)", """{"matchExpressions":[{"key":"tier","operator":"In","values":["batch","data","data"]}]}""")]
    [InlineData("tier!=data", """{"matchExpressions":[{"values":["data"],"operator":"NotIn","key":"tier"}]}""")]
    [InlineData("canary", """{"matchExpressions":[{"key":"canary","operator":"Exists"}]}""")]
    [InlineData("!canary,env=dev", """{"matchExpressions":[{"key":"canary","operator":"DoesNotExist","values":[]}],"matchLabels":{"env":"dev"}}""")]
    [InlineData("", "{}")]
    public async Task As_a_structure(string text, string structure)
    {
        var app = clusters.Generated;
        string? token = null;
        var pages = 0;
        do
        {
            var get = await app.GetAsync(Pods, [("labelSelector", text), ("limit", "100"), .. Token(token)]);
            var next = token is null ? "" : $",\"continue\":{JsonSerializer.Serialize(token)}";
            AssertSame(get, await app.QueryJsonAsync(Pods, $$"""{"kind":"ListQuery","labelSelector":{{structure}},"limit":100{{next}}}"""));
            token = get.Continue;
            pages++;
        }
        while (token is not null);
        Assert.True(pages > 1 || text == "canary", "one page only");
    }

    [Fact]
    public async Task Options_may_be_shared_out_over_URI_and_content()
    {
        var app = clusters.Generated;
        var get = await app.GetAsync(Pods, ("labelSelector", "tier=data"), ("limit", "3"));
        AssertSame(get, await app.QueryFormAsync($"{Pods}?limit=3", ("labelSelector", "tier=data")));
        AssertSame(get, await app.QueryJsonAsync($"{Pods}?limit=3&pretty=true", """{"labelSelector":{"matchLabels":{"tier":"data"}}}"""));
        AssertSame(get, await app.QueryJsonAsync($"{Pods}?labelSelector=tier%3Ddata", """{"limit":3}"""));
        AssertSame(get, await app.QueryFormAsync($"{Pods}?labelSelector=tier%3Ddata&limit=3"));
    }

    private static async Task CompareAllPagesAsync(KubeApp app, string path, string labels, string fields, int pageSize)
    {
        path = Fill(app, path);
        var options = Options(app, labels, fields);
        var whole = await CompareAsync(app, path, options);
        var names = new List<string>();
        string? token = null;
        do
        {
            var page = await CompareAsync(app, path, [.. options, ("limit", $"{pageSize}"), .. Token(token)]);
            Assert.Equal(whole.ResourceVersion, page.ResourceVersion);
            names.AddRange(page.Names);
            token = page.Continue;
        }
        while (token is not null);
        Assert.Equal(whole.Names, names);
    }

    private static (string Name, string Value)[] Options(KubeApp app, string labels, string fields) =>
    [
        .. labels == "" ? [] : new[] { ("labelSelector", Fill(app, labels)) },
        .. fields == "" ? [] : new[] { ("fieldSelector", Fill(app, fields)) },
    ];

    private static string Fill(KubeApp app, string text)
    {
        var node = ResourceKind.Pods.FindField("spec.nodeName");
        var pod = app.Store.Current[ResourceKind.Pods].Objects.ToArray().First(item => item.Fields[node] != "");
        var generated = pod.Labels.TryGetValue("tier", out _);
        var (key, value, other) = generated ? ("tier", "data", "batch") : ("app", "prometheus", "packageserver");
        return text
            .Replace("$key", key, StringComparison.Ordinal)
            .Replace("$value", value, StringComparison.Ordinal)
            .Replace("$other", other, StringComparison.Ordinal)
            .Replace("$namespace", pod.Namespace, StringComparison.Ordinal)
            .Replace("$name", pod.Name, StringComparison.Ordinal)
            .Replace("$node", pod.Fields[node], StringComparison.Ordinal);
    }

    private static async Task<Answer> CompareAsync(KubeApp app, string path, params (string Name, string Value)[] options)
    {
        var get = await app.GetAsync(path, options);
        Assert.Equal(200, get.Code);
        Assert.Equal("application/json", get.ContentType);
        AssertSame(get, await app.QueryFormAsync(path, options));
        AssertSame(get, await app.QueryJsonAsync(path, ListOptions(options, kind: true)));
        AssertSame(get, await app.QueryJsonAsync(path, ListOptions(options, kind: false)));
        return get;
    }

    private static void AssertSame(Answer get, Answer query)
    {
        Assert.Equal(get.Code, query.Code);
        Assert.Equal(get.ContentType, query.ContentType);
        Assert.True(
            get.Content.AsSpan().SequenceEqual(query.Content),
            $"GET and QUERY differ: {get.Content.Length} and {query.Content.Length} octets");
    }

    private static (string, string)[] Token(string? token) => token is null ? [] : [("continue", token)];

    private static string ListOptions((string Name, string Value)[] options, bool kind)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (kind) json.WriteString("kind", "ListOptions");
            if (kind) json.WriteString("apiVersion", "meta.k8s.io/v1");
            foreach (var (name, value) in options)
            {
                json.WritePropertyName(name);
                if (name is "limit" or "timeoutSeconds" or "watch" or "allowWatchBookmarks") json.WriteRawValue(value);
                else json.WriteStringValue(value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
