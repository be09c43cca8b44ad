using System.IO.Pipelines;
using HttpQuery.Tests.Exchanges;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Tests.Conditions;

/// <summary>Conditional QUERY against validators that a handler states before it works (RFC 10008 §2.6, rows C0 to C2; RFC 9110 §13).</summary>
public class CheckConditionsTests(CatalogueHosts hosts) : IClassFixture<CatalogueHosts>
{
    private const string Before = "Fri, 02 Jan 2026 03:04:04 GMT";
    private const string Exactly = "Fri, 02 Jan 2026 03:04:05 GMT";
    private const string After = "Fri, 02 Jan 2026 03:04:06 GMT";

    public static TheoryData<string, int, string[]> Preconditions => new()
    {
        { "/versioned", 200, [] },
        { "/versioned", 304, ["If-None-Match: \"v1\""] },
        { "/versioned", 304, ["If-None-Match: W/\"v1\""] },
        { "/versioned", 304, ["If-None-Match: *"] },
        { "/versioned", 304, ["If-None-Match: \"v0\", \"v1\""] },
        { "/versioned", 304, ["If-None-Match: \"v0\"", "If-None-Match: \"v1\""] },
        { "/versioned", 200, ["If-None-Match: \"v0\""] },
        { "/versioned", 200, ["If-None-Match: v1"] },
        { "/versioned", 200, ["If-Match: \"v1\""] },
        { "/versioned", 200, ["If-Match: *"] },
        { "/versioned", 412, ["If-Match: W/\"v1\""] },
        { "/versioned", 412, ["If-Match: \"v0\""] },
        { "/versioned", 412, ["If-Match: nonsense"] },
        { "/weak", 412, ["If-Match: W/\"v1\""] },
        { "/weak", 304, ["If-None-Match: W/\"v1\""] },
        { "/weak", 304, ["If-None-Match: \"v1\""] },
        { "/versioned", 304, [$"If-Modified-Since: {Exactly}"] },
        { "/versioned", 304, [$"If-Modified-Since: {After}"] },
        { "/versioned", 200, [$"If-Modified-Since: {Before}"] },
        { "/versioned", 304, ["If-Modified-Since: Friday, 02-Jan-26 03:04:05 GMT"] },
        { "/versioned", 304, ["If-Modified-Since: Fri Jan  2 03:04:05 2026"] },
        { "/versioned", 200, ["If-Modified-Since: yesterday"] },
        { "/versioned", 200, [$"If-Modified-Since: {After}", $"If-Modified-Since: {After}"] },
        { "/versioned", 200, [$"If-Unmodified-Since: {Exactly}"] },
        { "/versioned", 412, [$"If-Unmodified-Since: {Before}"] },
        { "/versioned", 200, ["If-Unmodified-Since: yesterday"] },

        // RFC 9110 §13.2.2: which field is not looked at beside which.
        { "/versioned", 200, ["If-Match: \"v1\"", $"If-Unmodified-Since: {Before}"] },
        { "/versioned", 412, ["If-Match: \"v0\"", "If-None-Match: \"v1\""] },
        { "/versioned", 304, ["If-Match: \"v1\"", "If-None-Match: \"v1\""] },
        { "/versioned", 200, ["If-None-Match: \"v0\"", $"If-Modified-Since: {After}"] },
        { "/versioned", 304, ["If-None-Match: \"v1\"", $"If-Modified-Since: {Before}"] },
        { "/versioned", 412, [$"If-Unmodified-Since: {Before}", "If-None-Match: \"v1\""] },

        // A validator that is not stated.
        { "/weak", 200, [$"If-Modified-Since: {After}"] },
        { "/weak", 200, [$"If-Unmodified-Since: {Before}"] },
        { "/dated", 200, ["If-None-Match: \"v1\""] },
        { "/dated", 412, ["If-Match: \"v1\""] },
        { "/dated", 304, ["If-None-Match: *"] },
        { "/dated", 304, [$"If-Modified-Since: {Exactly}"] },
    };

    [Theory, MemberData(nameof(Preconditions))]
    public async Task A_precondition_is_held_against_what_the_handler_states(string path, int status, string[] fields) => await hosts.EachAsync(async host =>
    {
        var before = host.Catalogue.Searches;
        var response = await host.QueryAsync(path, fields);

        Assert.Equal(status, response.Status);
        Assert.Equal(status is 200 ? 1 : 0, host.Catalogue.Searches - before);
        if (status is 412) Assert.Equal("application/problem+json", response["Content-Type"]);
    });

    [Fact]
    public async Task A_304_repeats_what_a_200_would_say_of_the_result_and_has_no_content() => await hosts.EachAsync(async host =>
    {
        foreach (var (fields, status) in new (string[], int)[] { ([], 200), (["If-None-Match: \"v1\""], 304) })
        {
            var response = await host.QueryAsync("/versioned", fields);

            Assert.Equal((status, "\"v1\"", Exactly, "max-age=60", "/rfcs/all"),
                (response.Status, response["ETag"], response["Last-Modified"], response["Cache-Control"], response["Location"]));
            Assert.StartsWith("application/json", response["Accept-Query"], StringComparison.Ordinal);
            if (status is not 304) continue;
            Assert.Equal((0, null, null), (response.Content.Length, response["Content-Type"], response["Content-Length"]));
        }
    });

    [Theory]
    [InlineData("{\"match\":", 400)]
    [InlineData("null", 400)]
    [InlineData("{}", 304)]
    public async Task A_condition_waits_for_content_that_can_be_read(string content, int status) => await hosts.EachAsync(async host =>
    {
        foreach (var path in new[] { "/versioned", "/keyed" })
        {
            var tag = (await host.SendAsync("QUERY", path, "{}", "Content-Type: application/json"))["ETag"];
            Assert.Equal(status, (await host.SendAsync("QUERY", path, content, "Content-Type: application/json", $"If-None-Match: {tag}")).Status);
        }
    });

    [Fact]
    public async Task A_raw_handler_finds_its_content_after_the_check() => await hosts.EachAsync(async host =>
    {
        foreach (var length in new[] { 0, 1, CatalogueHost.MaximumContentLength, CatalogueHost.MaximumContentLength + 1, 300_000 })
        {
            var content = new string('x', length);
            var answered = await host.SendAsync("QUERY", "/raw", content, "Content-Type: text/plain");
            Assert.Equal((200, $"{length}"), (answered.Status, answered.ContentText));

            // Over the limit nobody knows what is asked: the handler answers.
            var conditional = await host.SendAsync("QUERY", "/raw", content, "Content-Type: text/plain", "If-None-Match: \"v1\"");
            Assert.Equal(length <= CatalogueHost.MaximumContentLength ? 304 : 200, conditional.Status);
        }
    });

    [Theory, InlineData("/stream"), InlineData("/reader"), InlineData("/keyed-stream")]
    public async Task A_bound_stream_has_its_content_after_the_check(string path)
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapQuery("/stream", CheckAndReadAsync);
            app.MapQuery("/reader", (PipeReader content, HttpContext context) => CheckAndReadAsync(content.AsStream(), context));
            app.MapQuery("/keyed-stream", CheckAndReadAsync).WithQueryKey();
        });

        Assert.Equal((200, "found a"), (await server.SendAsync($"QUERY {path}", "text/plain", "a") is var response ? response.Status : 0, response.ContentText));
        Assert.Equal(304, (await server.SendAsync($"QUERY {path}", "text/plain", "a", ["If-None-Match: \"v1\""])).Status);

        static async Task<IResult> CheckAndReadAsync(Stream content, HttpContext context)
        {
            if (await context.CheckConditionsAsync(new EntityTag("v1")) is { } answer) return answer;
            using var reader = new StreamReader(content);
            return Results.Text($"found {await reader.ReadToEndAsync()}");
        }
    }

    [Fact]
    public async Task A_tag_of_the_key_tells_queries_apart_and_versions() => await hosts.EachAsync(async host =>
    {
        var tag = await TagAsync("{\"match\":\"cach\"}");

        Assert.Equal(tag, await TagAsync(" { \"match\" : \"\\u0063ach\" } "));
        Assert.NotEqual(tag, await TagAsync("{\"match\":\"Cach\"}"));
        Assert.Equal(304, (await host.QueryAsync("/keyed", $"If-None-Match: {tag}")).Status);
        Assert.Equal(200, (await host.SendAsync("QUERY", "/keyed", "{\"match\":\"http\"}", "Content-Type: application/json", $"If-None-Match: {tag}")).Status);

        host.Catalogue.Version = "v2";
        Assert.Equal(200, (await host.QueryAsync("/keyed", $"If-None-Match: {tag}")).Status);
        host.Catalogue.Version = "v1";

        async Task<string> TagAsync(string content)
        {
            var response = await host.SendAsync("QUERY", "/keyed", content, "Content-Type: application/json");
            Assert.Equal(200, response.Status);
            Assert.Matches("^\"[A-Za-z0-9_-]{22}\"$", response["ETag"]);
            return response["ETag"]!;
        }
    });

    [Theory]
    [InlineData(CatalogueHost.MaximumContentLength, true)]
    [InlineData(CatalogueHost.MaximumContentLength + 1, false)]
    public async Task Content_over_the_limit_has_no_key_and_is_answered(int length, bool tagged) => await hosts.EachAsync(async host =>
    {
        var content = "{\"match\":\"" + new string('x', length - 12) + "\"}";
        var response = await host.SendAsync("QUERY", "/keyed", content, "Content-Type: application/json", "If-None-Match: *");

        Assert.Equal(tagged ? 304 : 200, response.Status);
        Assert.Equal(tagged, response["ETag"] is not null);
    });

    [Fact]
    public async Task Content_that_somebody_has_read_before_has_no_key_and_is_answered()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.Use(async (context, next) =>
            {
                if (context.Request.HasFormContentType) await context.Request.ReadFormAsync();
                else await context.Request.Body.CopyToAsync(Stream.Null);
                await next(context);
            });
            app.MapQuery("/form", async ([FromForm] string match, HttpContext context) => await AnswerAsync(context, match)).WithQueryKey().DisableAntiforgery();
            app.MapQuery("/drained", async (HttpContext context) => await AnswerAsync(context, "nothing")).WithQueryKey();
        });

        foreach (var (path, type, content, found) in new[] { ("/form", "application/x-www-form-urlencoded", "match=a", "a"), ("/drained", "text/plain", "match=a", "nothing") })
        {
            // Of a declared length, and in chunks.
            string[] requests = [$"Content-Length: 7\r\n\r\n{content}", $"Transfer-Encoding: chunked\r\n\r\n7\r\n{content}\r\n0\r\n\r\n"];
            foreach (var request in requests)
            {
                var response = await RawHttp.SendAsync(server.Port, $"QUERY {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-None-Match: *\r\nContent-Type: {type}\r\n{request}");
                Assert.Equal((200, $"found {found}", null), (response.Status, response.ContentText, response["ETag"]));
            }
        }

        static async Task<IResult> AnswerAsync(HttpContext context, string match) =>
            await context.CheckConditionsAsync(context.CreateEntityTag("v1")) ?? Results.Text($"found {match}");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Content_whose_beginning_somebody_has_read_has_no_key_and_is_answered(bool rewindable)
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.Use(async (context, next) =>
            {
                if (rewindable) context.Request.EnableBuffering();
                await context.Request.Body.ReadExactlyAsync(new byte[1]);
                await next(context);
            });
            app.MapQuery("/begun", async (HttpContext context) => await context.CheckConditionsAsync(context.CreateEntityTag("v1")) ?? Results.Text("answered")).WithQueryKey();
        });

        var first = await server.SendAsync("QUERY /begun", "text/plain", "a-same");
        Assert.Equal((200, null), (first.Status, first["ETag"]));
        Assert.Equal(200, (await server.SendAsync("QUERY /begun", "text/plain", "b-same", ["If-None-Match: \"v1\""])).Status);
    }

    [Fact]
    public async Task A_target_in_absolute_form_is_the_same_query()
    {
        await using var server = await QueryServer.StartAsync(app =>
            app.MapQuery("/{name}", async (string name, HttpContext context) => await context.CheckConditionsAsync(context.CreateEntityTag("v1")) ?? Results.Text(name)).WithQueryKey());

        var tags = new HashSet<string?>();
        foreach (var target in new[] { "/a", "/b", "/a?b=%7E", "/%C3%A4" })
        {
            var origin = await server.SendAsync($"QUERY {target}", "text/plain", "x");
            var absolute = await server.SendAsync($"QUERY http://localhost{target}", "text/plain", "x");
            Assert.Equal((target, 200, origin["ETag"]), (target, absolute.Status, absolute["ETag"]));
            Assert.True(tags.Add(origin["ETag"]), target);
        }
    }

    [Fact]
    public async Task A_date_to_come_is_sent_as_now() => await hosts.EachAsync(async host =>
        Assert.Equal("Mon, 01 Jun 2026 12:00:00 GMT", (await host.QueryAsync("/future"))["Last-Modified"]));

    [Fact]
    public async Task An_error_does_not_carry_the_validators_of_a_result() => await hosts.EachAsync(async host =>
    {
        var response = await host.QueryAsync("/unprocessable");

        Assert.Equal((422, null), (response.Status, response["ETag"]));
    });

    [Theory]
    [InlineData("/bytes", 412, "If-Match: \"other\"")]
    [InlineData("/bytes", 416, "Range: bytes=99-")]
    [InlineData("/unprocessable", 422)]
    [InlineData("/missing", 404)]
    public async Task An_error_repeats_nothing_that_was_said_of_the_result(string path, int status, params string[] fields)
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            var group = app.MapGroup("").AddEndpointFilter(async (invocation, next) =>
            {
                var headers = invocation.HttpContext.Response.Headers;
                if (!invocation.HttpContext.Request.Path.StartsWithSegments("/missing")) (headers.CacheControl, headers.Location) = ("public, max-age=3600", "/rfcs/all");
                return await invocation.HttpContext.CheckConditionsAsync(new EntityTag("v1"), DateTimeOffset.UnixEpoch) ?? await next(invocation);
            });
            group.MapQuery("/bytes", (RfcQuery query) => QueryResults.Bytes(Catalogue.Digits, "text/plain"));
            group.MapQuery("/unprocessable", (RfcQuery query) => QueryResults.UnprocessableQuery("no such field"));
            group.MapQuery("/missing", (RfcQuery query) => Results.NotFound());
        });

        var response = await server.SendAsync($"QUERY {path}", "application/json", "{}", fields);
        Assert.Equal((status, null, null), (response.Status, response["Cache-Control"], response["Location"]));

        // Its validators belong to an answer that they are the reason of.
        Assert.Equal(status is 412 ? ("\"v1\"", "Thu, 01 Jan 1970 00:00:00 GMT") : (null, null), (response["ETag"], response["Last-Modified"]));
    }

    [Fact]
    public async Task A_tag_that_is_not_ascii_is_an_error_of_the_handler()
    {
        var error = (Exception?)null;
        await using var server = await QueryServer.StartAsync(app => app.MapQuery("/rfcs", async (RfcQuery query, HttpContext context) =>
        {
            error = await Record.ExceptionAsync(async () => await context.CheckConditionsAsync(new EntityTag("\u00E9")));
            return "found";
        }));

        Assert.Equal((200, null), (await server.SendAsync("QUERY /rfcs", "application/json", "{}") is var response ? response.Status : 0, response["ETag"]));
        Assert.Equal("entityTag", Assert.IsType<ArgumentException>(error).ParamName);
    }

    [Fact]
    public async Task Without_the_key_the_error_says_what_to_add()
    {
        var context = new DefaultHttpContext();

        var error = Assert.Throws<InvalidOperationException>(() => context.CreateEntityTag("v1"));
        Assert.Contains(".WithQueryKey()", error.Message, StringComparison.Ordinal);
        await Task.CompletedTask;
    }
}
