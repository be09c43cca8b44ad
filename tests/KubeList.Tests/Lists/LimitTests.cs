using KubeList.Tests.Hosting;
using Microsoft.Extensions.Configuration;

namespace KubeList.Tests.Lists;

/// <summary>Every limit of section 9 at its edge: the last that is accepted, and the first that is not.</summary>
public class LimitTests
{
    private const string Pods = "/api/v1/pods";

    [Theory]
    [InlineData(3 * 1024 * 1024, 200)]
    [InlineData((3 * 1024 * 1024) + 1, 413)]
    public async Task Content_may_have_3_MiB(int length, int code)
    {
        await using var app = new KubeApp(("pods", "1"));
        var json = await app.QueryJsonAsync(Pods, "{}".PadRight(length));
        var form = await app.QueryFormAsync(Pods, ("pad", new string('a', length - "pad=".Length)));
        foreach (var answer in new[] { json, form })
        {
            Assert.Equal(code, answer.Code);
            if (code == 413) Assert.Equal("Request entity too large: limit is 3145728", answer.IsStatus(413, "RequestEntityTooLarge").Message);
        }
    }

    [Theory]
    [InlineData(99, 200)]
    [InlineData(100, 200)]
    [InlineData(101, 413)]
    public async Task The_limit_of_content_is_a_setting_and_holds_without_a_stated_length(int length, int code)
    {
        await using var app = new KubeApp(("pods", "1"), ("KubeList:MaximumContentLength", "100"));
        var content = "{}".PadRight(length);
        var chunked = $"QUERY {Pods} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"{length:x}\r\n{content}\r\n0\r\n\r\n";
        var port = app.StartKestrel();
        Assert.Equal(code, (await RawHttp.SendAsync(port, chunked)).Status);
        Assert.Equal(code, (await RawHttp.SendAsync(port, $"QUERY {Pods}", ["Content-Type: application/json"], content)).Status);
    }

    [Fact]
    public async Task A_larger_limit_is_not_cut_off_by_the_servers_own()
    {
        await using var app = new KubeApp(("pods", "1"), ("KubeList:MaximumContentLength", "40000000"));
        var port = app.StartKestrel();
        var answer = await RawHttp.SendAsync(port, $"QUERY {Pods}", ["Content-Type: application/json"], "{}".PadRight(35_000_000));
        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData(16, 422)]
    [InlineData(17, 400)]
    public async Task JSON_may_be_16_levels_deep(int depth, int code)
    {
        await using var app = new KubeApp(("pods", "1"));
        var objects = string.Concat(Enumerable.Repeat("{\"x\":", depth - 1)) + "{}" + new string('}', depth - 1);
        var arrays = "{\"x\":" + new string('[', depth - 1) + new string(']', depth - 1) + "}";
        foreach (var content in new[] { objects, arrays })
        {
            var answer = await app.QueryJsonAsync(Pods, content);
            Assert.Equal(code, answer.Code);
            if (code == 400) Assert.Contains("nested deeper than 16 levels at line 1, byte ", answer.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_depth_is_a_setting()
    {
        await using var app = new KubeApp(("pods", "1"), ("KubeList:MaximumDepth", "2"));
        Assert.Equal(200, (await app.QueryJsonAsync(Pods, """{"labelSelector":{}}""")).Code);
        Assert.Equal(
            "the content does not parse: nested deeper than 2 levels at line 1, byte 33 (both counted from 1)",
            (await app.QueryJsonAsync(Pods, """{"labelSelector":{"matchLabels":{}}}""")).Message);
    }

    [Theory]
    [InlineData(100_000, 200)]
    [InlineData(100_001, 422)]
    public async Task A_query_may_have_100000_values(int count, int code)
    {
        await using var app = new KubeApp(("pods", "1"));
        var values = string.Join(',', Enumerable.Range(0, count - 1).Select(i => $"\"{i}\""));
        var answer = await app.QueryJsonAsync(Pods, $$$"""
            {"labelSelector":{"matchLabels":{"a":"b"}},"fieldSelector":{"matchExpressions":[{"key":"metadata.name","operator":"In","values":[{{{values}}}]}]}}
            """);
        Assert.Equal(code, answer.Code);
        if (code == 422)
            Assert.Equal(["FieldValueInvalid fieldSelector.matchExpressions[0].values: the selectors have more than 100000 values"], answer.Causes);
    }

    [Theory]
    [InlineData("a in (1,2,2)", "", 200, 200)]
    [InlineData("a in (1,2),b=1", "", 200, 200)]
    [InlineData("a in (1,2)", "metadata.name=x", 200, 200)]
    [InlineData("a in (1,2,2,3)", "", 400, 422)]
    [InlineData("a in (,,,)", "", 400, 422)]
    [InlineData("a in (1,2),b=1,c", "metadata.name=x", 400, 422)]
    public async Task Values_are_counted_over_both_selectors_and_in_GET_too(string labels, string fields, int get, int query)
    {
        await using var app = new KubeApp(("pods", "1"), ("KubeList:MaximumValues", "3"));
        (string, string)[] options = [("labelSelector", labels), ("fieldSelector", fields)];
        var uri = await app.GetAsync(Pods, options);
        Assert.Equal(get, uri.Code);
        if (get == 400) Assert.Equal("the selectors have more than 3 values", uri.Message);
        Assert.Equal(query, (await app.QueryFormAsync(Pods, options)).Code);
        Assert.Equal(query, (await app.QueryJsonAsync(Pods, $$"""{"labelSelector":"{{labels}}","fieldSelector":"{{fields}}"}""")).Code);
    }

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(1001, 422)]
    public async Task A_query_may_have_1000_requirements(int count, int code)
    {
        await using var app = new KubeApp(("pods", "1"));
        var text = await app.QueryFormAsync(Pods, ("labelSelector", string.Join(',', Enumerable.Range(0, count).Select(i => $"!a{i}"))));
        var labels = string.Join(',', Enumerable.Range(0, count - 1).Select(i => $"\"a{i}\":\"b\""));
        var structure = await app.QueryJsonAsync(Pods, $$$$"""
            {"fieldSelector":{"matchExpressions":[{"key":"metadata.name","operator":"Exists"}]},"labelSelector":{"matchLabels":{{{{{labels}}}}}}}
            """);
        foreach (var answer in new[] { text, structure })
        {
            Assert.Equal(code, answer.Code);
            if (code == 422) Assert.EndsWith("the selectors have more than 1000 requirements", Assert.Single(answer.Causes), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("MaximumContentLength", "0", "from 1 byte to 1 GiB")]
    [InlineData("MaximumValues", "0", "at least 1")]
    [InlineData("MaximumRequirements", "-1", "at least 1")]
    [InlineData("MaximumDepth", "1001", "from 1 to 1000")]
    [InlineData("MaximumPinnedSnapshots", "0", "at least 1")]
    [InlineData("SnapshotLifetime", "00:00:00", "longer than nothing")]
    [InlineData("RevisionPatience", "-00:00:01", "zero or longer")]
    public void A_limit_that_cannot_work_is_refused(string name, string value, string rule)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new($"KubeList:{name}", value)]).Build();
        Assert.Equal($"KubeList:{name} must be {rule}.", Assert.Throws<FormatException>(() => KubeListOptions.Read(configuration)).Message);
    }

    [Fact]
    public void The_limits_are_those_that_the_documentation_names()
    {
        var options = KubeListOptions.Read(new ConfigurationBuilder().Build());
        Assert.Equal((3_145_728, 16), (options.MaximumContentLength, options.MaximumDepth));
        Assert.Equal((100_000, 1_000, 100), (options.MaximumValues, options.MaximumRequirements, options.MaximumPinnedSnapshots));
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(3)), (options.SnapshotLifetime, options.RevisionPatience));
    }
}
