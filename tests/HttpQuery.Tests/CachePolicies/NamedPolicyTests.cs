using HttpQuery.CacheKeys;
using HttpQuery.Caching;
using HttpQuery.Tests.Mvc;
using HttpQuery.Tests.Pipeline;
using HttpQuery.Tests.SharedCache;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpQuery.Tests.CachePolicies;

/// <summary>Policies with names: <c>AddPolicy</c>, <c>.CacheQuery("lists")</c>, <c>[CacheQuery("lists")]</c>.</summary>
public sealed class NamedPolicyTests
{
    private static int _count;

    [Theory]
    [InlineData("endpoint", "ttl=60")]
    [InlineData("other case", "ttl=60")]
    [InlineData("group", "ttl=60")]
    [InlineData("endpoint in group", "ttl=10")]
    [InlineData("attribute", "ttl=60")]
    [InlineData("attribute under endpoint", "ttl=10")]
    [InlineData("attribute in group", "ttl=60")]
    [InlineData("attribute with properties", "ttl=5")]
    [InlineData("none", null)]
    public async Task A_minimal_API_takes_the_narrowest_policy(string kind, string? expected)
    {
        await using var server = await CachedServer.StartAsync(
            app => _ = kind switch
            {
                "endpoint" => app.MapQuery("/", Answer).CacheQuery("lists"),
                "other case" => app.MapQuery("/", Answer).CacheQuery("LISTS"),
                "group" => app.MapGroup("").CacheQuery("lists").MapQuery("/", Answer),
                "endpoint in group" => app.MapGroup("").CacheQuery("lists").MapQuery("/", Answer).CacheQuery("short"),
                "attribute" => app.MapQuery("/", [CacheQuery("lists")] () => Answer()),
                "attribute under endpoint" => app.MapQuery("/", [CacheQuery("lists")] () => Answer()).CacheQuery("short"),
                "attribute in group" => app.MapGroup("").CacheQuery("short").MapQuery("/", [CacheQuery("lists")] () => Answer()),
                "attribute with properties" => app.MapQuery("/", [CacheQuery("lists", LifetimeSeconds = 5)] () => Answer()),
                _ => app.MapQuery("/", Answer),
            },
            AddPolicies);

        await server.QueryAsync("/", "a");
        var status = (await server.SendQueryAsync("/", "a"))["Cache-Status"];
        if (expected is null) Assert.DoesNotContain("hit", status, StringComparison.Ordinal);
        else Assert.Equal($"HttpQuery; hit; {expected}", status);
    }

    [Theory]
    [InlineData("/named", "ttl=60")]
    [InlineData("/own", "ttl=7")]
    [InlineData("/both", "ttl=8")]
    [InlineData("/inherited", "ttl=10")]
    public async Task An_action_takes_its_policy_before_that_of_its_controller(string path, string expected)
    {
        await using var server = await StartAsync(typeof(PolicyController));
        await server.QueryAsync("/policies" + path, "{}");
        Assert.Equal($"HttpQuery; hit; {expected}", (await server.SendQueryAsync("/policies" + path, "{}"))["Cache-Status"]);
    }

    [Theory]
    [InlineData("/named", "lists", true)]
    [InlineData("/named", "own", false)]
    [InlineData("/own", "own", true)]
    [InlineData("/own", "lists", false)]
    [InlineData("/both", "own", true)]
    [InlineData("/both", "lists", true)]
    public async Task Tags_of_the_attribute_add_to_those_of_its_policy(string path, string tag, bool isEvicted)
    {
        QueryCache? cache = null;
        await using var server = await StartAsync(typeof(PolicyController), app => cache = app.Services.GetRequiredService<QueryCache>());
        var first = await server.QueryAsync("/policies" + path, "{}");
        Assert.True(await cache!.EvictByTagAsync(tag, TestContext.Current.CancellationToken));
        Assert.Equal(!isEvicted, first == await server.QueryAsync("/policies" + path, "{}"));
    }

    [Fact]
    public async Task Other_properties_of_the_attribute_count()
    {
        await using var server = await StartAsync(typeof(PolicyController));
        var first = await SendAsync("""{"a":1,"b":2}""", "X-View: a", "Authorization: one");
        Assert.Equal("X-View", first["Vary"]);
        Assert.Equal(first.ContentText, (await SendAsync("""{ "b":2,"a":1}""", "X-View: a", "Authorization: two")).ContentText);
        Assert.NotEqual(first.ContentText, (await SendAsync("""{"a":1,"b":2}""", "X-View: b")).ContentText);

        Task<RawResponse> SendAsync(string content, params string[] fields) => server.SendAsync("QUERY /policies/all", "application/json", content, fields);
    }

    [Fact]
    public async Task The_attribute_leaves_what_the_cache_finds_out_about_an_action()
    {
        await using var server = await StartAsync(typeof(PolicyController));
        var first = await server.SendAsync("QUERY /policies/bound", "application/json", """{"match":"a"}""");
        Assert.Equal(200, first.Status);
        Assert.Equal(first.ContentText, (await server.SendAsync("QUERY /policies/bound", "application/json", """{ "match": "\u0061" }""")).ContentText);
    }

    [Theory]
    [InlineData("endpoint")]
    [InlineData("group")]
    [InlineData("attribute")]
    [InlineData("action")]
    [InlineData("without the cache in the pipeline")]
    public async Task An_unknown_name_stops_the_host_at_start(string kind)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var server = await QueryServer.StartAsync(
                app =>
                {
                    if (kind is not "without the cache in the pipeline") app.UseHttpQueryCache();
                    if (kind is "action") app.MapControllers();
                    else if (kind is "group") app.MapGroup("").CacheQuery("lsts").MapQuery("/", Answer);
                    else if (kind is "attribute") app.MapQuery("/", [CacheQuery("lsts")] () => Answer());
                    else app.MapQuery("/", Answer).CacheQuery("lsts");
                },
                builder =>
                {
                    builder.Services.AddHttpQueryCache(AddPolicies);
                    builder.Services.AddControllers().WithOnly(typeof(MisspelledPolicyController));
                });
        });
        Assert.StartsWith("No cache policy is named 'lsts'. The names are lists, short. Add one with AddHttpQueryCache(", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attribute_without_the_services_of_the_cache_says_what_to_call()
    {
        var log = new LogLines();
        await using var server = await QueryServer.StartAsync(
            app => app.MapControllers(),
            builder =>
            {
                builder.Logging.AddProvider(log);
                builder.Services.AddControllers().WithOnly(typeof(PolicyController));
            });
        Assert.Equal(500, (await server.SendAsync("QUERY /policies/own", "application/json", "{}")).Status);
        Assert.Contains("[CacheQuery] needs the cache. Call builder.Services.AddHttpQueryCache()", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_needs_a_name_and_the_last_of_a_name_counts()
    {
        var options = new HttpQueryCacheOptions();
        Assert.Throws<ArgumentException>(() => options.AddPolicy("", _ => { }));
        Assert.Throws<ArgumentException>(() => new CacheQueryAttribute(""));
        options.AddPolicy("a", policy => policy.Expire(TimeSpan.FromSeconds(1)));
        options.AddPolicy("A", policy => policy.Expire(TimeSpan.FromSeconds(2)));
        Assert.Equal(TimeSpan.FromSeconds(2), options.FindPolicy("a").Lifetime);
        Assert.Contains("There are no named policies.", Assert.Throws<InvalidOperationException>(() => new HttpQueryCacheOptions().FindPolicy("a")).Message, StringComparison.Ordinal);
    }

    private static string Answer() => $"#{Interlocked.Increment(ref _count)}";

    private static void AddPolicies(HttpQueryCacheOptions options)
    {
        options.AddPolicy("short", policy => policy.Expire(TimeSpan.FromSeconds(10)));
        options.AddPolicy("lists", policy => policy.Expire(TimeSpan.FromSeconds(60)).Tag("lists"));
    }

    private static Task<CachedServer> StartAsync(Type controller, Action<WebApplication>? before = null) => CachedServer.StartAsync(
        app => app.MapControllers(), AddPolicies, builder => builder.Services.AddControllers().WithOnly(controller), before);
}

[ApiController, Route("/policies"), CacheQuery("short")]
internal sealed class PolicyController : ControllerBase
{
    private static int _count;

    [HttpQuery("named"), CacheQuery("lists")]
    public string Named() => Next();

    [HttpQuery("own"), CacheQuery(LifetimeSeconds = 7, Tags = ["own"])]
    public string Own() => Next();

    [HttpQuery("both"), CacheQuery("lists", LifetimeSeconds = 8, Tags = ["own"])]
    public string Both() => Next();

    [HttpQuery("inherited")]
    public string Inherited() => Next();

    [HttpQuery("all"), CacheQuery("lists", VaryByHeaderNames = ["X-View"], ShareAcrossUsers = true, Normalizations = QueryNormalizations.JsonMemberOrder)]
    public string All() => Next();

    [HttpQuery("bound"), CacheQuery("lists")]
    public string Bound(RfcQuery query) => Next();

    private static string Next() => $"#{Interlocked.Increment(ref _count)}";
}

[ApiController, Route("/misspelled")]
internal sealed class MisspelledPolicyController : ControllerBase
{
    [HttpQuery, CacheQuery("lsts")]
    public string Answer() => "x";
}
