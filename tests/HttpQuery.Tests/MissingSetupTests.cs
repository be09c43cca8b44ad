using HttpQuery.CacheKeys;
using HttpQuery.Tests.Mvc;
using HttpQuery.Tests.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpQuery.Tests;

/// <summary>Applications that compile and leave a line out: each is told which, once.</summary>
public class MissingSetupTests
{
    public static TheoryData<string, string> Refinements { get; } = new()
    {
        { "etag", "AddHttpQuery()" },
        { "ranges", "AddHttpQuery()" },
        { "key", "AddHttpQuery()" },
        { "produces", "AddHttpQuery()" },
        { "response writer", "AddHttpQuery()" },
        { "accept", "AddHttpQuery()" },
        { "cache", "AddHttpQueryCache()" },
    };

    [Theory, MemberData(nameof(Refinements))]
    public async Task An_endpoint_that_is_refined_without_the_services_is_an_error_when_routes_are_built(string refinement, string expected)
    {
        await using var app = WebApplication.CreateBuilder().Build();
        var endpoint = app.MapMethods("/", ["QUERY"], () => "x");
        _ = refinement switch
        {
            "etag" => endpoint.WithETag(),
            "ranges" => endpoint.WithRanges(),
            "key" => endpoint.WithQueryKey(),
            "produces" => endpoint.WithProduces("text/csv"),
            "response writer" => endpoint.WithResponseWriter<string>("text/csv", (_, _) => Task.CompletedTask),
            "accept" => endpoint.WithAcceptQuery("text/csv"),
            _ => endpoint.CacheQuery(policy => policy.Tag("x")),
        };

        var error = Assert.Throws<InvalidOperationException>(() => Build(app));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Normalizations_are_of_use_without_the_cache()
    {
        await using var app = WebApplication.CreateBuilder().Build();
        app.MapMethods("/", ["QUERY"], () => "x").CacheQuery(policy => policy.Normalize(QueryNormalizations.JsonSpelling));
        Build(app);
    }

    [Fact]
    public async Task A_group_may_refine_endpoints_of_other_methods_without_the_services()
    {
        await using var app = WebApplication.CreateBuilder().Build();
        app.MapGroup("/group").WithETag().WithProduces("text/csv").WithAcceptQuery("text/csv").MapGet("/", () => "x");
        Build(app);
    }

    [Fact]
    public async Task An_action_without_the_services_says_what_to_call()
    {
        var log = new LogLines();
        await using var server = await QueryServer.StartAsync(
            app => app.MapControllers(),
            builder =>
            {
                builder.Logging.AddProvider(log);
                builder.Services.AddControllers().WithOnly(typeof(LonelyController));
            },
            plain: true);

        Assert.Equal(500, (await server.SendAsync("QUERY /lonely", "application/json", "{}")).Status);
        Assert.Contains("[HttpQuery] needs the HttpQuery services. Call builder.Services.AddHttpQuery()", log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, true, 1)]
    [InlineData(true, true, 0)]
    [InlineData(false, false, 0)]
    public async Task A_policy_without_the_cache_in_the_pipeline_is_warned_of_once(bool withCache, bool withPolicy, int warnings)
    {
        var log = new LogLines();
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                if (withCache) app.UseHttpQueryCache();
                foreach (var path in new[] { "/a", "/b" })
                {
                    var endpoint = app.MapQuery(path, () => "x");
                    if (withPolicy) endpoint.CacheQuery(policy => policy.Tag("x"));
                }
            },
            builder =>
            {
                builder.Logging.AddProvider(log);
                builder.Services.AddHttpQueryCache();
                builder.Services.AddHttpQueryCache();
            });

        await server.SendAsync("QUERY /a", "text/plain", "x");
        Assert.Equal(warnings, Count(log, "Call app.UseHttpQueryCache()"));
    }

    [Fact]
    public async Task A_cache_before_routing_is_warned_of_once()
    {
        var log = new LogLines();
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseHttpQueryCache();
                app.UseRouting();
                app.MapQuery("/", () => "x");
            },
            builder =>
            {
                builder.Logging.AddProvider(log);
                builder.Services.AddHttpQueryCache();
            });

        await server.SendAsync("GET /nowhere");
        Assert.Equal(0, Count(log, "Call UseRouting() before"));
        for (var i = 0; i < 2; i++) Assert.Equal(200, (await server.SendAsync("QUERY /", "text/plain", "x")).Status);
        Assert.Equal(1, Count(log, "Requests bypass the cache: routing runs after the cache. Call UseRouting() before UseHttpQueryCache()."));
    }

    [Fact]
    public async Task Services_that_are_added_twice_are_bound_and_checked_once()
    {
        var builder = WebApplication.CreateBuilder();
        (builder.Configuration["HttpQuery:MaximumRanges"], builder.Configuration["HttpQuery:Cache:MaximumCount"]) = ("7", "7");
        for (var i = 0; i < 2; i++)
        {
            var isFirst = i == 0;
            builder.Services.AddHttpQuery(options => options.MaximumRanges = isFirst ? 0 : options.MaximumRanges);
            builder.Services.AddHttpQueryCache(options => options.MaximumCount = isFirst ? 0 : options.MaximumCount);
        }
        await using var app = builder.Build();

        Assert.Single(Assert.Throws<OptionsValidationException>(() => app.Services.GetRequiredService<IOptions<HttpQueryOptions>>().Value).Failures);
        Assert.Single(Assert.Throws<OptionsValidationException>(() => app.Services.GetRequiredService<IOptions<HttpQueryCacheOptions>>().Value).Failures);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("task")]
    [InlineData("result")]
    [InlineData("union")]
    [InlineData("group")]
    public async Task A_response_writer_of_what_the_handler_never_returns_is_an_error_when_routes_are_built(string handler)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddHttpQuery();
        await using var app = builder.Build();
        if (handler is "group") app.MapGroup("/group").WithResponseWriter<int[]>("text/csv", WriteAsync).MapQuery("/", () => new List<int>());
        else Map(app, handler).WithResponseWriter<int[]>("text/csv", WriteAsync);

        var error = Assert.Throws<InvalidOperationException>(() => Build(app));
        Assert.Contains("System.Int32[]", error.Message, StringComparison.Ordinal);
        Assert.Contains("text/csv", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("task")]
    [InlineData("result")]
    [InlineData("union")]
    [InlineData("any")]
    public async Task A_response_writer_takes_what_can_be_assigned_to_its_type(string handler)
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            Map(app, handler).WithResponseWriter<IEnumerable<int>>("text/csv", (numbers, context) => context.Response.WriteAsync(string.Join(',', numbers)));
            app.MapGroup("/group").WithResponseWriter<int[]>("text/csv", WriteAsync).MapGet("/", () => "got");
        });

        Assert.Equal("1,2", (await server.SendAsync("QUERY /", "text/plain", "x", ["Accept: text/csv"])).ContentText);
    }

    private static RouteHandlerBuilder Map(WebApplication app, string handler) => handler switch
    {
        "list" => app.MapQuery("/", () => new List<int> { 1, 2 }),
        "task" => app.MapQuery("/", () => Task.FromResult(new List<int> { 1, 2 })),
        "result" => app.MapQuery("/", () => TypedResults.Ok(new List<int> { 1, 2 })),
        "union" => app.MapQuery("/", Microsoft.AspNetCore.Http.HttpResults.Results<Microsoft.AspNetCore.Http.HttpResults.Ok<List<int>>, Microsoft.AspNetCore.Http.HttpResults.NotFound> () => TypedResults.Ok(new List<int> { 1, 2 })),
        _ => app.MapQuery("/", IResult () => Results.Ok(new List<int> { 1, 2 })),
    };

    private static Task WriteAsync(int[] numbers, HttpContext context) => Task.CompletedTask;

    private static void Build(IEndpointRouteBuilder app)
    {
        foreach (var source in app.DataSources) _ = source.Endpoints.Count;
    }

    private static int Count(LogLines log, string text) => log.Text.Split(text).Length - 1;
}

[ApiController, Route("/lonely")]
internal sealed class LonelyController : ControllerBase
{
    [HttpQuery]
    public string Answer() => "x";
}
