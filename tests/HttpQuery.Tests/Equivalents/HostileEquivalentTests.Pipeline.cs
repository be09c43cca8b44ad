using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Rewrite;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Equivalents;

// Middleware, and connections with TLS.
public sealed partial class HostileEquivalentTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task With_TLS_and_no_certificate_the_cache_stores_a_response_whose_result_is_stored(bool isTls, bool isOutputCache)
    {
        await using var app = await StartWithTlsAsync(
            isTls, isOutputCache, app => app.MapSearch("/notes", "max-age=60").WithStoredResult());
        Assert.NotNull((await app.TextAsync("/notes", "cats"))["Content-Location"]);
        Assert.NotNull((await app.TextAsync("/notes", "cats"))["Age"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_TLS_and_no_certificate_the_cache_stores_the_response_to_a_GET(bool isTls)
    {
        await using var app = await StartWithTlsAsync(isTls, isOutputCache: false, app => app.MapMethods(
            "/notes", [HttpMethods.Query], async context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.WriteAsync("found");
            await context.Response.Body.FlushAsync();
        }).WithEquivalentResource());
        var location = (await app.TextAsync("/notes", "cats", "Cache-Control: no-store"))["Location"]!;
        Assert.Null((await app.GetAsync(location))["Age"]);
        Assert.NotNull((await app.GetAsync(location))["Age"]);
    }

    [Fact]
    public async Task With_TLS_and_no_certificate_a_GET_without_a_credential_is_not_private()
    {
        await using var app = await StartWithTlsAsync(true, false, app => app.MapSearch("/notes", "max-age=60").WithEquivalentResource());
        var location = (await app.TextAsync("/notes", "cats"))["Location"]!;
        Assert.Equal("max-age=60", (await app.GetAsync(location))["Cache-Control"]);
    }

    [Fact]
    public async Task A_response_that_the_cache_gives_to_requests_with_other_cookies_names_a_result_that_they_share()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRouting();
                app.UseHttpQueryCache();
                app.MapSearch("/notes", "max-age=60").WithStoredResult();
            },
            services: s => s.AddHttpQueryCache());
        Assert.NotNull((await app.TextAsync("/notes", "cats", "Cookie: _ga=1"))["Content-Location"]);
        var other = await app.TextAsync("/notes", "cats", "Cookie: _ga=2");
        Assert.Contains("hit", other["Cache-Status"], StringComparison.Ordinal);
        if (other["Content-Location"] is { } result) Assert.Equal(200, (await app.GetAsync(result, "Cookie: _ga=2")).Status);
    }

    [Fact]
    public async Task A_redirect_to_HTTPS_leads_to_the_same_URI()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseForwardedHeaders();
                app.UseHttpsRedirection();
                app.MapSearch("/notes").WithEquivalentResource().WithStoredResult();
            },
            services: s => s.Configure<ForwardedHeadersOptions>(o =>
            {
                o.ForwardedHeaders = ForwardedHeaders.All;
                o.KnownProxies.Clear();
                o.KnownIPNetworks.Clear();
            }).AddHttpsRedirection(o => o.HttpsPort = 5001));
        var query = await app.TextAsync("/notes?x=1", "cats", "X-Forwarded-Proto: https", "X-Forwarded-For: 10.0.0.1");
        foreach (var uri in new[] { query["Location"]!, query["Content-Location"]! })
        {
            var redirect = await app.GetAsync(uri);
            Assert.Equal((307, "https://localhost:5001" + uri), (redirect.Status, redirect["Location"]));
        }
    }

    [Fact]
    public async Task A_rewritten_path_is_rewritten_again()
    {
        await using var app = await NotesApp.StartAsync(app =>
        {
            app.UseRewriter(new RewriteOptions().AddRewrite("^api/(.*)", "$1", skipRemainingRules: true));
            app.UseRouting();
            app.MapSearch("/notes").WithEquivalentResource().WithStoredResult();
        });
        var query = await app.TextAsync("/api/notes", "cats");
        Assert.Equal("found: cats", query.ContentText);
        foreach (var uri in new[] { query["Location"]!, query["Content-Location"]! })
            Assert.Equal("found: cats", (await app.GetAsync(uri)).ContentText);
    }

    [Fact]
    public async Task A_compressed_response_to_a_GET_is_that_of_the_query()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseResponseCompression();
                app.MapSearch("/notes").WithEquivalentResource().WithStoredResult().WithRanges().WithETag();
            },
            services: s => s.AddResponseCompression());
        var query = await app.TextAsync("/notes", Long, "Accept-Encoding: gzip");
        foreach (var uri in new[] { query["Location"]!, query["Content-Location"]! })
        {
            var get = await app.GetAsync(uri, "Accept-Encoding: gzip");
            Assert.Equal("gzip", get["Content-Encoding"]);
            Assert.StartsWith("W/", get["ETag"], StringComparison.Ordinal);
            using var gzip = new StreamReader(new GZipStream(new MemoryStream(get.Content), CompressionMode.Decompress));
            Assert.Equal("found: " + Long, await gzip.ReadToEndAsync(TestContext.Current.CancellationToken));
            Assert.Equal(304, (await app.GetAsync(uri, "Accept-Encoding: gzip", "If-None-Match: " + get["ETag"])).Status);
            Assert.Equal("found: " + Long, (await app.GetAsync(uri)).ContentText);
        }
    }

    [Fact]
    public async Task Preflights_follow_the_policy_of_the_endpoint()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseCors();
                app.MapSearch("/notes").WithEquivalentResource().RequireCors("page");
            },
            services: s => s.AddCors(o => o.AddPolicy(
                "page", p => p.WithOrigins("https://page.example").WithHeaders("X-A").WithMethods("QUERY"))));
        var location = (await app.TextAsync("/notes", "cats"))["Location"]!;
        string[] preflight = ["Access-Control-Request-Method: GET", "Access-Control-Request-Headers: x-a"];
        var own = await app.SendAsync("OPTIONS " + location, fields: [.. preflight, "Origin: https://page.example"]);
        Assert.Equal("https://page.example", own["Access-Control-Allow-Origin"]);
        var other = await app.SendAsync("OPTIONS " + location, fields: [.. preflight, "Origin: https://evil.example"]);
        Assert.Null(other["Access-Control-Allow-Origin"]);
        Assert.Equal("https://page.example", (await app.GetAsync(location, "Origin: https://page.example"))["Access-Control-Allow-Origin"]);
    }

    [Fact]
    public async Task An_application_with_a_shared_store_and_no_keys_does_not_start()
    {
        var failure = await Record.ExceptionAsync(async () =>
        {
            await using var app = await NotesApp.StartAsync(
                app => app.MapSearch("/notes").WithEquivalentResource(), o => o.LocationKeys.Clear(), store: new FaultyDistributedCache());
        });
        Assert.IsType<InvalidOperationException>(failure);
    }

    [Fact]
    public async Task An_error_page_of_a_group_with_equivalent_resources_is_shown_to_a_GET()
    {
        await using var app = await NotesApp.StartAsync(app =>
        {
            var fail = false;
            app.UseExceptionHandler("/error");
            app.UseRouting();
            var group = app.MapGroup("").WithEquivalentResource();
            group.MapQuery("/notes", (RfcQuery query) =>
            {
                if (fail) throw new InvalidOperationException();
                fail = true;
                return "well";
            });
            group.Map("/error", () => Results.Text("sorry", statusCode: 500));
        });
        var location = (await app.QueryAsync("/notes"))["Location"]!;
        Assert.Equal("sorry", (await app.QueryAsync("/notes")).ContentText);
        var get = await app.GetAsync(location);
        Assert.Equal((500, "sorry"), (get.Status, get.ContentText));
    }

    [Theory]
    [InlineData("en", "found en")]
    [InlineData("de", "found de")]
    public async Task A_GET_is_answered_in_the_language_of_its_own_request(string language, string expected)
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRequestLocalization(o => o.AddSupportedCultures("en", "de").AddSupportedUICultures("en", "de"));
                app.UseRouting();
                app.UseHttpQueryCache();
                app.MapMethods("/notes", [HttpMethods.Query], context =>
                {
                    context.Response.Headers.CacheControl = "max-age=60";
                    return context.Response.WriteAsync("found " + System.Globalization.CultureInfo.CurrentCulture.Name);
                }).WithEquivalentResource();
            },
            services: s => s.AddHttpQueryCache());
        var location = (await app.TextAsync("/notes", "cats", "Accept-Language: en"))["Location"]!;
        var get = await app.GetAsync(location, "Accept-Language: " + language);
        Assert.Equal(expected, get.ContentText);
        Assert.Contains("Accept-Language", get["Vary"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_negotiated_response_to_a_GET_says_that_it_varies()
    {
        await using var app = await NotesApp.StartAsync(
            app => app.MapQuery("/notes", (RfcQuery query) => "found").WithProduces("text/plain")
                .WithEquivalentResource().WithStoredResult());
        var query = await app.QueryAsync("/notes");
        var get = await app.GetAsync(query["Location"]!, "Accept: text/plain");
        Assert.Equal((200, $"{query["Vary"]}, Authorization, Cookie"), (get.Status, get["Vary"]));
        Assert.Equal(406, (await app.GetAsync(query["Location"]!, "Accept: image/png")).Status);
    }

    [Fact]
    public async Task A_POST_to_the_target_reaches_what_a_GET_has_cached()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                var version = 0;
                app.UseRouting();
                app.UseHttpQueryCache();
                app.MapMethods("/notes", [HttpMethods.Query], context =>
                {
                    context.Response.Headers.CacheControl = "max-age=60";
                    return context.Response.WriteAsync($"{version}");
                }).WithEquivalentResource();
                app.MapPost("/notes", () => ++version);
            },
            services: s => s.AddHttpQueryCache());
        var location = (await app.TextAsync("/notes", "cats"))["Location"]!;
        Assert.Equal("0", (await app.GetAsync(location)).ContentText);
        Assert.Equal(200, (await app.SendAsync("POST /notes", "text/plain", "")).Status);
        Assert.Equal("1", (await app.GetAsync(location)).ContentText);
    }

    [Fact]
    public async Task The_clock_may_go_backwards()
    {
        await using var app = await NotesApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource().WithStoredResult());
        var before = (await app.TextAsync("/notes", "cats"))["Content-Location"]!;
        app.Time.AdjustTime(app.Time.GetUtcNow() - TimeSpan.FromHours(3));
        Assert.Equal(200, (await app.GetAsync(before)).Status);
        var after = (await app.TextAsync("/notes", "cats"))["Content-Location"]!;
        Assert.Equal(200, (await app.GetAsync(after)).Status);
        app.Time.AdjustTime(app.Time.GetUtcNow() + TimeSpan.FromHours(3));
        Assert.Equal(410, (await app.GetAsync(after)).Status);
        var again = (await app.TextAsync("/notes", "cats"))["Content-Location"]!;
        Assert.Equal((again, 200), (before, (await app.GetAsync(again)).Status));
    }

    [Fact]
    public async Task A_redirect_by_a_middleware_gives_the_token_to_no_other_origin()
    {
        await using var app = await NotesApp.StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                if (context.Request.Headers["X-In"].Count > 0) return next(context);
                context.Response.Redirect("https://login.example/");
                return Task.CompletedTask;
            });
            app.UseRouting();
            app.MapSearch("/").WithEquivalentResource();
        });
        var location = (await app.TextAsync("/", "cats", "X-In: 1"))["Location"]!;
        var get = await app.GetAsync(location);
        Assert.Equal((404, null), (get.Status, get["Location"]));
    }

    private static Task<NotesApp> StartWithTlsAsync(bool isTls, bool isOutputCache, Action<WebApplication> map) => NotesApp.StartAsync(
        app =>
        {
            app.Use((context, next) =>
            {
                if (isTls) context.Features.Set<ITlsConnectionFeature>(new TlsConnectionFeature());
                return next(context);
            });
            app.UseRouting();
            if (isOutputCache) app.UseOutputCache();
            else app.UseHttpQueryCache();
            map(app);
        },
        services: s => s.AddHttpQueryCache().AddOutputCache(o => o.AddBasePolicy(p => p.VaryByQueryContent())));
}
