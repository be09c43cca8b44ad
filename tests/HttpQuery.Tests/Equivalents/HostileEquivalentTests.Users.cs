using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpQuery.Tests.Equivalents;

// Users: who gets a result, and whether the response to a GET is private.
public sealed partial class HostileEquivalentTests
{
    [Theory]
    [InlineData("public, private")]
    [InlineData("private, public, max-age=60")]
    public async Task A_result_that_says_both_public_and_private_is_for_its_user(string cacheControl)
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapSearch("/notes", cacheControl).WithStoredResult();
            },
            users: true);
        var result = (await app.TextAsync("/notes", "cats", "Authorization: Ann"))["Content-Location"];
        if (result is null) return;
        Assert.Equal(404, (await app.GetAsync(result, "Authorization: Bob")).Status);
        Assert.Contains("private", (await app.GetAsync(result, "Authorization: Ann"))["Cache-Control"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-store")]
    [InlineData("private")]
    public async Task A_middleware_that_forbids_to_store_or_to_share_a_response_as_it_starts_is_heeded(string cacheControl)
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.Use((context, next) =>
                {
                    context.Response.OnStarting(() =>
                    {
                        context.Response.Headers.CacheControl = cacheControl;
                        return Task.CompletedTask;
                    });
                    return next(context);
                });
                app.MapSearch("/notes", "public, max-age=60").WithStoredResult();
            },
            users: true);
        var query = await app.TextAsync("/notes", "cats", "Authorization: Ann");
        Assert.Equal(cacheControl, query["Cache-Control"]);
        if (query["Content-Location"] is { } result) Assert.Equal(404, (await app.GetAsync(result, "Authorization: Bob")).Status);
    }

    [Fact]
    public async Task A_result_is_for_the_user_whom_a_middleware_authenticated_without_setting_the_user()
    {
        await using var app = await StartWithSessionsAsync(cache: false);
        var query = await app.TextAsync("/notes", "cats", "X-Session: Ann");
        Assert.Equal("Ann found", query.ContentText);
        var get = await app.GetAsync(query["Location"]!, "X-Session: Ann");
        Assert.Equal("Ann found", get.ContentText);
        Assert.Contains("private", get["Cache-Control"] ?? "none", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_whom_a_middleware_authenticated_without_setting_the_user_gives_no_result_to_another()
    {
        await using var app = await StartWithSessionsAsync(cache: false);
        var query = await app.TextAsync("/notes", "cats", "X-Session: Ann");
        if (query["Content-Location"] is { } result) Assert.Equal(404, (await app.GetAsync(result, "X-Session: Bob")).Status);
    }

    [Fact]
    public async Task A_filter_that_refuses_a_user_the_query_refuses_the_GET_of_its_Location()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapQuery("/notes", (RfcQuery query, HttpContext context) =>
                {
                    context.Response.Headers.CacheControl = "public, max-age=60";
                    return "found";
                }).AddEndpointFilter(async (context, next) =>
                    context.HttpContext.User.Identity?.Name is "Ann" ? await next(context) : Results.StatusCode(403))
                    .WithEquivalentResource().WithStoredResult();
            },
            users: true);
        var query = await app.QueryAsync("/notes", fields: "Authorization: Ann");
        Assert.Equal(403, (await app.GetAsync(query["Location"]!, "Authorization: Bob")).Status);
    }

    [Fact]
    public async Task A_credential_in_the_URI_of_a_query_does_not_authenticate_another_user()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                // As bearer tokens of WebSockets and API keys arrive.
                app.Use((context, next) =>
                {
                    if (context.Request.Query["access_token"] is [{ } token]) context.Request.Headers.Authorization = token;
                    return next(context);
                });
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapMethods("/notes", [HttpMethods.Query], context => context.Response.WriteAsync("for " + context.User.Identity?.Name))
                    .WithEquivalentResource().WithStoredResult();
            },
            users: true);
        var query = await app.TextAsync("/notes?access_token=Ann", "cats");
        Assert.Equal("for Ann", query.ContentText);
        foreach (var uri in new[] { query["Location"], query["Content-Location"] })
            if (uri is not null) Assert.NotEqual("for Ann", (await app.GetAsync(uri)).ContentText);
    }

    [Fact]
    public async Task A_result_made_with_an_API_key_is_for_that_key()
    {
        await using var app = await NotesApp.StartAsync(
            app => app.MapMethods("/notes", [HttpMethods.Query], context =>
                context.Response.WriteAsync("for " + context.Request.Headers["X-Api-Key"])).WithEquivalentResource().WithStoredResult(),
            services: s => s.Configure<HttpQueryCacheOptions>(o => o.CredentialHeaders.Add("X-Api-Key")));
        var query = await app.TextAsync("/notes", "cats", "X-Api-Key: ann");
        var get = await app.GetAsync(query["Location"]!, "X-Api-Key: ann");
        Assert.Equal(("for ann", "private"), (get.ContentText, get["Cache-Control"]));
        Assert.Null((await app.GetAsync(query["Location"]!))["Cache-Control"]);
        Assert.Equal(200, (await app.GetAsync(query["Content-Location"]!, "X-Api-Key: ann")).Status);
        Assert.Equal(404, (await app.GetAsync(query["Content-Location"]!, "X-Api-Key: bob")).Status);
        Assert.Equal(404, (await app.GetAsync(query["Content-Location"]!)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_result_is_for_the_user_who_made_it(bool cache)
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                if (cache) app.UseHttpQueryCache();
                app.MapMethods("/notes", [HttpMethods.Query], context =>
                {
                    context.Response.Headers.CacheControl = "max-age=60";
                    return context.Response.WriteAsync("for " + context.User.Identity?.Name);
                }).WithEquivalentResource().WithStoredResult();
            },
            services: s => s.AddHttpQueryCache(), users: true);
        var query = await app.TextAsync("/notes", "cats", "Authorization: Ann");
        var (location, result) = (query["Location"]!, query["Content-Location"]!);
        Assert.Equal(200, (await app.GetAsync(result, "Authorization: Ann")).Status);
        Assert.Equal(404, (await app.GetAsync(result, "Authorization: Bob")).Status);
        Assert.Equal(404, (await app.GetAsync(result)).Status);
        Assert.Equal("for Bob", (await app.GetAsync(location, "Authorization: Bob")).ContentText);
        var ann = await app.GetAsync(location, "Authorization: Ann");
        Assert.Equal(("for Ann", "max-age=60, private"), (ann.ContentText, ann["Cache-Control"]));
        var none = await app.GetAsync(location);
        Assert.Equal(("for ", "max-age=60"), (none.ContentText, none["Cache-Control"]));
        Assert.Equal("for Bob", (await app.GetAsync(location, "Authorization: Bob")).ContentText);
    }

    [Fact]
    public async Task A_user_found_by_the_handler_makes_the_response_private_and_no_result()
    {
        await using var app = await NotesApp.StartAsync(
            app => app.MapMethods("/notes", [HttpMethods.Query], async context =>
            {
                var user = await context.AuthenticateAsync("session");
                await context.Response.WriteAsync("for " + user.Principal?.Identity?.Name);
            }).WithEquivalentResource().WithStoredResult(),
            services: s => s.AddAuthentication("session").AddScheme<AuthenticationSchemeOptions, SessionHandler>("session", null));
        var query = await app.TextAsync("/notes", "cats", "X-Session: Ann");
        Assert.Null(query["Content-Location"]);
        var get = await app.GetAsync(query["Location"]!, "X-Session: Ann");
        Assert.Equal(("for Ann", "private"), (get.ContentText, get["Cache-Control"]));
    }

    [Fact]
    public async Task Authorization_of_the_endpoint_holds_for_both_URIs()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapSearch("/notes", "public, max-age=60").WithEquivalentResource().WithStoredResult()
                    .RequireAuthorization(p => p.RequireUserName("Ann"));
            },
            users: true);
        var query = await app.TextAsync("/notes", "cats", "Authorization: Ann");
        foreach (var uri in new[] { query["Location"]!, query["Content-Location"]! })
        {
            Assert.Equal(200, (await app.GetAsync(uri, "Authorization: Ann")).Status);
            Assert.Equal(403, (await app.GetAsync(uri, "Authorization: Bob")).Status);
            Assert.Equal(401, (await app.GetAsync(uri)).Status);
        }
    }

    [Theory]
    [InlineData("max-age=60", "max-age=60, private")]
    [InlineData("x=\"a, public, b\"", "x=\"a, public, b\", private")]
    [InlineData("private=\"Set-Cookie\"", "private=\"Set-Cookie\", private")]
    [InlineData("no-store", "no-store")]
    [InlineData("max-age=60, s-maxage=60", "max-age=60, s-maxage=60")]
    [InlineData("must-revalidate", "must-revalidate, private")]
    public async Task The_response_to_a_GET_with_a_credential_is_private_unless_it_says_how_to_share_it(string sent, string expected)
    {
        await using var app = await NotesApp.StartAsync(app => app.MapSearch("/notes", sent).WithEquivalentResource());
        var location = (await app.TextAsync("/notes", "cats"))["Location"]!;
        Assert.Equal(expected, (await app.GetAsync(location, "Authorization: Ann"))["Cache-Control"]);
    }

    [Fact]
    public async Task A_result_is_for_the_partition_and_for_the_named_user()
    {
        await using var app = await NotesApp.StartAsync(app => app.MapSearch("/notes").WithStoredResult().CacheQuery(p => p
            .PartitionBy(c => c.Request.Headers["X-Tenant"])
            .UserBy(c => c.Request.Headers.Authorization is [{ } token] ? token.Split(' ')[0] : null)),
            services: s => s.AddHttpQueryCache());
        var result = (await app.TextAsync("/notes", "cats", "X-Tenant: a", "Authorization: Ann 1"))["Content-Location"]!;
        Assert.Equal(200, (await app.GetAsync(result, "X-Tenant: a", "Authorization: Ann 2")).Status);
        Assert.Equal(404, (await app.GetAsync(result, "X-Tenant: b", "Authorization: Ann 1")).Status);
        Assert.Equal(404, (await app.GetAsync(result, "Authorization: Ann 1")).Status);
        Assert.Equal(404, (await app.GetAsync(result, "X-Tenant: a", "Authorization: Bob 1")).Status);
    }

    [Fact]
    public async Task A_targeted_header_of_one_network_keeps_the_response_of_a_user_out_of_it()
    {
        await using var app = await NotesApp.StartAsync(app => app.MapMethods("/notes", [HttpMethods.Query], context =>
        {
            context.Response.Headers["Cloudflare-CDN-Cache-Control"] = "max-age=60";
            return context.Response.WriteAsync("for " + context.Request.Headers.Authorization);
        }).WithEquivalentResource());
        var query = await app.TextAsync("/notes", "cats", "Authorization: Ann");
        var get = await app.GetAsync(query["Location"]!, "Authorization: Ann");
        Assert.Contains("private", get["Cloudflare-CDN-Cache-Control"] ?? "private", StringComparison.Ordinal);
    }

    private static Task<NotesApp> StartWithSessionsAsync(bool cache) => NotesApp.StartAsync(
        app =>
        {
            app.UseRouting();
            app.Use(async (context, next) =>
            {
                context.Items["user"] = (await context.AuthenticateAsync("session")).Principal?.Identity?.Name;
                await next(context);
            });
            if (cache) app.UseHttpQueryCache();
            app.MapMethods("/notes", [HttpMethods.Query], context => context.Response.WriteAsync($"{context.Items["user"]} found"))
                .WithEquivalentResource().WithStoredResult();
        },
        services: s =>
        {
            s.AddAuthentication("name").AddScheme<AuthenticationSchemeOptions, Pipeline.NamedUserHandler>("name", null)
                .AddScheme<AuthenticationSchemeOptions, SessionHandler>("session", null);
            if (cache) s.AddHttpQueryCache();
        });

    private sealed class SessionHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["X-Session"] is [{ } name]
                ? AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ClaimTypes.Name, name)], Scheme.Name)), Scheme.Name))
                : AuthenticateResult.NoResult());
    }
}
