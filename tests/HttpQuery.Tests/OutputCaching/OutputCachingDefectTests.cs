using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.OutputCaching;

/// <summary>What output caching does wrongly by itself, numbered as in docs/output-caching.md.</summary>
public class OutputCachingDefectTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("/a?q=%1E")]
    [InlineData("/a?q=%1f")]
    [InlineData("/a?%1e")]
    [InlineData("/a%1Eb")]
    [InlineData("/%1Fb")]
    [InlineData("/a", "X-Tenant: a\u001eb")]
    [InlineData("/a", "X-Tenant: a\u001fb")]
    public async Task Defect_1_delimiters_in_the_key_share_nothing_even_with_locking(string target, params string[] fields)
    {
        using var both = new CountdownEvent(2);
        await using var server = await CachedServer.StartAsync(
            p => p.VaryByQueryContent().SetLocking(true).SetVaryByHeader("X-Tenant"), answer: _ => Meet(both));
        var answers = await Task.WhenAll(server.QueryAsync(target, "victimA", fields), server.QueryAsync(target, "victimB", fields));
        Assert.EndsWith(": victimA", answers[0].ContentText, StringComparison.Ordinal);
        Assert.EndsWith(": victimB", answers[1].ContentText, StringComparison.Ordinal);
        both.Reset(1);
        Assert.Null((await server.QueryAsync(target, "victimA", fields))["Age"]);
    }

    [Fact]
    public async Task Defect_1_delimiters_in_what_an_earlier_policy_adds_share_nothing()
    {
        foreach (var policy in new Action<OutputCachePolicyBuilder>[] { p => p.VaryByValue("a", "\u001e"), p => p.VaryByValue("\u001f", "a"), p => p.SetCacheKeyPrefix("\u001e"), p => p.SetVaryByRouteValue("\u001e") })
        {
            using var both = new CountdownEvent(2);
            await using var server = await CachedServer.StartAsync(
                p =>
                {
                    policy(p);
                    p.VaryByQueryContent().SetLocking(true);
                },
                answer: _ => Meet(both));
            var answers = await Task.WhenAll(server.QueryAsync("/a", "victimA"), server.QueryAsync("/a", "victimB"));
            Assert.EndsWith(": victimA", answers[0].ContentText, StringComparison.Ordinal);
            Assert.EndsWith(": victimB", answers[1].ContentText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Defect_1_contents_are_no_part_of_the_key_text()
    {
        await using var server = await CachedServer.StartAsync();
        Assert.True(await server.StoresAsync("/a", "\u001e\u001f"));
        Assert.True(await server.StoresAsync("/a?q=%251E", "q"));
    }

    [Fact]
    public async Task Defect_1_is_as_it_was_for_GET()
    {
        var counter = new CachedServer.Counter();
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapGet("/a", counter.Handler).CacheOutput(p => p.VaryByQueryContent());
            },
            counter);
        Assert.Equal("1: ", (await server.SendAsync("GET /a", null)).ContentText);
        Assert.Equal("1: ", (await server.SendAsync("GET /a", null)).ContentText);
        Assert.Equal("2: ", (await server.SendAsync("GET /a?q=%1E", null)).ContentText);
        Assert.Equal("3: ", (await server.SendAsync("GET /a?q=%1E", null)).ContentText);
    }

    [Fact]
    public async Task Defect_2_requests_do_not_wait_for_one_another()
    {
        using var both = new CountdownEvent(2);
        await using var server = await CachedServer.StartAsync(answer: _ => Meet(both));
        var answers = await Task.WhenAll(server.QueryAsync("/a", "q"), server.QueryAsync("/a", "q"));
        Assert.All(answers, answer => Assert.Equal((200, (string?)null), (answer.Status, answer["Age"])));
        Assert.Equal(2, server.Runs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Defect_2_SetLocking_counts_where_it_comes_after(bool after)
    {
        var locking = new List<bool>();
        await using var server = await CachedServer.StartAsync(
            p => _ = after ? p.VaryByQueryContent().SetLocking(true) : p.SetLocking(true).VaryByQueryContent(),
            answer: context => locking.Add(context.Features.Get<IOutputCacheFeature>()!.Context.AllowLocking));
        Assert.True(await server.StoresAsync());
        Assert.Equal([after], locking);
    }

    [Fact]
    public async Task Defect_3_requests_with_other_cookies_share_nothing()
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q", "Cookie: id=a")).ContentText);
        Assert.Equal("2: q", (await server.QueryAsync("/a", "q", "Cookie: id=b")).ContentText);
        Assert.Equal("3: q", (await server.QueryAsync("/a", "q")).ContentText);
        Assert.Equal("4: q", (await server.QueryAsync("/a", "q", "Cookie: id=a", "Cookie: id=b")).ContentText);
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q", "Cookie: id=a")).ContentText);
    }

    [Fact]
    public async Task Defect_3_requests_of_users_are_not_cached()
    {
        await using var server = await CachedServer.StartAsync(use: app => app.Use((context, next) =>
        {
            if (context.Request.Headers.ContainsKey("X-User")) context.User = new(new ClaimsIdentity("test"));
            return next();
        }));
        Assert.True(await server.StoresAsync());
        Assert.False(await server.StoresAsync(fields: "Authorization: Basic YTpi"));
        Assert.False(await server.StoresAsync(fields: "X-User: a"));
    }

    [Fact]
    public async Task Defect_3_a_user_is_one_whatever_identity_says_so()
    {
        await using var server = await CachedServer.StartAsync(use: app => app.Use((context, next) =>
        {
            if (context.Request.Headers.ContainsKey("X-User")) context.User.AddIdentity(new ClaimsIdentity("test"));
            return next();
        }));
        Assert.False(await server.StoresAsync(fields: "X-User: a"));
    }

    [Fact]
    public async Task Defect_3_requests_with_a_certificate_are_not_cached()
    {
        using var key = RSA.Create();
        using var certificate = new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        await using var server = await CachedServer.StartAsync(use: app => app.Use((context, next) =>
        {
            if (context.Request.Headers.ContainsKey("X-User")) context.Connection.ClientCertificate = certificate;
            return next();
        }));
        Assert.False(await server.StoresAsync(fields: "X-User: a"));
        Assert.True(await server.StoresAsync());
    }

    [Theory]
    [InlineData("no-store")]
    [InlineData("private")]
    [InlineData("max-age=600, private=\"x\"")]
    [InlineData("no-cache")]
    [InlineData("no-cache=\"x\"")]
    [InlineData("public, No-Store")]
    public async Task Defect_4_what_must_not_be_stored_is_not(string cacheControl)
    {
        await using var server = await CachedServer.StartAsync(answer: context => context.Response.Headers.CacheControl = cacheControl);
        Assert.False(await server.StoresAsync());
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(true, "Content-Type, content-encoding")]
    [InlineData(true, "Cookie, Origin")]
    [InlineData(false, "Accept-Language")]
    [InlineData(false, "Content-Type, Accept-Language")]
    [InlineData(false, "*")]
    [InlineData(false, "User-Agent")]
    [InlineData(false, "a b")]
    public async Task Defect_4_what_varies_by_a_field_outside_the_key_is_not_stored(bool stored, string vary)
    {
        await using var server = await CachedServer.StartAsync(answer: context => context.Response.Headers.Vary = vary);
        Assert.Equal(stored, await server.StoresAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Defect_4_a_field_that_the_policy_names_separates(bool after)
    {
        await using var server = await CachedServer.StartAsync(
            p => _ = after ? p.VaryByQueryContent().SetVaryByHeader("accept-language") : p.SetVaryByHeader("accept-language").VaryByQueryContent(),
            answer: context => context.Response.Headers.Vary = "Accept-Language");
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q", "Accept-Language: fr")).ContentText);
        Assert.Equal("2: q", (await server.QueryAsync("/a", "q", "Accept-Language: de")).ContentText);
        Assert.Equal("3: q", (await server.QueryAsync("/a", "q", "Accept-Language: f", "Accept-Language: r")).ContentText);
        Assert.Equal("4: q", (await server.QueryAsync("/a", "q", "Accept-Language:")).ContentText);
        Assert.Equal("5: q", (await server.QueryAsync("/a", "q")).ContentText);
        Assert.Equal("1: q", (await server.QueryAsync("/a", "q", "Accept-Language: fr")).ContentText);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Defect_4_Vary_counts_where_it_is_added_as_the_response_starts(bool inside, bool hasContent)
    {
        void Add(WebApplication app) => app.Use((context, next) =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.Vary = "Accept-Language";
                return Task.CompletedTask;
            });
            return next();
        });
        var runs = 0;
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                if (!inside) Add(app);
                app.UseOutputCache();
                if (inside) Add(app);
                app.MapMethods("/a", [HttpMethods.Query], context =>
                {
                    context.Response.Headers["X-Run"] = $"{++runs}";
                    return hasContent ? context.Response.WriteAsync("a") : Task.CompletedTask;
                }).CacheOutput(p => p.VaryByQueryContent());
            },
            builder => builder.Services.AddOutputCache());
        foreach (var run in new[] { "1", "2" }) Assert.Equal(run, (await server.SendAsync("QUERY /a", "text/plain", "q"))["X-Run"]);
    }

    [Fact]
    public async Task Defect_4_responses_chosen_by_Accept_are_kept_apart()
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapQuery("/a", context => context.Response.WriteAsync(context.GetNegotiatedMediaType()!.ToString()))
                    .WithProduces("text/csv", "text/html").CacheOutput(p => p.VaryByQueryContent());
            },
            builder => builder.Services.AddOutputCache());
        foreach (var isHit in new[] { false, true })
        {
            foreach (var type in new[] { "text/csv", "text/html" })
            {
                var response = await server.SendAsync("QUERY /a", "text/plain", "q", [$"Accept: {type}"]);
                Assert.Equal((type, "Accept", isHit), (response.ContentText, response["Vary"], response["Age"] is not null));
            }
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Defect_5_content_over_the_limit_of_the_server_is_413(bool plain, bool chunked)
    {
        await using var server = await StartLimitedAsync(plain);
        var content = new string('a', 100);
        var request = "QUERY /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/plain\r\n"
            + (chunked ? $"Transfer-Encoding: chunked\r\n\r\n64\r\n{content}\r\n0\r\n\r\n" : $"Content-Length: 100\r\n\r\n{content}");
        var response = await server.SendRawAsync(request);
        Assert.Equal((413, "application/problem+json"), (response.Status, response["Content-Type"]));
        Assert.Equal(plain ? null : "*/*", response["Accept-Query"]);
        Assert.Equal(0, server.Runs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Defect_5_broken_content_is_400(bool plain)
    {
        await using var server = await StartLimitedAsync(plain);
        var response = await server.SendRawAsync("QUERY /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n");
        Assert.Equal((400, "application/problem+json"), (response.Status, response["Content-Type"]));
        Assert.Equal(0, server.Runs);
    }

    [Theory]
    [InlineData(true, "max-age=60")]
    [InlineData(true, "max-age=5, s-maxage=600")]
    [InlineData(true, "public")]
    [InlineData(false, "max-age=59")]
    [InlineData(false, "max-age=600, s-maxage=5")]
    [InlineData(false, "max-age=0")]
    [InlineData(false, "max-age=x")]
    public async Task Defect_6_what_is_fresh_for_less_time_than_it_would_be_kept_is_not_stored(bool stored, string cacheControl)
    {
        await using var server = await CachedServer.StartAsync(answer: context => context.Response.Headers.CacheControl = cacheControl);
        Assert.Equal(stored, await server.StoresAsync());
    }

    [Fact]
    public async Task Defect_6_Expires_counts_too()
    {
        var lifetime = TimeSpan.Zero;
        await using var server = await CachedServer.StartAsync(answer: context => context.Response.Headers.Expires = (DateTimeOffset.UtcNow + lifetime).ToString("r"));
        Assert.False(await server.StoresAsync());
        lifetime = TimeSpan.FromHours(1);
        Assert.True(await server.StoresAsync());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public async Task Defect_6_the_policy_or_the_handler_can_shorten_the_time(int seconds)
    {
        await using var byPolicy = await CachedServer.StartAsync(
            p => p.Expire(TimeSpan.FromSeconds(seconds)).VaryByQueryContent(), answer: context => context.Response.Headers.CacheControl = "max-age=10");
        Assert.True(await byPolicy.StoresAsync());
        await using var byHandler = await CachedServer.StartAsync(answer: context =>
        {
            context.Features.Get<IOutputCacheFeature>()!.Context.ResponseExpirationTimeSpan = TimeSpan.FromSeconds(seconds);
            context.Response.Headers.CacheControl = "max-age=10";
        });
        Assert.True(await byHandler.StoresAsync());
    }

    private static void Meet(CountdownEvent all)
    {
        all.Signal();
        if (!all.Wait(Patience)) throw new TimeoutException("One request stands for several.");
    }

    private static Task<CachedServer> StartLimitedAsync(bool plain) => CachedServer.StartAsync(
        use: app => app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = _ => Task.CompletedTask }),
        configure: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 50),
        plain: plain);
}
