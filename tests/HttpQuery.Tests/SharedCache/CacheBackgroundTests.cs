using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.SharedCache;

/// <summary>Revalidation in the background (RFC 5861 §3): what its endpoint finds, and what it leaves alone.</summary>
public sealed class CacheBackgroundTests
{
    [Fact]
    public async Task A_request_whose_answer_is_revalidated_stays_the_one_that_its_accessor_gives()
    {
        var own = new List<bool>();
        await using var server = await StartAsync(
            context => Task.FromResult(""),
            build: builder => builder.Services.AddHttpContextAccessor(),
            before: app => app.Use(async (context, next) =>
            {
                await next(context);
                own.Add(context.RequestServices.GetRequiredService<IHttpContextAccessor>().HttpContext == context);
            }));
        await RevalidateAsync(server, "QUERY /");
        Assert.DoesNotContain(false, own);
    }

    [Fact]
    public async Task The_accessor_gives_the_endpoint_its_own_request()
    {
        await using var server = await StartAsync(
            context => Task.FromResult($"{context.RequestServices.GetRequiredService<IHttpContextAccessor>().HttpContext == context}"),
            build: builder => builder.Services.AddHttpContextAccessor());
        Assert.Equal("#2 True", await RevalidateAsync(server, "QUERY /"));
    }

    [Fact]
    public async Task The_endpoint_of_HEAD_makes_no_answers_to_GET()
    {
        var (count, heads) = (0, 0);
        await using var server = await CachedServer.StartAsync(app =>
        {
            app.MapGet("/", context =>
            {
                context.Response.Headers.CacheControl = "max-age=10, stale-while-revalidate=100";
                return context.Response.WriteAsync($"#{Interlocked.Increment(ref count)}");
            });
            app.MapMethods("/", ["HEAD"], context =>
            {
                context.Response.Headers.CacheControl = "max-age=10, stale-while-revalidate=100";
                Interlocked.Increment(ref heads);
                return Task.CompletedTask;
            });
        });
        await server.SendAsync("GET /");
        server.Clock.Advance(TimeSpan.FromSeconds(11));

        // Another endpoint, so not answered by what the one of GET said.
        Assert.Null((await server.SendAsync("HEAD /"))["Age"]);
        while ((await server.SendAsync("GET /")).ContentText == "#1") await Task.Yield();
        Assert.Equal(1, heads);
    }

    [Fact]
    public async Task What_the_endpoint_leaves_to_be_disposed_is_disposed()
    {
        var disposed = new TaskCompletionSource();
        await using var server = await StartAsync(context =>
        {
            if (context.Request.Headers.CacheControl.Count > 0) context.Response.RegisterForDispose(new Disposable(disposed));
            return Task.FromResult("");
        });
        await RevalidateAsync(server, "QUERY /");
        await disposed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_was_found_out_about_the_request_before_the_cache_is_known()
    {
        await using var server = await StartAsync(
            context => Task.FromResult($"{context.Items["tenant"]} {CultureInfo.CurrentCulture.Name}"),
            endpoint => endpoint.CacheQuery(policy => policy.PartitionBy(context => (string?)context.Items["tenant"])),
            before: app => app.UseRequestLocalization("en", "sv").Use((context, next) =>
            {
                context.Items["tenant"] = "one";
                return next(context);
            }));
        Assert.Equal("#2 one sv", await RevalidateAsync(server, "QUERY /?culture=sv"));
    }

    [Fact]
    public async Task A_query_that_must_not_be_transformed_is_revalidated_as_that()
    {
        await using var server = await StartAsync(context => Task.FromResult(""));
        Assert.Equal("#2 ", await RevalidateAsync(server, "QUERY /", "Cache-Control: no-transform"));
    }

    [Fact]
    public async Task Content_that_was_decoded_before_the_cache_is_revalidated_as_decoded()
    {
        await using var server = await StartAsync(
            async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                return await reader.ReadToEndAsync();
            },
            before: app => app.Use((context, next) =>
            {
                // As what decodes leaves it: the length is that of the coded octets.
                context.Request.Body = new MemoryStream("a"u8.ToArray());
                context.Request.Headers.ContentEncoding = default;
                return next(context);
            }));
        Assert.Equal("#2 a", await RevalidateAsync(server, "QUERY /", "Content-Encoding: test"));
    }

    [Fact]
    public async Task An_answer_that_would_be_made_without_what_is_known_before_the_cache_is_not_made()
    {
        var count = 0;
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/", ["QUERY"], context =>
            {
                context.Response.Headers.CacheControl = "max-age=10, stale-while-revalidate=100";
                return context.Response.WriteAsync($"#{Interlocked.Increment(ref count)} {context.Request.Headers["X-Tenant"]}");
            }).CacheQuery(policy => policy.PartitionBy(context => context.RequestServices.GetRequiredService<Tenant>().Name)),
            build: builder => builder.Services.AddScoped<Tenant>(),
            before: app => app.Use((context, next) =>
            {
                context.RequestServices.GetRequiredService<Tenant>().Name = context.Request.Headers["X-Tenant"];
                return next(context);
            }));
        await server.QueryAsync("/", "a", "X-Tenant: one");
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        for (var i = 0; i < 100; i++) Assert.Equal("#1 one", await server.QueryAsync("/", "a", "X-Tenant: one"));
        Assert.Equal("#2 ", await server.QueryAsync("/", "a"));
    }

    // Answers stale while it is asked anew, and gives what is stored then.
    private static async Task<string> RevalidateAsync(CachedServer server, string requestLine, params string[] fields)
    {
        await server.SendAsync(requestLine, "application/json", "12345", fields);
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        var patience = DateTime.UtcNow.AddSeconds(20);
        string answer;
        while ((answer = (await server.SendAsync(requestLine, "application/json", "12345", fields)).ContentText).StartsWith("#1", StringComparison.Ordinal) && DateTime.UtcNow < patience) await Task.Yield();
        return answer;
    }

    private static Task<CachedServer> StartAsync(
        Func<HttpContext, Task<string>> answer, Action<IEndpointConventionBuilder>? refine = null, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? before = null)
    {
        var count = 0;
        return CachedServer.StartAsync(
            app =>
            {
                var endpoint = app.MapMethods("/", ["QUERY"], async (HttpContext context) =>
                {
                    context.Response.Headers.CacheControl = "max-age=10, stale-while-revalidate=100";
                    var text = await answer(context);
                    await context.Response.WriteAsync($"#{Interlocked.Increment(ref count)} {text}");
                });
                refine?.Invoke(endpoint);
            },
            build: build,
            before: before);
    }

    private sealed class Tenant
    {
        public string? Name { get; set; }
    }

    private sealed class Disposable(TaskCompletionSource disposed) : IDisposable
    {
        public void Dispose() => disposed.TrySetResult();
    }
}
