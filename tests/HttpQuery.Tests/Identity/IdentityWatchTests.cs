using System.Security.Claims;
using System.Text.Encodings.Web;
using HttpQuery.Tests.Mvc;
using HttpQuery.Tests.SharedCache;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpQuery.Tests.Identity;

/// <summary>Users who become known behind the cache: their responses are given to no other user, whatever the endpoint does to learn who asks (RFC 9111 §3.5).</summary>
public sealed class IdentityWatchTests
{
    /// <summary>What an endpoint or something between it and the cache does to know the user.</summary>
    public enum Way
    {
        Authenticate,
        AuthenticateAndSetUser,
        UseTheService,
        UseTheHandler,
        SetUser,
        AddIdentity,
        EndpointFilter,
        Middleware,
        AddCredential,
    }

    public static TheoryData<Way, bool> Ways
    {
        get
        {
            var data = new TheoryData<Way, bool>();
            foreach (var way in Enum.GetValues<Way>())
            {
                data.Add(way, true);
                data.Add(way, false);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_answer_to_one_user_is_a_hit_for_no_other(Way way, bool authenticationFirst)
    {
        await using var server = await StartAsync(way, authenticationFirst);
        Assert.Equal("ann 1", await server.QueryAsync("/me", "a", "X-User: ann"));
        Assert.Equal("bob 2", await server.QueryAsync("/me", "a", "X-User: bob"));
        Assert.Equal(" 3", await server.QueryAsync("/me", "a"));
        if (Asks(way)) Assert.Equal("ann 4", await server.QueryAsync("/me", "a", "X-User: ann"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_answer_to_no_one_is_a_hit_for_no_user(Way way, bool authenticationFirst)
    {
        await using var server = await StartAsync(way, authenticationFirst);
        Assert.Equal(" 1", await server.QueryAsync("/me", "a"));
        if (Asks(way)) Assert.Equal("ann 2", await server.QueryAsync("/me", "a", "X-User: ann"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_says_that_it_may_be_shared_is_shared(Way way, bool authenticationFirst)
    {
        await using var server = await StartAsync(way, authenticationFirst, "public, max-age=60");
        Assert.Equal("ann 1", await server.QueryAsync("/me", "a", "X-User: ann"));
        Assert.Equal("ann 1", await server.QueryAsync("/me", "a", "X-User: bob"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Sharing_across_users_does_not_count_where_the_endpoint_asks(Way way, bool authenticationFirst)
    {
        await using var server = await StartAsync(way, authenticationFirst, refine: endpoint => endpoint.CacheQuery(policy => policy.ShareAcrossUsers()));
        Assert.Equal("ann 1", await server.QueryAsync("/me", "a", "X-User: ann"));
        if (Asks(way)) Assert.Equal("bob 2", await server.QueryAsync("/me", "a", "X-User: bob"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task After_the_first_byte_it_counts_as_well(Way way, bool authenticationFirst)
    {
        await using var server = await StartAsync(way, authenticationFirst, isLate: true);
        Assert.Equal("for ann 1", await server.QueryAsync("/me", "a", "X-User: ann"));
        Assert.Equal("for bob 2", await server.QueryAsync("/me", "a", "X-User: bob"));
        Assert.Equal("for  3", await server.QueryAsync("/me", "a"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_304_to_the_caches_own_condition_does_not_bring_back_what_was_stored(Way way, bool authenticationFirst)
    {
        // The first answer may be shared; the origin's next ones have the same version, and are each user's.
        var count = 0;
        var cacheControl = "public, max-age=10, stale-if-error=600";
        await using var server = await StartAsync(way, authenticationFirst, answer: (context, user) =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            context.Response.Headers.CacheControl = cacheControl;
            if (context.Request.Headers.IfNoneMatch.Count > 0)
            {
                context.Response.StatusCode = 304;
                return null;
            }
            return $"{user} {++count}";
        });
        Assert.Equal("ann 1", await server.QueryAsync("/me", "a", "X-User: ann"));
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        cacheControl = "max-age=10";
        Assert.Equal("bob 2", await server.QueryAsync("/me", "a", "X-User: bob"));
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("ann 3", await server.QueryAsync("/me", "a", "X-User: ann"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_304_that_was_flushed_before_the_user_became_known_is_no_other(Way way, bool authenticationFirst)
    {
        var count = 0;
        await using var server = await StartAsync(way, authenticationFirst, "public, max-age=10", early: async context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            if (context.Request.Headers.IfNoneMatch.Count == 0) return;
            context.Response.StatusCode = 304;
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
        }, answer: (context, user) => context.Response.StatusCode is 304 ? null : $"{user} {++count}");
        Assert.Equal("ann 1", await server.QueryAsync("/me", "a", "X-User: ann"));
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("bob 2", await server.QueryAsync("/me", "a", "X-User: bob"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Nothing_stale_stands_in_for_an_error(Way way, bool authenticationFirst)
    {
        var fails = false;
        await using var server = await StartAsync(way, authenticationFirst, answer: (context, user) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=10, stale-if-error=600";
            if (fails) context.Response.StatusCode = 503;
            return fails ? "failed" : user;
        });
        Assert.Equal("ann", await server.QueryAsync("/me", "a", "X-User: ann"));
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        fails = true;
        Assert.Equal("failed", await server.QueryAsync("/me", "a", "X-User: bob"));
    }

    [Fact]
    public async Task An_answer_for_which_nothing_asks_who_it_is_for_is_stored()
    {
        await using var server = await StartAsync(null, authenticationFirst: true);
        Assert.Equal(" 1", await server.QueryAsync("/me", "a"));
        Assert.Equal(" 1", await server.QueryAsync("/me", "a"));
    }

    [Fact]
    public async Task A_filter_of_mvc_that_authenticates_is_noticed()
    {
        await using var server = await CachedServer.StartAsync(
            app => app.MapControllers(),
            build: builder =>
            {
                AddSchemes(builder.Services);
                builder.Services.AddAuthorization();
                builder.Services
                    .AddControllers(options => options.Filters.Add(new AuthorizeFilter(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder("One").RequireAuthenticatedUser().Build())))
                    .WithOnly(typeof(MeController));
            },
            before: app =>
            {
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
            });
        Assert.Equal("ann", await server.QueryAsync("/late-identity", "a", "X-User: ann"));
        Assert.Equal("bob", await server.QueryAsync("/late-identity", "a", "X-User: bob"));
        Assert.Equal(401, (await server.SendQueryAsync("/late-identity", "a")).Status);
    }

    [Fact]
    public async Task Requests_with_a_credential_bypass_the_cache_where_authentication_cannot_be_watched()
    {
        await using var server = await StartAsync(Way.Authenticate, authenticationFirst: true, build: services => services.AddScoped<IAuthenticationService, OwnService>());
        Assert.Equal("own 1", await server.QueryAsync("/me", "a", "Authorization: x"));
        Assert.Equal("own 2", await server.QueryAsync("/me", "a", "Authorization: x"));
        Assert.Equal("own 3", await server.QueryAsync("/me", "a", "Cookie: a=b"));
        Assert.Equal("own 4", await server.QueryAsync("/me", "a", "Cookie: a=b"));
    }

    [Fact]
    public async Task Without_authentication_there_is_no_authentication_service()
    {
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/", ["QUERY"], (HttpContext context) => $"{context.RequestServices.GetService<IAuthenticationService>() is null}"));
        Assert.Equal("True", await server.QueryAsync("/", "a"));
    }

    // These see the user of an anonymous request without asking for it.
    private static bool Asks(Way way) => way is not (Way.SetUser or Way.AddIdentity or Way.AddCredential);

    private static void AddSchemes(IServiceCollection services) =>
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, FieldHandler>("One", null).AddScheme<AuthenticationSchemeOptions, FieldHandler>("Two", null);

    private static Task<CachedServer> StartAsync(
        Way? way,
        bool authenticationFirst,
        string cacheControl = "max-age=60",
        Action<IEndpointConventionBuilder>? refine = null,
        bool isLate = false,
        Func<HttpContext, string, string?>? answer = null,
        Func<HttpContext, Task>? early = null,
        Action<IServiceCollection>? build = null)
    {
        var count = 0;
        return CachedServer.StartAsync(
            app =>
            {
                if (way is Way.Middleware) app.Use(async (context, next) =>
                {
                    if ((await context.AuthenticateAsync("One")).Principal is { } principal) context.User = principal;
                    await next(context);
                });
                var endpoint = app.MapMethods("/me", ["QUERY"], async (HttpContext context) =>
                {
                    context.Response.Headers.CacheControl = cacheControl;
                    if (early is not null) await early(context);
                    if (isLate)
                    {
                        await context.Response.WriteAsync("for ");
                        await context.Response.Body.FlushAsync();
                    }
                    var user = await UserOfAsync(context, way);
                    var text = answer is null ? $"{user} {Interlocked.Increment(ref count)}" : answer(context, user);
                    if (text is not null) await context.Response.WriteAsync(text);
                });
                if (way is Way.EndpointFilter) endpoint.AddEndpointFilter(async (context, next) =>
                {
                    if ((await context.HttpContext.AuthenticateAsync("One")).Principal is { } principal) context.HttpContext.User = principal;
                    return await next(context);
                });
                refine?.Invoke(endpoint);
            },
            build: builder =>
            {
                if (!authenticationFirst) AddSchemes(builder.Services);
                build?.Invoke(builder.Services);
            },
            before: app =>
            {
                app.UseRouting();
                app.UseAuthentication();
            },
            plain: true,
            beforeCache: builder =>
            {
                if (authenticationFirst) AddSchemes(builder.Services);
            });
    }

    private static async Task<string> UserOfAsync(HttpContext context, Way? way)
    {
        var named = context.Request.Headers["X-User"].ToString();
        switch (way)
        {
            case Way.Authenticate:
                return (await context.AuthenticateAsync("One")).Principal?.Identity?.Name ?? "";
            case Way.AuthenticateAndSetUser:
                if ((await context.AuthenticateAsync("Two")).Principal is { } principal) context.User = principal;
                break;
            case Way.UseTheService:
                return (await context.RequestServices.GetRequiredService<IAuthenticationService>().AuthenticateAsync(context, "One")).Principal?.Identity?.Name ?? "";
            case Way.UseTheHandler:
                var handler = await context.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>().GetHandlerAsync(context, "One");
                return (await handler!.AuthenticateAsync()).Principal?.Identity?.Name ?? "";
            case Way.SetUser when named.Length > 0:
                context.User = new(new ClaimsIdentity([new(ClaimTypes.Name, named)], "own"));
                break;
            case Way.AddIdentity when named.Length > 0:
                context.User.AddIdentity(new ClaimsIdentity([new(ClaimTypes.Name, named)], "own"));
                return named;
            case Way.AddCredential when named.Length > 0:
                context.Request.Headers.Authorization = $"Bearer {named}";
                return named;
        }
        return context.User.Identity?.Name ?? "";
    }

    // Takes a field's word for who asks.
    private sealed class FieldHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Request.Headers["X-User"].ToString() is { Length: > 0 } user
            ? AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ClaimTypes.Name, user)], "Test")), Scheme.Name))
            : AuthenticateResult.NoResult());
    }

    private sealed class OwnService : IAuthenticationService
    {
        public Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme) =>
            Task.FromResult(AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ClaimTypes.Name, "own")], "own")), "own")));

        public Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Task.CompletedTask;

        public Task ForbidAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Task.CompletedTask;

        public Task SignInAsync(HttpContext context, string? scheme, ClaimsPrincipal principal, AuthenticationProperties? properties) => Task.CompletedTask;

        public Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Task.CompletedTask;
    }
}

internal sealed class MeController : ControllerBase
{
    [AcceptVerbs("QUERY", Route = "/late-identity")]
    public string Get()
    {
        Response.Headers.CacheControl = "max-age=60";
        return User.Identity?.Name ?? "";
    }
}
