using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.SharedCache;

/// <summary>Revalidation in the background (RFC 5861 §3): what its endpoint finds, and what it leaves alone.</summary>
public sealed class BackgroundRevalidatorTests
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
    public async Task A_callback_that_fails_at_the_end_leaves_the_others_alone()
    {
        var calls = new System.Collections.Concurrent.ConcurrentQueue<int>();
        var last = new TaskCompletionSource();
        await using var server = await StartAsync(context =>
        {
            if (context.Request.Headers.CacheControl.Count == 0) return Task.FromResult("");
            for (var i = 0; i < 4; i++)
            {
                var own = i;
                context.Response.OnCompleted(() =>
                {
                    calls.Enqueue(own);
                    if (own == 0) last.SetResult();
                    return own switch
                    {
                        3 => throw new InvalidOperationException("at once"),
                        2 => Task.FromException(new OperationCanceledException("later")),
                        _ => Task.CompletedTask,
                    };
                });
            }
            return Task.FromResult("");
        });
        await RevalidateAsync(server, "QUERY /");
        await last.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal([3, 2, 1, 0], calls);
    }

    [Theory]
    [InlineData("copy")]
    [InlineData("create")]
    [InlineData("dispose")]
    public async Task A_request_in_the_background_that_fails_outside_the_pipeline_gives_all_back(string where)
    {
        // One more than may be on their way at once.
        const int Entries = 101;
        var (count, failures, isBroken) = (0, 0, false);
        void Fail(string place)
        {
            if (!isBroken || place != where) return;
            Interlocked.Increment(ref failures);
            throw new InvalidOperationException("broken");
        }
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/", ["QUERY"], context =>
            {
                context.Response.Headers.CacheControl = "max-age=10, stale-while-revalidate=100";
                return context.Response.WriteAsync($"#{Interlocked.Increment(ref count)}");
            }),
            build: builder => builder.Services.AddSingleton<IHttpContextFactory>(services => new FailingFactory(new DefaultHttpContextFactory(services), Fail)),
            before: app => app.Use((context, next) =>
            {
                context.Features.Set<IHttpConnectionFeature>(new FailingConnection(() => Fail("copy")));
                return next(context);
            }));
        for (var i = 0; i < Entries; i++) await server.QueryAsync("/", $"{i}");
        server.Clock.Advance(TimeSpan.FromSeconds(11));

        isBroken = true;
        for (var i = 0; i < Entries; i++)
        {
            Assert.Equal($"#{i + 1}", await server.QueryAsync("/", $"{i}"));
            for (var waits = 0; Volatile.Read(ref failures) <= i; waits++)
            {
                Assert.True(waits < 2000, "The claim or the slot was not given back.");
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        }
        isBroken = false;
        server.Clock.Advance(TimeSpan.FromSeconds(11));

        var patience = DateTime.UtcNow.AddSeconds(20);
        for (var before = count; count == before && DateTime.UtcNow < patience;) await server.QueryAsync("/", "0");
        Assert.Equal(where is "dispose" ? (2 * Entries) + 1 : Entries + 1, count);
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

    private sealed class FailingConnection(Action fail) : IHttpConnectionFeature
    {
        public string ConnectionId
        {
            get
            {
                fail();
                return "1";
            }
            set => throw new NotSupportedException();
        }

        public IPAddress? RemoteIpAddress { get; set; }

        public IPAddress? LocalIpAddress { get; set; }

        public int RemotePort { get; set; }

        public int LocalPort { get; set; }
    }

    // Of the contexts in the background alone, whose responses go nowhere.
    private sealed class FailingFactory(DefaultHttpContextFactory factory, Action<string> fail) : IHttpContextFactory
    {
        public HttpContext Create(IFeatureCollection featureCollection)
        {
            if (featureCollection.Get<IHttpResponseBodyFeature>() is StreamResponseBodyFeature) fail("create");
            return factory.Create(featureCollection);
        }

        public void Dispose(HttpContext httpContext)
        {
            var isInBackground = httpContext.Features.Get<IHttpResponseBodyFeature>() is StreamResponseBodyFeature;
            factory.Dispose(httpContext);
            if (isInBackground) fail("dispose");
        }
    }

    private sealed class Disposable(TaskCompletionSource disposed) : IDisposable
    {
        public void Dispose() => disposed.TrySetResult();
    }
}
