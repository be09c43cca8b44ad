using KubeList.Tests.Hosting;

namespace KubeList.Tests.Lists;

/// <summary>What <c>Accept</c> asks for (section 3 of the list API): plain JSON is served, the rest passed over.</summary>
public class RepresentationTests(SharedClusters clusters) : IClassFixture<SharedClusters>
{
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io";

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("*/*", true)]
    [InlineData("application/*", true)]
    [InlineData("application/json", true)]
    [InlineData("APPLICATION/JSON;charset=utf-8", true)]
    [InlineData($"{Table},application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", true)]
    [InlineData("application/vnd.kubernetes.protobuf,application/json", true)]
    [InlineData("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;q=0.1", true)]
    [InlineData($"{Table}, */*", true)]
    [InlineData("text/html, application/xhtml+xml, */*;q=0.8", true)]
    [InlineData("application/json;q=0.001", true)]
    [InlineData(Table, false)]
    [InlineData("application/json; AS=Table", false)]
    [InlineData("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", false)]
    [InlineData("application/vnd.kubernetes.protobuf", false)]
    [InlineData("application/yaml", false)]
    [InlineData("text/*", false)]
    [InlineData("application/json;q=0", false)]
    [InlineData("application/json;q=0, */*", false)]
    [InlineData("*/*;q=0", false)]
    [InlineData("json", false)]
    public async Task Plain_JSON_is_served_where_it_is_acceptable_and_else_406(string? accept, bool served)
    {
        foreach (var path in new[] { "/api/v1/pods?limit=1", "/api/v1/nodes/node-00001" })
            Check(await clusters.Generated.SendAsync(HttpMethod.Get, path, accept: accept));
        Check(await clusters.Generated.SendAsync(new("QUERY"), "/api/v1/pods", "limit=1", "application/x-www-form-urlencoded", accept));

        void Check(Answer answer)
        {
            if (!served) answer.IsStatus(406, "NotAcceptable");
            Assert.Equal(served ? 200 : 406, answer.Code);
            Assert.Equal("application/json", answer.ContentType);
        }
    }

    [Theory]
    [InlineData("00:00:00", "no-cache")]
    [InlineData("00:01:00", "max-age=60")]
    public async Task Caches_ask_each_time_unless_lists_may_be_older(string age, string cacheControl)
    {
        await using var app = new KubeApp(("KubeList:MaximumAge", age), ("pods", "1"));
        Assert.Equal(cacheControl, (await app.QueryFormAsync("/api/v1/pods")).Fields["Cache-Control"]);
        Assert.Equal("no-cache", (await app.GetAsync("/api/v1/nodes/node-00001")).Fields["Cache-Control"]);
    }
}
