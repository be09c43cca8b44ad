using System.Net;
using System.Text;
using HttpQuery.Caching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HttpQuery.Tests.SharedCache;

/// <summary>The cache in the company of the framework's own middleware and protocols.</summary>
public sealed class FrameworkMiddlewareTests
{
    [Fact]
    public async Task A_request_that_names_no_host_is_answered_and_not_looked_up()
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("QUERY a #1", await AskAsync("HTTP/1.0\r\n"));
        Assert.Equal("QUERY a #2", await AskAsync("HTTP/1.0\r\n"));
        Assert.Equal("QUERY a #3", await AskAsync("HTTP/1.1\r\nHost:\r\nConnection: close\r\n"));
        Assert.Equal("QUERY a #4", await AskAsync("HTTP/1.0\r\n"));

        async Task<string> AskAsync(string rest)
        {
            var response = await RawHttp.SendAsync(server.Port, $"QUERY /a {rest}Content-Type: text/plain\r\nContent-Length: 1\r\n\r\na");
            Assert.Equal(200, response.Status);
            return response.ContentText;
        }
    }

    [Theory]
    [InlineData("xn--bcher-kva.example", "XN--bcher-kva.example", false)]
    [InlineData("[::1]", "[::1]:80", false)]
    [InlineData("a.example", "A.example", false)]
    [InlineData("a.example", "a.example:80", false)]
    [InlineData("a.example", "a.example.", false)]
    [InlineData("a.example", "b.example", false)]
    [InlineData("a.example:80", "a.example:80", true)]
    public async Task A_host_counts_as_the_application_receives_it(string one, string other, bool same)
    {
        await using var server = await CachedServer.StartAsync();
        await server.SendAsync("QUERY /a", "text/plain", "a", host: one);
        var response = await server.SendAsync("QUERY /a", "text/plain", "a", host: other);
        Assert.Equal((200, same ? "QUERY a #1" : "QUERY a #2"), (response.Status, response.ContentText));
    }

    [Theory]
    [InlineData("http://xn--bcher-kva.example/a")]
    [InlineData("http://b\u00fccher.example/a")]
    [InlineData("http://B\u00fccher.example:80/a")]
    public async Task A_URI_of_a_host_in_Unicode_is_evicted(string uri)
    {
        await using var server = await CachedServer.StartAsync(before: app => app.Use(async (context, next) =>
        {
            if (context.Request.Headers["X-Evict"].Count > 0) await context.RequestServices.GetRequiredService<QueryCache>().EvictAsync(new(uri));
            await next(context);
        }));
        await server.SendAsync("QUERY /a", "text/plain", "a", host: "xn--bcher-kva.example");
        var response = await server.SendAsync("QUERY /a", "text/plain", "a", ["X-Evict: 1"], "xn--bcher-kva.example");
        Assert.Equal("QUERY a #2", response.ContentText);
    }

    [Fact]
    public async Task A_connection_carries_hits_and_misses_of_several_queries()
    {
        await using var server = await CachedServer.StartAsync();
        var request = new StringBuilder();
        foreach (var content in new[] { "a", "b", "a", "c", "b" }) request.Append($"QUERY /a HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n{content}");
        request.Append("QUERY /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n");
        using var socket = new System.Net.Sockets.TcpClient("127.0.0.1", server.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request.ToString()), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());
        var all = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        var answers = System.Text.RegularExpressions.Regex.Matches(all, @"QUERY . #\d").Select(match => match.Value);
        Assert.Equal(["QUERY a #1", "QUERY b #2", "QUERY a #1", "QUERY c #3", "QUERY b #2", "QUERY a #1"], answers);
    }

    [Fact]
    public async Task Over_HTTP_2_the_cache_does_the_same()
    {
        await using var server = await CachedServer.StartAsync(build: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2)));
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        async Task<string> SendAsync(HttpContent content, string method = "QUERY")
        {
            using var request = new HttpRequestMessage(new(method), $"http://127.0.0.1:{server.Port}/a") { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
        static StreamContent Unsized(string text) => new(new Unseekable(Encoding.UTF8.GetBytes(text))) { Headers = { ContentType = new("text/plain") } };
        static ByteArrayContent Sized(string text) => new(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new("text/plain") } };
        var large = new string('x', 300_000);
        Assert.Equal("QUERY a #1", await SendAsync(Sized("a")));
        Assert.Equal("QUERY a #1", await SendAsync(Unsized("a")));
        Assert.Equal("QUERY b #2", await SendAsync(Unsized("b")));
        Assert.Equal("QUERY  #3", await SendAsync(Sized("")));
        Assert.Equal($"QUERY {large} #4", await SendAsync(Sized(large)));
        Assert.Equal($"QUERY {large} #4", await SendAsync(Unsized(large)));
        await SendAsync(Sized("x"), "POST");
        Assert.Equal("QUERY a #5", await SendAsync(Sized("a")));
    }

    [Fact]
    public async Task Followers_get_answers_when_the_client_of_their_leader_goes_away()
    {
        var (count, gone) = (0, new TaskCompletionSource());
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/", ["QUERY"], async context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            if (Interlocked.Increment(ref count) == 1)
            {
                using var registration = context.RequestAborted.Register(gone.SetResult);
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
            await context.Response.WriteAsync("whole");
        }));
        Task<string>[] followers;
        using (var socket = new System.Net.Sockets.TcpClient("127.0.0.1", server.Port))
        {
            await socket.GetStream().WriteAsync("QUERY / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\na"u8.ToArray(), TestContext.Current.CancellationToken);
            while (Volatile.Read(ref count) == 0) await Task.Yield();
            followers = [.. Enumerable.Range(0, 5).Select(_ => server.QueryAsync("/", "a"))];
        }
        await gone.Task;
        Assert.All(await Task.WhenAll(followers), answer => Assert.Equal("whole", answer));
    }

    [Fact]
    public async Task An_exception_handler_behind_the_cache_answers_and_nothing_is_stored()
    {
        var count = 0;
        await using var server = await CachedServer.StartAsync(app =>
        {
            app.UseExceptionHandler(error => error.Run(context => context.Response.WriteAsync($"handled #{++count}")));
            app.UseRouting();
            app.MapMethods("/", ["QUERY"], _ => throw new InvalidOperationException("It broke.")).CacheQuery(policy => policy.Expire(TimeSpan.FromMinutes(1)));
        }, before: app => app.UseRouting());
        for (var i = 1; i < 3; i++)
        {
            var failed = await server.SendQueryAsync("/", "a");
            Assert.Equal((500, $"handled #{i}"), (failed.Status, failed.ContentText));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pages_for_status_codes_by_reexecution_work_on_both_sides(bool before)
    {
        var count = 0;
        void Pages(WebApplication app) => app.UseStatusCodePagesWithReExecute("/error/{0}");
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                if (!before) Pages(app);
                if (!before) app.UseRouting();
                app.MapMethods("/a", ["QUERY"], context =>
                {
                    count++;
                    context.Response.Headers.CacheControl = "max-age=60";
                    context.Response.StatusCode = 404;
                    return Task.CompletedTask;
                });
                app.Map("/error/{status}", (string status) => $"page {status}");
            },
            before: app =>
            {
                if (before) Pages(app);
                app.UseRouting();
            });
        for (var i = 0; i < 3; i++)
        {
            var response = await server.SendQueryAsync("/a", "a");
            Assert.Equal((404, "page 404"), (response.Status, response.ContentText));
        }
        // Behind the cache the page is another endpoint's.
        Assert.Equal(before ? 1 : 3, count);
    }

    [Fact]
    public async Task What_sets_another_body_and_takes_it_back_is_stored_as_it_comes_out()
    {
        await using var server = await CachedServer.StartAsync(app =>
        {
            app.Use(async (context, next) =>
            {
                var body = context.Response.Body;
                using var memory = new MemoryStream();
                context.Response.Body = memory;
                await next(context);
                context.Response.Body = body;
                await context.Response.WriteAsync(Encoding.UTF8.GetString(memory.ToArray()).ToUpperInvariant());
            });
            app.MapMethods("/", ["QUERY"], context =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                return context.Response.WriteAsync("text");
            });
        });
        for (var i = 0; i < 2; i++) Assert.Equal("TEXT", await server.QueryAsync("/", "a"));
    }

    [Fact]
    public async Task Events_come_as_they_are_made()
    {
        var more = new TaskCompletionSource();
        await using var server = await CachedServer.StartAsync(app => app.MapGet("/", () => TypedResults.ServerSentEvents(Events(more.Task))));
        using var client = new HttpClient();
        using var stream = await client.GetStreamAsync(new Uri($"http://127.0.0.1:{server.Port}/"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.Equal("data: one", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        more.SetResult();
        Assert.Contains("data: two", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trailers_and_resets_of_HTTP_2_pass()
    {
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                app.MapGet("/trailers", async context =>
                {
                    await context.Response.WriteAsync("x");
                    context.Response.AppendTrailer("X-Sum", "1");
                });
                app.MapGet("/reset", async context =>
                {
                    context.Response.Headers.CacheControl = "max-age=60";
                    await context.Response.WriteAsync("begin");
                    await context.Response.Body.FlushAsync();
                    context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(2);
                });
            },
            build: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2)));
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{server.Port}/trailers"), TestContext.Current.CancellationToken);
        Assert.Equal("1", response.TrailingHeaders.GetValues("X-Sum").Single());
        for (var i = 0; i < 2; i++) await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"http://127.0.0.1:{server.Port}/reset"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(201)]
    [InlineData(302)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(422)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_lifetime_by_policy_is_none_of_errors(int status)
    {
        await using var server = await CachedServer.StartAsync(null, endpoint => endpoint.CacheQuery(policy => policy.Expire(TimeSpan.FromMinutes(1))), context => context.Response.StatusCode = status);
        Assert.Equal("QUERY a #1", await server.QueryAsync("/", "a"));
        Assert.Equal("QUERY a #2", await server.QueryAsync("/", "a"));
    }

    [Theory]
    [InlineData("private, max-age=60")]
    [InlineData("no-store")]
    public async Task Sharing_across_users_shares_nothing_private(string cacheControl)
    {
        await using var server = await CachedServer.StartAsync(cacheControl, endpoint => endpoint.CacheQuery(policy => policy.ShareAcrossUsers()));
        Assert.Equal("QUERY a #1", await server.QueryAsync("/", "a", "Authorization: Bearer 1"));
        Assert.Equal("QUERY a #2", await server.QueryAsync("/", "a", "Authorization: Bearer 2"));
    }

    [Fact]
    public async Task Vary_by_everything_is_not_stored()
    {
        await using var server = await CachedServer.StartAsync(answer: context => context.Response.Headers.Vary = "Accept, *");
        Assert.Equal("QUERY a #1", await server.QueryAsync("/", "a"));
        Assert.Equal("QUERY a #2", await server.QueryAsync("/", "a"));
    }

    [Fact]
    public async Task CORS_before_the_cache_answers_each_origin_for_itself()
    {
        await using var server = await CachedServer.StartAsync(
            build: builder => builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins("https://a.test", "https://b.test").AllowAnyMethod())),
            before: app => app.UseRouting().UseCors());
        foreach (var origin in new[] { "https://a.test", "https://b.test", "https://c.test", "https://a.test" })
        {
            var response = await server.SendQueryAsync("/", "a", $"Origin: {origin}");
            Assert.Equal(("QUERY a #1", origin is "https://c.test" ? null : origin), (response.ContentText, response["Access-Control-Allow-Origin"]));
        }
        Assert.Null((await server.SendQueryAsync("/", "a"))["Access-Control-Allow-Origin"]);
    }

    [Fact]
    public async Task The_culture_that_was_chosen_before_the_cache_tells_answers_apart()
    {
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/", ["QUERY"], (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                return System.Globalization.CultureInfo.CurrentCulture.Name;
            }),
            before: app => app.UseRequestLocalization("en", "sv"));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("en", await server.QueryAsync("/", "a"));
            Assert.Equal("sv", await server.QueryAsync("/", "a", "Accept-Language: sv"));
            Assert.Equal("sv", await server.QueryAsync("/", "a", "Cookie: .AspNetCore.Culture=c%3Dsv%7Cuic%3Dsv"));
        }
    }

    [Fact]
    public async Task A_session_before_the_cache_keeps_its_cookies()
    {
        await using var server = await CachedServer.StartAsync(
            answer: context => context.Session.SetString("a", "b"),
            build: builder => builder.Services.AddDistributedMemoryCache().AddSession(),
            before: app => app.UseRouting().UseSession());
        var first = await server.SendQueryAsync("/", "a");
        var second = await server.SendQueryAsync("/", "a");
        Assert.NotNull(first["Set-Cookie"]);
        Assert.Equal(("QUERY a #1", null), (second.ContentText, second["Set-Cookie"]));
    }

    [Fact]
    public async Task Actions_and_what_decodes_and_codes_work_behind_the_cache()
    {
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                app.UseResponseCompression();
                app.UseRequestDecompression();
                app.MapControllers();
            },
            build: builder => builder.Services.AddRequestDecompression().AddResponseCompression().AddControllers().AddApplicationPart(typeof(FrameworkMiddlewareTests).Assembly),
            before: app => app.UseRouting().UseAuthorization());
        var first = await server.SendAsync("QUERY /company", "application/json", """{"name":"ann"}""", ["Accept-Encoding: br"]);
        var second = await server.SendAsync("QUERY /company", "application/json", """{ "name" : "ann" }""", ["Accept-Encoding: br"]);
        Assert.Equal((200, "br"), (first.Status, first["Content-Encoding"]));
        Assert.Contains("hit", second["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal(first.Content, second.Content);
    }

    [Fact]
    public async Task A_base_path_and_branches_are_part_of_the_target()
    {
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/x", ["QUERY"], (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                return $"{context.Request.PathBase}|{context.Request.Path}";
            }),
            before: app => app.UsePathBase("/base").UseRouting());
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("/base|/x", await server.QueryAsync("/base/x", "a"));
            Assert.Equal("|/x", await server.QueryAsync("/x", "a"));
            Assert.Equal("/BASE|/x", await server.QueryAsync("/BASE/x", "a"));
        }
    }

    private static async IAsyncEnumerable<string> Events(Task more)
    {
        yield return "one";
        await more;
        yield return "two";
    }

    private sealed class Unseekable(byte[] octets) : MemoryStream(octets)
    {
        public override bool CanSeek => false;
    }
}

[ApiController]
[Route("company")]
public sealed class CompanyController : ControllerBase
{
    [HttpQuery]
    [ResponseCache(Duration = 60)]
    public IActionResult Get(Company company) => Ok(new { company.Name, Filler = new string('x', 2000) });
}

public sealed record Company(string Name);
