using System.Globalization;
using HttpQuery.Tests.Mvc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.SharedCache;

public sealed class StoredResponseTests
{
    [Fact]
    public async Task A_culture_that_is_chosen_behind_the_cache_tells_answers_apart()
    {
        await using var server = await CachedServer.StartAsync(app =>
        {
            app.UseRequestLocalization("en", "de");
            app.MapMethods("/c", ["QUERY"], (HttpContext context) => { context.Response.Headers.CacheControl = "max-age=60"; return CultureInfo.CurrentUICulture.Name; });
        });
        Assert.Equal("de", await server.QueryAsync("/c", "q", "Accept-Language: de"));
        Assert.Equal("en", await server.QueryAsync("/c", "q", "Accept-Language: en"));
    }

    [Fact]
    public async Task A_culture_that_a_filter_of_MVC_chooses_tells_answers_apart()
    {
        await using var server = await CachedServer.StartAsync(
            app => app.MapControllers(),
            build: builder => builder.Services.AddControllers().WithOnly(typeof(CultureController)));
        Assert.Equal("de", await server.QueryAsync("/culture-attack", "q", "Accept-Language: de"));
        Assert.Equal("en", await server.QueryAsync("/culture-attack", "q", "Accept-Language: en"));
    }

    [Fact]
    public async Task A_culture_that_a_middleware_of_the_application_chose_before_the_cache_tells_answers_apart()
    {
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/c", ["QUERY"], (HttpContext context) => { context.Response.Headers.CacheControl = "max-age=60"; return CultureInfo.CurrentUICulture.Name; }),
            before: app => app.Use((context, next) => { CultureInfo.CurrentUICulture = new(context.Request.Headers["X-Lang"].ToString()); return next(context); }));
        Assert.Equal("de", await server.QueryAsync("/c", "q", "X-Lang: de"));
        Assert.Equal("en", await server.QueryAsync("/c", "q", "X-Lang: en"));
    }

    [Fact]
    public async Task A_tag_function_that_throws_makes_no_500()
    {
        await using var server = await CachedServer.StartAsync(refine: endpoint => endpoint.CacheQuery(policy => policy.Tag(context => [context.Request.Headers["X-Tenant"][0]!.ToUpperInvariant()])));
        Assert.Equal(200, (await server.SendQueryAsync("/a", "q", "X-Tenant: t")).Status);
        Assert.Equal(200, (await server.SendQueryAsync("/a", "q2")).Status);
    }

    [Fact]
    public async Task A_tag_function_that_gives_null_makes_no_500()
    {
        await using var server = await CachedServer.StartAsync(refine: endpoint => endpoint.CacheQuery(policy => policy.Tag(context => [null!, ""])));
        Assert.Equal(200, (await server.SendQueryAsync("/a", "q")).Status);
        await using var server2 = await CachedServer.StartAsync(refine: endpoint => endpoint.CacheQuery(policy => policy.Tag(context => null!)));
        Assert.Equal(200, (await server2.SendQueryAsync("/a", "q")).Status);
    }

    [Fact]
    public async Task What_stood_in_a_field_before_the_cache_stays_each_requests_own_where_the_endpoint_adds_to_it()
    {
        await using var server = await CachedServer.StartAsync(
            answer: context => context.Response.Headers.Append("Server-Timing", "db;dur=3"),
            before: app => app.Use((context, next) => { context.Response.Headers["Server-Timing"] = $"user;desc={context.Request.Headers["X-User"]}"; return next(context); }));
        Assert.Contains("ann", (await server.SendQueryAsync("/a", "q", "X-User: ann"))["Server-Timing"]);
        var second = await server.SendQueryAsync("/a", "q", "X-User: bob");
        Assert.DoesNotContain("ann", second["Server-Timing"]);
    }

    [Fact]
    public async Task An_exception_that_says_403_is_not_replaced_by_a_stale_answer()
    {
        var isRevoked = false;
        await using var server = await CachedServer.StartAsync("max-age=10, stale-if-error=600", answer: _ => { if (isRevoked) throw new BadHttpRequestException("no more", 403); },
            before: app => app.Use(async (context, next) =>
            {
                try { await next(context); }
                catch (BadHttpRequestException exception) { context.Response.StatusCode = exception.StatusCode; }
            }));
        Assert.Equal(200, (await server.SendQueryAsync("/a", "q")).Status);
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        isRevoked = true;
        Assert.Equal(403, (await server.SendQueryAsync("/a", "q")).Status);
    }

    [Fact]
    public async Task Users_who_ask_together_and_are_known_late_get_each_their_own()
    {
        var come = 0;
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/b", ["QUERY"], async (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            if (Interlocked.Increment(ref come) == 1) await Task.Delay(300);
            context.User = new(new System.Security.Claims.ClaimsIdentity([new("n", context.Request.Headers["X-User"].ToString())], "x"));
            await context.Response.WriteAsync(context.User.FindFirst("n")!.Value);
        }));
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => server.QueryAsync("/b", "q", $"X-User: u{i}")));
        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"u{i}"), answers);
    }

    [Fact]
    public async Task A_policy_that_asks_for_the_user_by_a_function_that_changes_its_mind_shares_nothing()
    {
        await using var server = await CachedServer.StartAsync(
            refine: endpoint => endpoint.CacheQuery(policy => policy.UserBy(context => context.Items["user"] as string)),
            answer: context => context.Items["user"] = context.Request.Headers["X-User"].ToString());
        Assert.EndsWith("#1", await server.QueryAsync("/a", "q", "X-User: ann"), StringComparison.Ordinal);
        Assert.EndsWith("#2", await server.QueryAsync("/a", "q", "X-User: bob"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partition_that_changes_behind_the_cache_shares_nothing()
    {
        await using var server = await CachedServer.StartAsync(
            refine: endpoint => endpoint.CacheQuery(policy => policy.PartitionBy(context => context.Items["tenant"] as string)),
            answer: context => context.Items["tenant"] = context.Request.Headers["X-Tenant"].ToString());
        Assert.EndsWith("#1", await server.QueryAsync("/a", "q", "X-Tenant: ann"), StringComparison.Ordinal);
        Assert.EndsWith("#2", await server.QueryAsync("/a", "q", "X-Tenant: bob"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_a_middleware_behind_the_cache_chooses_by_a_header_of_its_own_poisons_nothing()
    {
        await using var server = await CachedServer.StartAsync(app =>
        {
            app.Use((context, next) => { if (context.Request.Headers["X-Real-Host"] is [{ } host]) context.Request.Host = new(host); return next(context); });
            app.MapMethods("/b", ["QUERY"], (HttpContext context) => { context.Response.Headers.CacheControl = "max-age=60"; return $"http://{context.Request.Host}/x"; });
        });
        Assert.Equal("http://evil.test/x", await server.QueryAsync("/b", "q", "X-Real-Host: evil.test"));
        Assert.Equal("http://localhost/x", await server.QueryAsync("/b", "q"));
    }

    [Fact]
    public async Task A_path_that_a_middleware_behind_the_cache_chooses_by_a_header_poisons_nothing()
    {
        await using var server = await CachedServer.StartAsync(app =>
        {
            app.Use((context, next) => { if (context.Request.Headers["X-Sub"] is [{ } sub]) { context.Request.Path = "/" + sub; } return next(context); });
            app.MapMethods("/{**path}", ["QUERY"], (HttpContext context) => { context.Response.Headers.CacheControl = "max-age=60"; return context.Request.Path.Value; });
        });
        Assert.Equal("/evil", await server.QueryAsync("/b", "q", "X-Sub: evil"));
        Assert.Equal("/b", await server.QueryAsync("/b", "q"));
    }

    [Fact]
    public async Task A_hit_of_204_is_as_it_was()
    {
        await using var server = await CachedServer.StartAsync("max-age=60", answer: context => context.Response.StatusCode = 204, refine: null);
        var first = await server.SendQueryAsync("/a", "q");
        var second = await server.SendQueryAsync("/a", "q");
        Assert.Equal((204, 204), (first.Status, second.Status));
        Assert.Equal(first["Content-Length"], second["Content-Length"]);
    }
}

[MiddlewareFilter(typeof(CultureController.LocalizationPipeline))]
internal sealed class CultureController : ControllerBase
{
    [AcceptVerbs("QUERY", Route = "/culture-attack")]
    public string Get()
    {
        Response.Headers.CacheControl = "max-age=60";
        return CultureInfo.CurrentUICulture.Name;
    }

    public sealed class LocalizationPipeline
    {
        public void Configure(IApplicationBuilder app) => app.UseRequestLocalization("en", "de");
    }
}
