using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.SharedCache;

/// <summary>What the shared cache stores, and for which requests (§2.7; RFC 9111 §3, §4).</summary>
public sealed class UseHttpQueryCacheTests
{
    [Fact]
    public async Task The_same_query_is_answered_by_what_is_stored()
    {
        await using var server = await CachedServer.StartAsync();
        var first = await server.SendAsync("QUERY /rfcs", "application/json", """{"match":"cache"}""");
        server.Clock.Advance(TimeSpan.FromSeconds(20));
        var second = await server.SendAsync("QUERY /rfcs", "application/json", """{"match":"cache"}""");

        Assert.Equal("""QUERY {"match":"cache"} #1""", first.ContentText);
        Assert.Equal("HttpQuery; fwd=uri-miss; fwd-status=200; stored; ttl=60", first["Cache-Status"]);
        Assert.Null(first["Age"]);
        Assert.Equal(first.ContentText, second.ContentText);
        Assert.Equal("HttpQuery; hit; ttl=40", second["Cache-Status"]);
        Assert.Equal("20", second["Age"]);
        Assert.Equal("Sun, 22 Nov 2026 12:00:00 GMT", second["Date"]);
        Assert.Equal(first["Content-Type"], second["Content-Type"]);
        Assert.Equal(first["Accept-Query"], second["Accept-Query"]);
    }

    // Kestrel sends no line for null.
    [Fact]
    public async Task A_header_with_lines_that_are_null_is_stored_without_them()
    {
        await using var server = await CachedServer.StartAsync(answer: context =>
        {
            context.Response.Headers["X-Lines"] = new string?[] { "a", null };
            context.Response.Headers["X-Null"] = new string?[] { null };
        });
        for (var i = 0; i < 2; i++)
        {
            var response = await server.SendQueryAsync("/rfcs", "a");
            Assert.Equal((200, "QUERY a #1", "a", null), (response.Status, response.ContentText, response["X-Lines"], response["X-Null"]));
        }
    }

    [Fact]
    public async Task Another_query_is_answered_for_itself()
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("QUERY a #1", await server.QueryAsync("/rfcs", "a"));
        Assert.Equal("QUERY b #2", await server.QueryAsync("/rfcs", "b"));
        Assert.Equal("QUERY a #3", await server.QueryAsync("/rfcs?x", "a"));
        Assert.Equal("QUERY a #4", (await server.SendAsync("QUERY /rfcs", "text/csv", "a")).ContentText);
        Assert.Equal("QUERY a #5", (await server.SendAsync("QUERY /rfcs", "text/plain", "a", host: "other.test")).ContentText);
        Assert.Equal("QUERY a #1", await server.QueryAsync("/rfcs", "a"));
    }

    [Fact]
    public async Task GET_and_QUERY_never_answer_for_each_other()
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("GET  #1", (await server.SendAsync("GET /rfcs")).ContentText);
        Assert.Equal("QUERY  #2", (await server.SendAsync("QUERY /rfcs", "text/plain")).ContentText);
        Assert.Equal("GET  #1", (await server.SendAsync("GET /rfcs")).ContentText);
        Assert.Equal("QUERY  #2", (await server.SendAsync("QUERY /rfcs", "text/plain")).ContentText);
    }

    [Fact]
    public async Task HEAD_is_answered_by_what_GET_has_stored()
    {
        await using var server = await CachedServer.StartAsync();
        var got = await server.SendAsync("GET /rfcs");
        var head = await server.SendAsync("HEAD /rfcs");
        Assert.Equal(("HttpQuery; hit; ttl=60", "7", 0), (head["Cache-Status"], head["Content-Length"], head.Content.Length));
        Assert.Equal(got["Content-Type"], head["Content-Type"]);
    }

    [Fact]
    public async Task A_method_in_lower_case_is_the_same_query_as_routing_takes_it_for()
    {
        await using var server = await CachedServer.StartAsync();
        await server.QueryAsync("/rfcs", "a");
        var second = await server.SendAsync("query /rfcs", "text/plain", "a");
        Assert.Equal("QUERY a #1", second.ContentText);
    }

    [Theory]
    [InlineData("/a%2Fb", "/a%252Fb")]
    [InlineData("/a%2Fb", "/a/b")]
    [InlineData("/a", "/A")]
    [InlineData("/a?x=1&y=2", "/a?y=2&x=1")]
    [InlineData("/a?x", "/a?X")]
    [InlineData("http://localhost/a%2Fb", "http://localhost/a%252Fb")]
    public async Task Targets_that_the_server_decodes_alike_stay_apart(string one, string other)
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("QUERY a #1", await server.QueryAsync(one, "a"));
        Assert.Equal("QUERY a #2", await server.QueryAsync(other, "a"));
        Assert.Equal("QUERY a #1", await server.QueryAsync(one, "a"));
    }

    [Fact]
    public async Task A_target_in_absolute_form_is_that_in_origin_form()
    {
        await using var server = await CachedServer.StartAsync();
        await server.QueryAsync("http://localhost/a?c", "a");
        Assert.Equal("QUERY a #1", await server.QueryAsync("/a?c", "a"));
    }

    [Fact]
    public async Task A_path_that_was_rewritten_before_the_cache_is_another()
    {
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/{**path}", ["QUERY"], (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                return context.Request.Path.Value;
            }),
            before: app =>
            {
                app.Use((context, next) =>
                {
                    if (context.Request.Headers["X-Variant"].ToString() is { Length: > 0 } variant) context.Request.Path = "/" + variant;
                    return next(context);
                });
                app.UseRouting();
            });
        Assert.Equal("/b", await server.QueryAsync("/a", "", "X-Variant: b"));
        Assert.Equal("/c", await server.QueryAsync("/a", "", "X-Variant: c"));
        Assert.Equal("/a", await server.QueryAsync("/a", ""));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no-store")]
    [InlineData("private, max-age=60")]
    [InlineData("max-age=0")]
    public async Task A_response_is_stored_where_it_says_so_and_else_not(string? cacheControl)
    {
        await using var server = await CachedServer.StartAsync(cacheControl, answer: context => context.Response.Headers.LastModified = "Sun, 22 Nov 2020 12:00:00 GMT");
        Assert.Equal("QUERY a #1", await server.QueryAsync("/rfcs", "a"));
        Assert.Equal("QUERY a #2", await server.QueryAsync("/rfcs", "a"));
    }

    [Fact]
    public async Task A_heuristic_lifetime_is_an_option()
    {
        await using var server = await CachedServer.StartAsync(
            null, answer: context => context.Response.Headers.LastModified = "Sun, 22 Nov 2020 12:00:00 GMT", configure: options => options.AllowHeuristicFreshness = true);
        Assert.Equal("QUERY a #1", await server.QueryAsync("/rfcs", "a"));
        Assert.Equal("QUERY a #1", await server.QueryAsync("/rfcs", "a"));
    }

    [Fact]
    public async Task A_response_with_a_cookie_is_not_stored()
    {
        await using var server = await CachedServer.StartAsync(answer: context => context.Response.Cookies.Append("id", "1"));
        await server.QueryAsync("/rfcs", "a");
        Assert.Equal("QUERY a #2", await server.QueryAsync("/rfcs", "a"));
    }

    [Fact]
    public async Task What_is_added_before_the_cache_is_each_requests_own()
    {
        var count = 0;
        await using var server = await CachedServer.StartAsync(before: app => app.Use((context, next) =>
        {
            var number = ++count;
            context.Response.Headers["X-Before"] = $"{number}";
            context.Response.Cookies.Append("before", $"{number}");
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["X-Starting"] = $"{number}";
                context.Response.Cookies.Append("starting", $"{number}");
                return Task.CompletedTask;
            });
            return next(context);
        }));
        await server.SendQueryAsync("/rfcs", "a");
        var second = await server.SendQueryAsync("/rfcs", "a");
        Assert.Equal(("QUERY a #1", "2", "2"), (second.ContentText, second["X-Before"], second["X-Starting"]));
        Assert.Equal("before=2; path=/, starting=2; path=/", second["Set-Cookie"]);
    }

    [Fact]
    public async Task What_is_added_behind_the_cache_when_the_response_starts_is_stored()
    {
        await using var server = await CachedServer.StartAsync(answer: context => context.Response.OnStarting(() =>
        {
            context.Response.Headers["X-Starting"] = "1";
            return Task.CompletedTask;
        }));
        await server.SendQueryAsync("/rfcs", "a");
        Assert.Equal("1", (await server.SendQueryAsync("/rfcs", "a"))["X-Starting"]);
    }

    [Fact]
    public async Task Vary_tells_responses_apart()
    {
        await using var server = await CachedServer.StartAsync(answer: context => context.Response.Headers.Vary = "Accept-Language");
        Assert.Equal("QUERY a #1", await server.QueryAsync("/rfcs", "a", "Accept-Language: en"));
        Assert.Equal("QUERY a #2", await server.QueryAsync("/rfcs", "a", "Accept-Language: de"));
        Assert.Equal("QUERY a #1", await server.QueryAsync("/rfcs", "a", "Accept-Language: en"));
    }

    [Fact]
    public async Task A_middleware_behind_the_cache_that_changes_request_fields_changes_no_key()
    {
        await using var server = await CachedServer.StartAsync(answer: context =>
        {
            context.Request.Headers.AcceptLanguage = "xx";
            context.Response.Headers.Vary = "Accept-Language";
        });
        await server.QueryAsync("/rfcs", "a", "Accept-Language: en");
        Assert.Equal("QUERY a #1", await server.QueryAsync("/rfcs", "a", "Accept-Language: en"));
        Assert.Equal("QUERY a #2", await server.QueryAsync("/rfcs", "a", "Accept-Language: xx"));
    }

    [Theory]
    [InlineData("/rfcs", true)]
    [InlineData("/rfcs?fail", false)]
    public async Task An_unsafe_request_that_succeeds_makes_all_of_its_URI_unusable(string post, bool invalidates)
    {
        var stored = post.Replace("?fail", "", StringComparison.Ordinal);
        await using var server = await CachedServer.StartAsync();
        await server.QueryAsync(stored, "a");
        await server.SendAsync($"GET {stored}");
        await server.SendAsync($"POST {post}", "text/plain", "x");
        Assert.Equal(invalidates ? "QUERY a #3" : "QUERY a #1", await server.QueryAsync(stored, "a"));
        Assert.Equal(invalidates ? "GET  #4" : "GET  #2", (await server.SendAsync($"GET {stored}")).ContentText);
    }

    [Fact]
    public async Task Location_of_an_unsafe_answer_counts_too()
    {
        await using var server = await CachedServer.StartAsync();
        await server.QueryAsync("/rfcs/1", "a");
        await server.SendAsync("POST /rfcs?location=/rfcs/1", "text/plain", "x");
        Assert.Equal("QUERY a #2", await server.QueryAsync("/rfcs/1", "a"));
    }

    [Fact]
    public async Task Requests_at_the_same_time_are_one_for_the_endpoint()
    {
        var (count, release) = (0, new TaskCompletionSource());
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/", ["QUERY"], async (HttpContext context) =>
        {
            Interlocked.Increment(ref count);
            await release.Task;
            context.Response.Headers.CacheControl = "max-age=60";
            return "done";
        }));
        var answers = Enumerable.Range(0, 20).Select(_ => server.QueryAsync("/", "a")).ToArray();
        while (Volatile.Read(ref count) == 0) await Task.Yield();
        release.SetResult();
        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("done", answer));
        Assert.Equal(1, count);
    }

    [Fact]
    public async Task A_request_for_what_is_stored_alone_gets_504()
    {
        await using var server = await CachedServer.StartAsync();
        var refused = await server.SendQueryAsync("/rfcs", "a", "Cache-Control: only-if-cached");
        Assert.Equal((504, "application/problem+json"), (refused.Status, refused["Content-Type"]));
        Assert.Equal("QUERY a #1", await server.QueryAsync("/rfcs", "a"));
    }

    [Fact]
    public async Task Conditions_and_ranges_are_answered_from_what_is_stored()
    {
        await using var server = await CachedServer.StartAsync(answer: context => context.Response.Headers.ETag = "\"1\"");
        await server.QueryAsync("/rfcs", "a");
        var notModified = await server.SendQueryAsync("/rfcs", "a", "If-None-Match: \"1\"");
        var part = await server.SendQueryAsync("/rfcs", "a", "Range: bytes=0-4");
        Assert.Equal((304, "\"1\"", "0"), (notModified.Status, notModified["ETag"], notModified["Age"]));
        Assert.Equal((206, "QUERY", "bytes 0-4/10"), (part.Status, part.ContentText, part["Content-Range"]));
    }

    [Fact]
    public async Task Content_over_the_limit_passes_by_untouched()
    {
        await using var server = await CachedServer.StartAsync(configure: options => options.MaximumContentLength = 10);
        foreach (var length in new[] { 11, 100_000 })
        {
            var content = new string('x', length);
            var (first, second) = (await server.SendQueryAsync("/rfcs", content), await server.SendQueryAsync("/rfcs", content));
            Assert.StartsWith($"QUERY {content} #", second.ContentText, StringComparison.Ordinal);
            Assert.NotEqual(first.ContentText, second.ContentText);
            Assert.Equal("HttpQuery; fwd=bypass; fwd-status=200", second["Cache-Status"]);
        }
        var limit = new string('x', 10);
        Assert.Equal(await server.QueryAsync("/rfcs", limit), await server.QueryAsync("/rfcs", limit));
    }

    [Fact]
    public async Task Chunked_content_over_the_limit_passes_by_untouched()
    {
        await using var server = await CachedServer.StartAsync(configure: options => options.MaximumContentLength = 10);
        const string Request = "QUERY / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nghijkl\r\n0\r\n\r\n";
        Assert.Equal("QUERY abcdefghijkl #1", (await RawHttp.SendAsync(server.Port, Request)).ContentText);
        Assert.Equal("QUERY abcdefghijkl #2", (await RawHttp.SendAsync(server.Port, Request)).ContentText);
    }

    [Fact]
    public async Task A_GET_with_content_passes_by()
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("GET a #1", (await server.SendAsync("GET /rfcs", "text/plain", "a")).ContentText);
        Assert.Equal("GET b #2", (await server.SendAsync("GET /rfcs", "text/plain", "b")).ContentText);
        Assert.Equal("GET  #3", (await server.SendAsync("GET /rfcs")).ContentText);
    }

    [Fact]
    public async Task A_response_over_the_limit_passes_and_is_not_stored()
    {
        await using var server = await CachedServer.StartAsync(configure: options => options.MaximumResponseLength = 10);
        Assert.Equal("QUERY a #1", await server.QueryAsync("/rfcs", "a"));
        Assert.Equal("QUERY a #1", await server.QueryAsync("/rfcs", "a"));
        Assert.Equal("QUERY ab #2", await server.QueryAsync("/rfcs", "ab"));
        Assert.Equal("QUERY ab #3", await server.QueryAsync("/rfcs", "ab"));
    }

    [Fact]
    public async Task Content_that_was_read_before_the_cache_is_not_looked_up()
    {
        await using var server = await CachedServer.StartAsync(before: app => app.Use(async (context, next) =>
        {
            await context.Request.Body.ReadExactlyAsync(new byte[1]);
            await next(context);
        }));
        Assert.Equal("QUERY bc #1", await server.QueryAsync("/rfcs", "abc"));
        Assert.Equal("QUERY bc #2", await server.QueryAsync("/rfcs", "xbc"));
    }

    [Fact]
    public async Task Content_of_a_body_that_was_replaced_before_the_cache_is_the_query()
    {
        await using var server = await CachedServer.StartAsync(before: app => app.Use(async (context, next) =>
        {
            var content = new MemoryStream();
            await context.Request.Body.CopyToAsync(content);
            context.Request.Body = new MemoryStream([.. content.ToArray().Reverse()]);
            await next(context);
        }));
        Assert.Equal("QUERY cba #1", await server.QueryAsync("/rfcs", "abc"));
        Assert.Equal("QUERY cba #1", await server.QueryAsync("/rfcs", "abc"));
        Assert.Equal("QUERY cbx #2", await server.QueryAsync("/rfcs", "xbc"));
    }

    [Fact]
    public async Task The_cache_works_without_AddHttpQuery()
    {
        var count = 0;
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/", ["QUERY"], (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                return $"#{++count}";
            }),
            plain: true);
        await server.QueryAsync("/", "a");
        Assert.Equal("#1", await server.QueryAsync("/", "a"));
    }

    [Fact]
    public async Task A_second_cache_in_the_pipeline_does_nothing()
    {
        await using var server = await CachedServer.StartAsync(before: app => app.UseHttpQueryCache());
        Assert.Equal("HttpQuery; fwd=uri-miss; fwd-status=200; stored; ttl=60", (await server.SendQueryAsync("/rfcs", "a"))["Cache-Status"]);
    }

    [Fact]
    public void Without_its_services_the_application_does_not_start()
    {
        var app = WebApplication.CreateBuilder().Build();
        var exception = Assert.Throws<InvalidOperationException>(() => app.UseHttpQueryCache());
        Assert.Contains("AddHttpQueryCache", exception.Message, StringComparison.Ordinal);
    }
}
