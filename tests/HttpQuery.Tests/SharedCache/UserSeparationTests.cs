using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.SharedCache;

public sealed class UserSeparationTests
{
    // An identity class of the application, whose name is a property and no claim.
    private sealed class KeyIdentity(string name) : ClaimsIdentity("ApiKey")
    {
        public override string? Name => name;
    }

    private sealed class TenantPrincipal(string tenant) : ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, "svc")], "x"))
    {
        public string Tenant => tenant;
    }

    [Fact]
    public async Task Identities_that_differ_in_their_name_alone_are_two_users()
    {
        await using var server = await StartAsync(user => new(new KeyIdentity(user)), context => context.User.Identity?.Name);
        Assert.Equal("ann", await server.QueryAsync("/me", "q", "X-User: ann"));
        Assert.Equal("bob", await server.QueryAsync("/me", "q", "X-User: bob"));
    }

    [Fact]
    public async Task Principals_of_a_class_of_the_applications_own_that_differ_are_two_users()
    {
        await using var server = await StartAsync(user => new TenantPrincipal(user), context => (context.User as TenantPrincipal)?.Tenant);
        Assert.Equal("ann", await server.QueryAsync("/me", "q", "X-User: ann"));
        Assert.Equal("bob", await server.QueryAsync("/me", "q", "X-User: bob"));
    }

    [Fact]
    public async Task Authentication_of_another_context_made_of_the_request_is_noticed()
    {
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/me", ["QUERY"], async (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            var probe = new DefaultHttpContext { RequestServices = context.RequestServices };
            foreach (var (name, lines) in context.Request.Headers) probe.Request.Headers[name] = lines;
            return (await probe.AuthenticateAsync("F")).Principal?.Identity?.Name;
        }), build: builder => builder.Services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, FieldHandler>("F", null), before: app => { app.UseRouting(); app.UseAuthentication(); });
        Assert.Equal("ann", await server.QueryAsync("/me", "q", "X-User: ann"));
        Assert.Equal("bob", await server.QueryAsync("/me", "q", "X-User: bob"));
    }

    [Fact]
    public async Task A_service_that_cannot_be_watched_and_reads_another_field_shares_nothing()
    {
        await using var server = await CachedServer.StartAsync(app => app.MapMethods("/me", ["QUERY"], async (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            return (await context.AuthenticateAsync()).Principal?.Identity?.Name;
        }), build: builder => { builder.Services.AddAuthentication(); builder.Services.AddScoped<IAuthenticationService, OwnService>(); }, before: app => { app.UseRouting(); app.UseAuthentication(); });
        Assert.Equal("ann", await server.QueryAsync("/me", "q", "X-User: ann"));
        Assert.Equal("bob", await server.QueryAsync("/me", "q", "X-User: bob"));
    }

    private static Task<CachedServer> StartAsync(Func<string, ClaimsPrincipal> make, Func<HttpContext, string?> answer) => CachedServer.StartAsync(
        app => app.MapMethods("/me", ["QUERY"], (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            return answer(context);
        }),
        before: app => app.Use((context, next) =>
        {
            context.User = make(context.Request.Headers["X-User"].ToString());
            return next(context);
        }));

    private sealed class FieldHandler(Microsoft.Extensions.Options.IOptionsMonitor<AuthenticationSchemeOptions> options, Microsoft.Extensions.Logging.ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ClaimTypes.Name, Request.Headers["X-User"].ToString())], "Test")), Scheme.Name)));
    }

    private sealed class OwnService : IAuthenticationService
    {
        public Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme) =>
            Task.FromResult(AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ClaimTypes.Name, context.Request.Headers["X-User"].ToString())], "own")), "own")));

        public Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Task.CompletedTask;

        public Task ForbidAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Task.CompletedTask;

        public Task SignInAsync(HttpContext context, string? scheme, ClaimsPrincipal principal, AuthenticationProperties? properties) => Task.CompletedTask;

        public Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Task.CompletedTask;
    }
}
