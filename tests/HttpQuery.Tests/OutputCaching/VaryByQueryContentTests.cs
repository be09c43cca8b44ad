using HttpQuery.Tests.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Tests.OutputCaching;

/// <summary>The door to output caching: where it stands, and what is one query (RFC 10008 §2.7).</summary>
public class VaryByQueryContentTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_QUERY_is_answered_again_with_or_without_AddHttpQuery(bool plain)
    {
        await using var server = await CachedServer.StartAsync(plain: plain);
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q")).ContentText);
        var hit = await server.QueryAsync("/a", "q");
        Assert.Equal((200, "1: q", "0"), (hit.Status, hit.ContentText, hit["Age"]));
        Assert.Equal("2: other", (await server.QueryAsync("/a", "other")).ContentText);
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q")).ContentText);
    }

    [Fact]
    public async Task The_example_works()
    {
        var runs = 0;
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapQuery("/rfcs", (RfcQuery query) => $"{++runs}: {query.Match}")
                    .CacheOutput(policy => policy.Expire(TimeSpan.FromMinutes(10)).Tag("rfcs").VaryByQueryContent());
                app.MapDelete("/rfcs", (IOutputCacheStore store, CancellationToken cancellation) => store.EvictByTagAsync("rfcs", cancellation));
            },
            builder => builder.Services.AddOutputCache());

        Assert.Equal("1: a", await AskAsync("{\"match\":\"a\"}"));
        Assert.Equal("1: a", await AskAsync("{ \"match\" : \"a\" }"));
        Assert.Equal("2: b", await AskAsync("{\"match\":\"b\"}"));
        Assert.Equal(200, (await server.SendAsync("DELETE /rfcs")).Status);
        Assert.Equal("3: a", await AskAsync("{\"match\":\"a\"}"));

        async Task<string> AskAsync(string content) => (await server.SendAsync("QUERY /rfcs", "application/json", content)).ContentText;
    }

    [Fact]
    public async Task A_named_policy_works_on_an_endpoint_a_group_and_by_attribute()
    {
        var counter = new CachedServer.Counter();
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapMethods("/endpoint", [HttpMethods.Query], context => counter.AnswerAsync(context)).CacheOutput("q");
                app.MapGroup("/group").CacheOutput("q").MapMethods("", [HttpMethods.Query], context => counter.AnswerAsync(context));
                app.MapMethods("/attribute", [HttpMethods.Query], context => counter.AnswerAsync(context)).WithMetadata(new OutputCacheAttribute { PolicyName = "q" });
            },
            counter,
            builder => builder.Services.AddOutputCache(options => options.AddPolicy("q", p => p.VaryByQueryContent())));
        foreach (var path in new[] { "/endpoint", "/group", "/attribute" }) Assert.True(await server.StoresAsync(path), path);
    }

    [Fact]
    public async Task A_base_policy_caches_every_QUERY()
    {
        await using var server = await StartWithBaseAsync(app => app.MapMethods("/a", [HttpMethods.Query], new CachedServer.Counter().Handler), excludeDefault: false);
        Assert.True(await server.StoresAsync());
    }

    [Fact]
    public async Task A_base_policy_without_the_default_one_caches_QUERY_and_leaves_GET()
    {
        var counter = new CachedServer.Counter();
        await using var server = await StartWithBaseAsync(
            app => app.MapMethods("/a", [HttpMethods.Query, HttpMethods.Get], counter.Handler), excludeDefault: true);
        Assert.True(await server.StoresAsync());
        Assert.Equal("2: ", (await server.SendAsync("GET /a", null)).ContentText);
        Assert.Equal("3: ", (await server.SendAsync("GET /a", null)).ContentText);
    }

    [Fact]
    public async Task A_policy_of_an_endpoint_turns_that_of_the_base_off_unless_it_says_the_same()
    {
        var counter = new CachedServer.Counter();
        await using var server = await StartWithBaseAsync(
            app =>
            {
                app.MapMethods("/own", [HttpMethods.Query], counter.Handler).CacheOutput(p => p.Expire(TimeSpan.FromMinutes(1)));
                app.MapMethods("/both", [HttpMethods.Query], counter.Handler).CacheOutput(p => p.Expire(TimeSpan.FromMinutes(1)).VaryByQueryContent());
                app.MapMethods("/none", [HttpMethods.Query], counter.Handler).CacheOutput(p => p.NoCache());
            },
            excludeDefault: false);
        Assert.False(await server.StoresAsync("/own"));
        Assert.True(await server.StoresAsync("/both"));
        Assert.False(await server.StoresAsync("/none"));
    }

    [Fact]
    public async Task A_requirement_of_the_policy_decides_as_ever()
    {
        await using var server = await CachedServer.StartAsync(p => p.VaryByQueryContent().With(context => context.HttpContext.Request.Path == "/a"));
        Assert.True(await server.StoresAsync("/a"));
        Assert.False(await server.StoresAsync("/b"));
    }

    [Theory]
    [InlineData("X-Forwarded-Host: evil.test")]
    [InlineData("Forwarded: host=evil.test")]
    [InlineData("X-Original-URL: /evil")]
    public async Task Headers_that_tell_another_target_count(string line)
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("1: q", (await server.SendAsync("QUERY /a", "q", [line])).ContentText);
        Assert.Equal("2: q", (await server.QueryAsync("/a", "q")).ContentText);
    }

    [Theory]
    [InlineData("QUERY /A", "q")]
    [InlineData("QUERY /a/", "q")]
    [InlineData("QUERY /a?", "q")]
    [InlineData("QUERY /a?x=1", "q")]
    [InlineData("QUERY /%2561", "q")]
    [InlineData("QUERY /a", "Q")]
    [InlineData("QUERY /a", "q ")]
    [InlineData("QUERY /a", "")]
    [InlineData("QUERY /a", "q", "Content-Language: de")]
    [InlineData("QUERY /a", "q", "Content-Location: /b")]
    [InlineData("QUERY /a", "q", "Content-Encoding: x")]
    public async Task Whatever_describes_the_query_counts(string requestLine, string content, params string[] fields)
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q")).ContentText);
        var other = await server.SendAsync(requestLine, content, fields);
        Assert.True(other.Text.Contains($"2: {content}", StringComparison.Ordinal) || other.Status == 415, other.Text);
        Assert.Null(other["Age"]);
    }

    [Theory]
    [InlineData("/a?A=1", "/a?a=1")]
    [InlineData("/a?a=2&a=1", "/a?a=1&a=2")]
    [InlineData("/a?a=1&b=2", "/a?b=2&a=1")]
    [InlineData("/a%2Fb", "/a/b")]
    [InlineData("/a%2Fb", "/a%252Fb")]
    public async Task Targets_that_output_caching_takes_for_one_are_two(string one, string other)
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("1: q", (await server.QueryAsync(one, "q")).ContentText);
        Assert.Equal("2: q", (await server.QueryAsync(other, "q")).ContentText);
        Assert.Equal("1: q", (await server.QueryAsync(one, "q")).ContentText);
    }

    [Fact]
    public async Task The_target_counts_whole_even_where_a_policy_names_parts_of_it()
    {
        await using var server = await CachedServer.StartAsync(p => p.SetVaryByQuery("page").SetVaryByHost(false).VaryByQueryContent());
        Assert.Equal("1: q", (await server.QueryAsync("/a?page=1&x=1", "q")).ContentText);
        Assert.Equal("2: q", (await server.QueryAsync("/a?page=1&x=2", "q")).ContentText);
        Assert.Equal("3: q", (await server.SendRawAsync("QUERY /a?page=1&x=1 HTTP/1.1\r\nHost: other.test\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nq")).ContentText);
    }

    [Fact]
    public async Task The_media_type_counts()
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapMethods("/a", [HttpMethods.Query], context => context.Response.WriteAsync(context.Request.ContentType!)).CacheOutput(p => p.VaryByQueryContent());
            },
            builder => builder.Services.AddOutputCache());
        foreach (var type in new[] { "text/plain", "text/html", "text/plain; charset=utf-8", "text/plain; charset=utf-16", "text/plain; a=A", "text/plain; a=a" })
        {
            for (var i = 0; i < 2; i++)
            {
                var response = await server.SendAsync("QUERY /a", type, "q");
                Assert.Equal((type, i > 0), (response.ContentText, response["Age"] is not null));
            }
        }
    }

    [Fact]
    public async Task Lower_case_query_is_QUERY()
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("1: q", (await server.SendAsync("query /a", "q")).ContentText);
        Assert.Equal("1: q", (await server.SendAsync("QUERY /a", "q")).ContentText);
    }

    [Fact]
    public async Task The_handler_reads_all_of_the_content_chunked_too()
    {
        await using var server = await CachedServer.StartAsync();
        const string Chunked = "QUERY /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        Assert.Equal("1: abcde", (await server.SendRawAsync(Chunked)).ContentText);
        Assert.Equal("1: abcde", (await server.QueryAsync("/a", "abcde")).ContentText);
    }

    [Fact]
    public async Task Content_over_the_limit_passes_by_whole()
    {
        await using var server = await CachedServer.StartAsync(configure: builder => builder.Services.Configure<HttpQueryOptions>(o => o.MaximumBufferedContentLength = 8));
        Assert.True(await server.StoresAsync(content: "12345678"));
        Assert.False(await server.StoresAsync(content: "123456789"));
        Assert.Equal("4: 123456789", (await server.QueryAsync("/a", "123456789")).ContentText);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task Content_that_a_middleware_has_begun_to_read_passes_by(int length)
    {
        await using var server = await CachedServer.StartAsync(use: app => app.Use(async (context, next) =>
        {
            _ = await context.Request.Body.ReadAtLeastAsync(new byte[length], length, throwOnEndOfStream: false);
            await next();
        }));
        Assert.NotEqual((await server.QueryAsync("/a", "1q")).ContentText, (await server.QueryAsync("/a", "2q")).ContentText);
        Assert.False(await server.StoresAsync());
    }

    [Fact]
    public async Task Content_that_a_middleware_has_buffered_and_put_back_counts()
    {
        await using var server = await CachedServer.StartAsync(use: app => app.Use(async (context, next) =>
        {
            context.Request.EnableBuffering();
            _ = await context.Request.Body.ReadAtLeastAsync(new byte[100], 100, throwOnEndOfStream: false);
            context.Request.Body.Position = 0;
            await next();
        }));
        Assert.True(await server.StoresAsync());
        Assert.Equal("2: other", (await server.QueryAsync("/a", "other")).ContentText);
    }

    [Fact]
    public async Task Operators_see_why_a_QUERY_is_not_cached()
    {
        using var log = new LogLines();
        await using var server = await CachedServer.StartAsync(
            answer: context => context.Response.Headers.CacheControl = "private",
            configure: builder => builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        await server.QueryAsync("/a", "secret");
        await server.QueryAsync("/a", "secret", "Authorization: Basic secret");
        Assert.Contains("The response to a QUERY is not stored by output caching: it says no-store or private.", log.Text, StringComparison.Ordinal);
        Assert.Contains("A QUERY bypasses output caching: it is for one user.", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", log.Text, StringComparison.Ordinal);
    }

    private static Task<CachedServer> StartWithBaseAsync(Action<WebApplication> map, bool excludeDefault) => CachedServer.StartAsync(
        app =>
        {
            app.UseOutputCache();
            map(app);
        },
        new CachedServer.Counter(),
        builder => builder.Services.AddOutputCache(options => options.AddBasePolicy(p => p.VaryByQueryContent(), excludeDefault)));

    [Fact]
    public async Task A_value_of_another_policy_takes_the_place_of_nothing()
    {
        await using var server = await CachedServer.StartAsync(p => p.VaryByQueryContent().VaryByValue("query", "a"));
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q")).ContentText);
        Assert.Equal("2: r", (await server.QueryAsync("/a", "r")).ContentText);
    }
}
