using System.Buffers.Text;
using System.Text;
using KubeList.Store;
using KubeList.Tests.Hosting;

namespace KubeList.Tests.Lists;

/// <summary>limit, continue and the snapshot behind them (section 5 of the list API).</summary>
public class PagingTests
{
    private const string Pods = "/api/v1/pods";

    [Fact]
    public async Task The_last_page_has_no_token_even_where_it_is_full()
    {
        await using var app = new KubeApp(("pods", "10"));
        var first = await app.GetAsync(Pods, ("limit", "5"));
        Assert.Equal((5, 5L), (first.Names.Count, first.Remaining));
        var last = await app.GetAsync(Pods, ("limit", "5"), ("continue", first.Continue!));
        Assert.Equal(5, last.Names.Count);
        Assert.Null(last.Continue);
        Assert.Null(last.Remaining);
        Assert.Null((await app.GetAsync(Pods, ("limit", "10"))).Continue);
    }

    [Fact]
    public async Task The_limit_counts_matching_items_and_with_selectors_nothing_is_told_of_the_rest()
    {
        await using var app = new KubeApp();
        var all = await app.GetAsync(Pods, ("labelSelector", "env=prod"));
        var page = await app.GetAsync(Pods, ("labelSelector", "env=prod"), ("limit", "7"));
        Assert.Equal(all.Names.Take(7), page.Names);
        Assert.NotNull(page.Continue);
        Assert.Null(page.Remaining);
        Assert.Null((await app.GetAsync(Pods, ("fieldSelector", "status.phase=Running"), ("limit", "7"))).Remaining);
        Assert.Equal(993, (await app.GetAsync(Pods, ("labelSelector", ""), ("limit", "7"))).Remaining);

        // As many as there are: no token, although other objects follow.
        Assert.Null((await app.GetAsync(Pods, ("labelSelector", "env=prod"), ("limit", $"{all.Names.Count}"))).Continue);
    }

    [Fact]
    public async Task What_remains_in_a_namespace_is_counted_there()
    {
        await using var app = new KubeApp(("pods", "10"));
        app.Store.Put(ResourceKind.Pods, ListContentTests.PodJson("zzz", "x"));
        Assert.Equal(8, (await app.GetAsync("/api/v1/namespaces/workload-1/pods", ("limit", "2"))).Remaining);
        Assert.Equal(9, (await app.GetAsync(Pods, ("limit", "2"))).Remaining);
    }

    [Fact]
    public async Task Later_pages_show_the_first_pages_snapshot_whatever_changes()
    {
        await using var app = new KubeApp(("pods", "10"));
        var whole = await app.GetAsync(Pods);
        var first = await app.GetAsync(Pods, ("limit", "4"));
        app.Store.Delete(ResourceKind.Pods, "workload-1", whole.Names[5]);
        app.Store.Put(ResourceKind.Pods, ListContentTests.PodJson("workload-1", whole.Names[6], """{"changed":"yes"}"""));
        app.Store.Put(ResourceKind.Pods, ListContentTests.PodJson("zzz", "new"));

        var second = await app.GetAsync(Pods, ("limit", "4"), ("continue", first.Continue!));
        Assert.Equal(first.ResourceVersion, second.ResourceVersion);
        Assert.Equal(2, second.Remaining);
        var rest = await app.QueryFormAsync(Pods, ("continue", second.Continue!));
        Assert.Equal(first.ResourceVersion, rest.ResourceVersion);
        Assert.Equal(whole.Names, [.. first.Names, .. second.Names, .. rest.Names]);
        Assert.DoesNotContain("changed", second.Text, StringComparison.Ordinal);
        Assert.Equal(10, (await app.GetAsync(Pods)).Names.Count);
    }

    [Fact]
    public async Task A_snapshot_is_kept_for_five_minutes_and_then_the_answer_holds_a_token_that_goes_on()
    {
        await using var app = new KubeApp(("pods", "10"));
        var whole = await app.GetAsync(Pods);
        var first = await app.GetAsync(Pods, ("limit", "4"));
        app.Store.Delete(ResourceKind.Pods, "workload-1", whole.Names[5]);

        app.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(6, (await app.GetAsync(Pods, ("continue", first.Continue!))).Names.Count);

        app.Time.Advance(TimeSpan.FromMilliseconds(1));
        var gone = (await app.GetAsync(Pods, ("limit", "2"), ("continue", first.Continue!))).IsStatus(410, "Expired");
        Assert.Contains("\"rv\":-1", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(gone.Continue)), StringComparison.Ordinal);

        var second = await app.GetAsync(Pods, ("limit", "2"), ("continue", gone.Continue!));
        Assert.Equal([whole.Names[4], whole.Names[6]], second.Names);
        Assert.Equal($"{int.Parse(first.ResourceVersion!, null) + 1}", second.ResourceVersion);

        // From here on it is a snapshot again.
        app.Store.Delete(ResourceKind.Pods, "workload-1", whole.Names[8]);
        var third = await app.GetAsync(Pods, ("continue", second.Continue!));
        Assert.Equal(second.ResourceVersion, third.ResourceVersion);
        Assert.Equal(whole.Names.Skip(7), third.Names);
    }

    [Fact]
    public async Task The_lifetime_is_a_setting_and_QUERY_meets_it_too()
    {
        await using var app = new KubeApp(("pods", "10"), ("KubeList:SnapshotLifetime", "00:00:10"));
        var first = await app.QueryJsonAsync(Pods, """{"limit":3}""");
        app.Store.Delete(ResourceKind.Pods, "workload-1", first.Names[0]);
        app.Time.Advance(TimeSpan.FromSeconds(10));
        (await app.QueryJsonAsync(Pods, $$"""{"limit":3,"continue":"{{first.Continue}}"}""")).IsStatus(410, "Expired");
    }

    [Fact]
    public async Task While_nothing_changes_a_token_stays_good()
    {
        await using var app = new KubeApp(("pods", "10"));
        var first = await app.GetAsync(Pods, ("limit", "4"));
        app.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(6, (await app.GetAsync(Pods, ("continue", first.Continue!))).Names.Count);
    }

    [Fact]
    public async Task Only_so_many_snapshots_are_kept_and_the_oldest_goes_first()
    {
        await using var app = new KubeApp(("pods", "10"), ("KubeList:MaximumPinnedSnapshots", "2"));
        var tokens = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            tokens.Add((await app.GetAsync(Pods, ("limit", "4"))).Continue!);
            app.Store.Put(ResourceKind.Pods, ListContentTests.PodJson("zzz", $"new-{i}"));
        }

        (await app.GetAsync(Pods, ("continue", tokens[0]))).IsStatus(410, "Expired");
        Assert.Equal(7, (await app.GetAsync(Pods, ("continue", tokens[1]))).Names.Count);
        Assert.Equal(8, (await app.GetAsync(Pods, ("continue", tokens[2]))).Names.Count);
    }

    [Theory]
    [InlineData("\"rv\":", "\"rv\":1")]
    [InlineData("workload-1", "workload-2")]
    [InlineData("\"v\"", "\"w\"")]
    [InlineData("meta.k8s.io/v1", "meta.k8s.io/v2")]
    [InlineData("{", "{ ")]
    [InlineData("}", "}}")]
    [InlineData("\"start\"", "\"start\":null,\"tart\"")]
    [InlineData("\\u0000", "")]
    public async Task A_token_that_was_changed_is_refused(string old, string @new)
    {
        await using var app = new KubeApp(("pods", "10"));
        var token = (await app.GetAsync(Pods, ("limit", "4"))).Continue!;
        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
        Assert.Contains(old, text, StringComparison.Ordinal);
        var forged = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text.Replace(old, @new, StringComparison.Ordinal)));
        (await app.GetAsync(Pods, ("continue", forged))).IsStatus(400, "BadRequest");
        (await app.QueryFormAsync(Pods, ("continue", forged))).IsStatus(400, "BadRequest");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("%%%")]
    [InlineData("bnVsbA")]
    [InlineData("e30")]
    [InlineData("W10")]
    [InlineData("eyJ2IjoxfQ")]
    [InlineData("eyJzdGFydCI6Ilx1ZDgwMCJ9")]
    [InlineData("-")]
    [InlineData("\u0000")]
    public async Task What_is_no_token_is_refused(string token)
    {
        await using var app = new KubeApp(("pods", "1"));
        (await app.GetAsync(Pods, ("continue", token))).IsStatus(400, "BadRequest");
    }

    [Theory]
    [InlineData(Pods, "labelSelector", "env=prod")]
    [InlineData(Pods, "fieldSelector", "status.phase=Running")]
    [InlineData("/api/v1/namespaces/workload-1/pods", "limit", "4")]
    [InlineData("/api/v1/nodes", "limit", "4")]
    public async Task Another_querys_token_is_refused(string path, string name, string value)
    {
        await using var app = new KubeApp();
        var token = (await app.GetAsync(Pods, ("limit", "4"))).Continue!;
        (await app.GetAsync(path, (name, value), ("continue", token))).IsStatus(400, "BadRequest");
        (await app.QueryFormAsync(path, (name, value), ("continue", token))).IsStatus(400, "BadRequest");

        var other = (await app.GetAsync(path, (name, value), ("limit", "2"))).Continue!;
        (await app.GetAsync(Pods, ("labelSelector", "tier=data"), ("continue", other))).IsStatus(400, "BadRequest");
    }

    [Fact]
    public async Task The_size_of_pages_may_change_from_one_to_the_next()
    {
        await using var app = new KubeApp(("pods", "10"));
        var first = await app.GetAsync(Pods, ("limit", "1"));
        var second = await app.GetAsync(Pods, ("limit", "8"), ("continue", first.Continue!));
        Assert.Equal((8, 1L), (second.Names.Count, second.Remaining));
    }
}
