using System.IO.Compression;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpQuery.Tests.OutputCaching;

/// <summary>How a QUERY fares with output caching, by the rows of docs/output-caching.md.</summary>
public class OutputCachingTableTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(203)]
    [InlineData(302)]
    public async Task Row_responses_only_200_is_stored(int status)
    {
        await using var server = await CachedServer.StartAsync(answer: context => context.Response.StatusCode = status);
        await server.QueryAsync("/a", "q");
        Assert.Equal(status is 200 ? "1: q" : "2: q", (await server.QueryAsync("/a", "q")).ContentText);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Row_responses_what_sets_a_cookie_is_not_stored(bool excludeDefault)
    {
        var counter = new CachedServer.Counter();
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapMethods("/a", [HttpMethods.Query], context => counter.AnswerAsync(context, c => c.Response.Cookies.Append("id", "1"))).CacheOutput(p => p.VaryByQueryContent(), excludeDefault);
            },
            counter);
        Assert.False(await server.StoresAsync());
    }

    [Theory]
    [InlineData("no-cache")]
    [InlineData("max-age=0")]
    [InlineData("max-age=1000")]
    [InlineData("min-fresh=1")]
    public async Task Row_request_Cache_Control_a_new_response_is_made_and_stored(string cacheControl)
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q")).ContentText);
        Assert.Equal("2: q", (await server.QueryAsync("/a", "q", $"Cache-Control: {cacheControl}")).ContentText);
        Assert.Equal("2: q", (await server.QueryAsync("/a", "q")).ContentText);
    }

    [Fact]
    public async Task Row_request_Cache_Control_no_store_passes_by()
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q", "Cache-Control: no-store")).ContentText);
        Assert.Equal("2: q", (await server.QueryAsync("/a", "q")).ContentText);
        Assert.Equal("3: q", (await server.QueryAsync("/a", "q", "Cache-Control: no-store")).ContentText);
        Assert.Equal("2: q", (await server.QueryAsync("/a", "q", "Cache-Control: max-stale=9")).ContentText);
    }

    [Fact]
    public async Task Row_request_Cache_Control_only_if_cached_is_504_without_a_stored_response()
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal(504, (await server.QueryAsync("/a", "q", "Cache-Control: only-if-cached")).Status);
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q")).ContentText);
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q", "Cache-Control: only-if-cached")).ContentText);
    }

    [Fact]
    public async Task Row_304_comes_of_a_stored_response_or_of_the_handler()
    {
        await using var server = await StartConditionalAsync();
        Assert.Equal(304, (await server.SendAsync("QUERY /a", "text/plain", "q", ["If-None-Match: \"1\""])).Status);
        Assert.Equal("1", (await server.SendAsync("QUERY /a", "text/plain", "q"))["X-Run"]);
        foreach (var field in new[] { "If-None-Match: \"1\"", "If-None-Match: W/\"1\"", "If-None-Match: *" })
        {
            var response = await server.SendAsync("QUERY /a", "text/plain", "q", [field]);
            Assert.Equal((304, field.Contains("W/", StringComparison.Ordinal) ? "W/\"1\"" : "\"1\"", (string?)null), (response.Status, response["ETag"], response["X-Run"]));
        }
        Assert.Equal((200, "1"), await AskAsync("If-None-Match: \"0\""));

        async Task<(int, string?)> AskAsync(string field)
        {
            var response = await server.SendAsync("QUERY /a", "text/plain", "q", [field]);
            return (response.Status, response["X-Run"]);
        }
    }

    [Fact]
    public async Task Row_304_other_conditions_and_ranges_are_the_handlers()
    {
        await using var server = await StartConditionalAsync();
        Assert.Equal("1", (await server.SendAsync("QUERY /a", "text/plain", "q"))["X-Run"]);
        Assert.Equal(412, (await server.SendAsync("QUERY /a", "text/plain", "q", ["If-Match: \"0\""])).Status);
        Assert.Equal(412, (await server.SendAsync("QUERY /a", "text/plain", "q", ["If-Unmodified-Since: Fri, 02 Jan 2026 03:04:05 GMT"])).Status);
        var part = await server.SendAsync("QUERY /a", "text/plain", "q", ["Range: bytes=0-1"]);
        Assert.Equal((206, "re"), (part.Status, part.ContentText));
        var whole = await server.SendAsync("QUERY /a", "text/plain", "q");
        Assert.Equal((200, "result", "1"), (whole.Status, whole.ContentText, whole["X-Run"]));
    }

    [Fact]
    public async Task Row_ETag_is_stored_and_none_is_made()
    {
        await using var server = await CachedServer.StartAsync(answer: context =>
        {
            if (context.Request.Path == "/tagged") context.Response.Headers.ETag = "\"1\"";
        });
        Assert.True(await server.StoresAsync("/tagged"));
        Assert.True(await server.StoresAsync("/plain"));
        Assert.Equal("\"1\"", (await server.QueryAsync("/tagged", "q"))["ETag"]);
        Assert.Null((await server.QueryAsync("/plain", "q"))["ETag"]);
    }

    [Fact]
    public async Task Row_Age_a_response_that_has_one_is_not_stored()
    {
        await using var server = await CachedServer.StartAsync(answer: context => context.Response.Headers.Age = "1");
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q")).ContentText);
        Assert.Equal("2: q", (await server.QueryAsync("/a", "q")).ContentText);
    }

    [Fact]
    public async Task Row_fields_all_are_stored_but_those_added_as_the_response_starts()
    {
        await using var server = await CachedServer.StartAsync(
            answer: context =>
            {
                context.Response.Headers["X-Own"] = "1";
                context.Response.Headers["Keep-Alive"] = "timeout=5";
            },
            inside: app => app.Use((context, next) =>
            {
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers["X-Late"] = "1";
                    return Task.CompletedTask;
                });
                return next();
            }));
        var first = await server.QueryAsync("/a", "q");
        Assert.Equal(("1", "timeout=5", "1"), (first["X-Own"], first["Keep-Alive"], first["X-Late"]));
        var hit = await server.QueryAsync("/a", "q");
        Assert.Equal(("1", "timeout=5", null, "*/*", "0"), (hit["X-Own"], hit["Keep-Alive"], hit["X-Late"], hit["Accept-Query"], hit["Age"]));
    }

    [Fact]
    public async Task Row_HEAD_and_GET_are_never_answered_by_a_QUERY()
    {
        var counter = new CachedServer.Counter();
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapMethods("/a", [HttpMethods.Query, HttpMethods.Get, HttpMethods.Head], context =>
                {
                    context.Response.Headers["X-Method"] = context.Request.Method;
                    return counter.AnswerAsync(context);
                }).CacheOutput(p => p.VaryByQueryContent());
            },
            counter);
        foreach (var age in new[] { null, "0" })
        {
            foreach (var method in new[] { "QUERY", "GET", "HEAD" })
            {
                var response = await server.SendAsync($"{method} /a", method is "QUERY" ? "q" : null);
                Assert.Equal((200, method, age), (response.Status, response["X-Method"], response["Age"]));
            }
        }
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(5_000, false)]
    public async Task Row_sizes_are_those_of_output_caching(int length, bool stored)
    {
        await using var server = await CachedServer.StartAsync(
            configure: builder => builder.Services.AddOutputCache(options => options.MaximumBodySize = 1_000));
        Assert.Equal(stored, await server.StoresAsync(content: new('a', length)));
    }

    [Fact]
    public async Task Row_store_one_that_cannot_be_read_costs_a_miss()
    {
        await using var server = await CachedServer.StartAsync(configure: builder => builder.Services.AddSingleton<IOutputCacheStore, UnreadableStore>());
        Assert.False(await server.StoresAsync());
    }

    [Fact]
    public void Row_time_is_output_cachings_own() => Assert.Null(typeof(OutputCacheOptions).GetProperty("TimeProvider"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Row_order_decompression_may_stand_before_or_after(bool before)
    {
        await using var server = await CachedServer.StartAsync(
            use: app =>
            {
                if (before) app.UseRequestDecompression();
            },
            inside: app =>
            {
                if (!before) app.UseRequestDecompression();
            },
            configure: builder => builder.Services.AddRequestDecompression());
        Assert.Equal("1: query", (await server.QueryAsync("/a", "query")).ContentText);
        Assert.Equal("1: query", (await AskCodedAsync(server, "query")).ContentText);
        Assert.Equal("2: other", (await AskCodedAsync(server, "other")).ContentText);
        Assert.Equal("2: other", (await server.QueryAsync("/a", "other")).ContentText);
    }

    [Fact]
    public async Task Row_order_nothing_of_a_user_is_stored_where_authentication_comes_after()
    {
        var counter = new CachedServer.Counter();
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapMethods("/a", [HttpMethods.Query], counter.Handler).RequireAuthorization().CacheOutput(p => p.VaryByQueryContent(), excludeDefaultPolicy: true);
                app.MapMethods("/asserted", [HttpMethods.Query], counter.Handler).RequireAuthorization(policy => policy.RequireAssertion(_ => true)).CacheOutput(p => p.VaryByQueryContent());
                app.MapMethods("/open", [HttpMethods.Query], counter.Handler).CacheOutput(p => p.VaryByQueryContent(), excludeDefaultPolicy: true);
                app.MapMethods("/anonymous", [HttpMethods.Query], counter.Handler).RequireAuthorization().AllowAnonymous().CacheOutput(p => p.VaryByQueryContent());
            },
            counter,
            builder =>
            {
                builder.Services.AddAuthentication("key").AddScheme<AuthenticationSchemeOptions, UserFieldHandler>("key", null);
                builder.Services.AddAuthorization();
            });
        Assert.False(await server.StoresAsync("/a", "q", "X-User: a"));
        Assert.Equal(401, (await server.QueryAsync("/a", "q")).Status);
        Assert.False(await server.StoresAsync("/asserted"));
        Assert.False(await server.StoresAsync("/open", "q", "X-User: a"));

        // Authentication asked who the user is, in vain: a user would be given the answer to no one.
        Assert.False(await server.StoresAsync("/open"));
        Assert.False(await server.StoresAsync("/anonymous"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Row_order_compression_before_is_done_again_and_after_needs_Accept_Encoding(bool before)
    {
        await using var server = await CachedServer.StartAsync(
            use: app =>
            {
                if (before) app.UseResponseCompression();
            },
            inside: app =>
            {
                if (!before) app.UseResponseCompression();
            },
            answer: context => context.Response.ContentType = "text/plain",
            policy: p => p.SetVaryByHeader("Accept-Encoding").VaryByQueryContent(),
            configure: builder => builder.Services.AddResponseCompression());
        foreach (var run in new[] { "1: q", "1: q" })
        {
            var response = await server.QueryAsync("/a", "q", "Accept-Encoding: gzip");
            using var text = new StreamReader(new GZipStream(new MemoryStream(response.Content), CompressionMode.Decompress));
            Assert.Equal(("gzip", "Accept-Encoding", run), (response["Content-Encoding"], response["Vary"], await text.ReadToEndAsync(TestContext.Current.CancellationToken)));
        }
        Assert.Equal("2: q", (await server.QueryAsync("/a", "q")).ContentText);
    }

    [Fact]
    public async Task Row_order_localization_before_separates_cultures()
    {
        await using var server = await CachedServer.StartAsync(
            policy: p => p.SetVaryByHeader("Accept-Language").VaryByQueryContent(),
            use: app => app.UseRequestLocalization("en", "de"));
        Assert.Equal("1: q", (await server.QueryAsync("/a?culture=de", "q")).ContentText);
        Assert.Equal("2: q", (await server.QueryAsync("/a", "q", "Accept-Language: de")).ContentText);
        Assert.Equal("3: q", (await server.QueryAsync("/a", "q", "Accept-Language: en")).ContentText);
        Assert.Equal("2: q", (await server.QueryAsync("/a", "q", "Accept-Language: de")).ContentText);
    }

    [Fact]
    public async Task Row_order_CORS_before_keeps_origins_apart()
    {
        await using var server = await CachedServer.StartAsync(
            use: app => app.UseCors(),
            configure: builder => builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins("https://a.test", "https://b.test").AllowQuery())));
        foreach (var age in new[] { null, "0" })
        {
            foreach (var origin in new[] { "https://a.test", "https://b.test" })
            {
                var response = await server.QueryAsync("/a", "q", $"Origin: {origin}");
                Assert.Equal((origin, "Origin", age), (response["Access-Control-Allow-Origin"], response["Vary"], response["Age"]));
            }
        }
    }

    [Fact]
    public async Task Row_RFC_9111_an_unsafe_request_makes_nothing_unusable()
    {
        await using var server = await CachedServer.StartAsync(inside: app => app.MapPost("/a", () => Results.NoContent()));
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q")).ContentText);
        Assert.Equal(204, (await server.SendAsync("POST /a", "x")).Status);
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q")).ContentText);
    }

    [Fact]
    public async Task Row_RFC_9111_what_breaks_off_is_not_stored()
    {
        var runs = 0;
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapMethods("/a", [HttpMethods.Query], async context =>
                {
                    await context.Response.WriteAsync($"{++runs}");
                    if (runs > 1) return;
                    var gone = new TaskCompletionSource();
                    context.RequestAborted.Register(gone.SetResult);
                    context.Abort();
                    await gone.Task;
                }).CacheOutput(p => p.VaryByQueryContent());
            },
            builder => builder.Services.AddOutputCache());
        await Assert.ThrowsAnyAsync<Exception>(() => server.SendAsync("QUERY /a", "text/plain", "q"));
        Assert.Equal("2", (await server.SendAsync("QUERY /a", "text/plain", "q")).ContentText);
    }

    private static Task<QueryServer> StartConditionalAsync()
    {
        var runs = 0;
        return QueryServer.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapQuery("/a", async (HttpContext context) =>
                {
                    if (await context.CheckConditionsAsync(new EntityTag("1"), new DateTimeOffset(2026, 2, 2, 3, 4, 5, default)) is { } answer) return answer;
                    context.Response.Headers["X-Run"] = $"{++runs}";
                    return Results.Text("result");
                }).WithRanges().CacheOutput(p => p.VaryByQueryContent());
            },
            builder => builder.Services.AddOutputCache());
    }

    private static Task<RawResponse> AskCodedAsync(CachedServer server, string content)
    {
        using var coded = new MemoryStream();
        using (var gzip = new GZipStream(coded, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(content));
        var head = $"QUERY /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: {coded.Length}\r\n\r\n";
        return RawHttp.SendAsync(server.Port, [.. Encoding.Latin1.GetBytes(head), .. coded.ToArray()]);
    }

    private sealed class UnreadableStore : IOutputCacheStore
    {
        public ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken) => default;

        public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => throw new IOException("The store is down.");

        public ValueTask SetAsync(string key, byte[] value, string[]? tags, TimeSpan validFor, CancellationToken cancellationToken) => default;
    }

    // As a session would be known: not by Authorization.
    private sealed class UserFieldHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["X-User"] is [{ } name]
                ? AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ClaimTypes.Name, name)], Scheme.Name)), Scheme.Name))
                : AuthenticateResult.NoResult());
    }
}
