using KubeList.Store;
using KubeList.Tests.Hosting;

namespace KubeList.Tests.Lists;

/// <summary>resourceVersion and resourceVersionMatch (the table of section 5 of the list API).</summary>
public class ResourceVersionTests
{
    private const string Pods = "/api/v1/pods";

    // The state is at revision 10, the snapshot of revision 8 is kept for a paged list, 7 and 9 are gone.
    [Theory]
    [InlineData("", "", "", "10")]
    [InlineData("", "0", "", "10")]
    [InlineData("", "7", "", "10")]
    [InlineData("", "10", "", "10")]
    [InlineData("", "", "1", "10")]
    [InlineData("", "0", "1", "10")]
    [InlineData("", "8", "1", "8")]
    [InlineData("", "10", "1", "10")]
    [InlineData("", "9", "1", "410 Expired")]
    [InlineData("Exact", "8", "", "8")]
    [InlineData("Exact", "10", "", "10")]
    [InlineData("Exact", "7", "", "410 Expired")]
    [InlineData("Exact", "8", "1", "8")]
    [InlineData("Exact", "", "", "422 Invalid")]
    [InlineData("Exact", "0", "", "422 Invalid")]
    [InlineData("NotOlderThan", "", "", "422 Invalid")]
    [InlineData("NotOlderThan", "0", "", "10")]
    [InlineData("NotOlderThan", "7", "", "10")]
    [InlineData("NotOlderThan", "7", "1", "10")]
    [InlineData("exact", "7", "", "422 Invalid")]
    [InlineData("Other", "", "", "422 Invalid")]
    [InlineData("", "-1", "", "400 BadRequest")]
    [InlineData("", "x", "", "400 BadRequest")]
    [InlineData("", "1.0", "", "400 BadRequest")]
    [InlineData("", " 1", "", "400 BadRequest")]
    [InlineData("", "18446744073709551616", "", "400 BadRequest")]
    public async Task A_list_is_read_from_the_state_that_it_asks_for(string match, string version, string limit, string expected)
    {
        await using var app = await AtRevisionTenAsync();
        var given = new[] { ("resourceVersionMatch", match), ("resourceVersion", version), ("limit", limit) };
        var options = given.Where(option => option.Item2 != "").ToArray();
        foreach (var answer in new[] { await app.GetAsync(Pods, options), await app.QueryFormAsync(Pods, options) })
            Assert.Equal(expected, answer.Code == 200 ? answer.ResourceVersion : $"{answer.Code} {answer.Reason}");
    }

    [Theory]
    [InlineData("", "", "8")]
    [InlineData("", "0", "8")]
    [InlineData("", "8", "400 BadRequest")]
    [InlineData("Exact", "8", "422 Invalid")]
    [InlineData("NotOlderThan", "8", "422 Invalid")]
    [InlineData("NotOlderThan", "", "422 Invalid")]
    public async Task With_a_token_the_revision_is_the_tokens(string match, string version, string expected)
    {
        await using var app = new KubeApp(("pods", "2"));
        Assert.Equal(8, app.Store.Current.Revision);
        var token = (await app.GetAsync(Pods, ("limit", "1"))).Continue!;
        app.Store.Put(ResourceKind.Pods, ListContentTests.PodJson("a", "x"));
        var answer = await app.GetAsync(Pods, ("continue", token), ("resourceVersionMatch", match), ("resourceVersion", version));
        Assert.Equal(expected, answer.Code == 200 ? answer.ResourceVersion : $"{answer.Code} {answer.Reason}");
    }

    [Fact]
    public async Task What_is_wrong_with_a_match_is_told_as_a_cause()
    {
        await using var app = new KubeApp(("pods", "1"));
        var answer = await app.GetAsync(Pods, ("resourceVersionMatch", "Exact"));
        Assert.Equal(
            ["FieldValueForbidden resourceVersionMatch: resourceVersionMatch is forbidden unless resourceVersion is provided"],
            answer.Causes);
        Assert.Equal("meta.k8s.io", answer.Json.GetProperty("details").GetProperty("group").GetString());
        Assert.Equal("ListOptions", answer.Json.GetProperty("details").GetProperty("kind").GetString());
        var unknown = await app.GetAsync(Pods, ("resourceVersionMatch", "x"), ("resourceVersion", "1"));
        Assert.Equal(["FieldValueNotSupported resourceVersionMatch: supported values: \"Exact\", \"NotOlderThan\""], unknown.Causes);
    }

    [Theory]
    [InlineData("/api/v1/pods?resourceVersion=99")]
    [InlineData("/api/v1/pods?resourceVersion=99&resourceVersionMatch=Exact")]
    [InlineData("/api/v1/pods?resourceVersion=99&limit=1")]
    [InlineData("/api/v1/nodes/node-00001?resourceVersion=18446744073709551615")]
    public async Task A_revision_of_the_future_is_waited_for_and_then_told_to_be_too_large(string path)
    {
        await using var app = new KubeApp(("pods", "1"));
        var waiting = app.SendAsync(HttpMethod.Get, path);
        while (!waiting.IsCompleted)
        {
            app.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        var answer = (await waiting).IsStatus(504, "Timeout");
        Assert.Contains("Too large resource version", answer.Message, StringComparison.Ordinal);
        Assert.Equal("1", answer.Fields["Retry-After"]);
        Assert.Equal(1, answer.Json.GetProperty("details").GetProperty("retryAfterSeconds").GetInt32());
        Assert.Equal(["ResourceVersionTooLarge : Too large resource version"], answer.Causes);
    }

    [Fact]
    public async Task A_revision_that_comes_while_it_is_waited_for_is_answered()
    {
        await using var app = new KubeApp(("pods", "2"));
        Assert.Equal(8, app.Store.Current.Revision);
        var waiting = app.GetAsync(Pods, ("resourceVersion", "10"));
        app.Store.Put(ResourceKind.Pods, ListContentTests.PodJson("a", "x"));
        app.Store.Put(ResourceKind.Pods, ListContentTests.PodJson("a", "y"));
        var answer = await waiting;
        Assert.Equal("10", answer.ResourceVersion);
        Assert.Contains("y", answer.Names);
    }

    [Theory]
    [InlineData("", 200)]
    [InlineData("0", 200)]
    [InlineData("3", 200)]
    [InlineData("x", 400)]
    public async Task A_single_object_is_not_older_than_it_is_asked_to_be(string version, int code)
    {
        await using var app = new KubeApp(("pods", "1"));
        Assert.Equal(code, (await app.GetAsync("/api/v1/nodes/node-00001", ("resourceVersion", version))).Code);
    }

    [Fact]
    public async Task The_state_waits_no_longer_than_its_patience()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var store = new ClusterStore(ClusterState.Create([]), time);
        var waiting = store.WaitForAsync(1, TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await waiting);
    }

    private static async Task<KubeApp> AtRevisionTenAsync()
    {
        var app = new KubeApp(("pods", "2"));
        Assert.Equal(8, app.Store.Current.Revision);
        Assert.NotNull((await app.GetAsync(Pods, ("limit", "1"))).Continue);
        app.Store.Put(ResourceKind.Pods, ListContentTests.PodJson("a", "x"));
        app.Store.Put(ResourceKind.Pods, ListContentTests.PodJson("a", "y"));
        return app;
    }
}
