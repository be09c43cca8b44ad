using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpQuery.Tests.SharedCache;

/// <summary>No user is given another's answer (RFC 9111 §3.5), wherever the cache stands in the pipeline.</summary>
public sealed class AuthenticatedRequestTests
{
    private static readonly Action<WebApplication> Before = app =>
    {
        app.UseAuthentication();
        app.UseAuthorization();
    };

    [Fact]
    public async Task Each_user_has_their_own_answers()
    {
        await using var server = await StartAsync(Before);
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann"));
        Assert.Equal("bob #2", await server.QueryAsync("/me", "a", "X-User: bob"));
        Assert.Equal(" #3", await server.QueryAsync("/me", "a"));
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann"));
        Assert.Equal("bob #2", await server.QueryAsync("/me", "a", "X-User: bob"));
        Assert.Equal(" #3", await server.QueryAsync("/me", "a"));
    }

    [Fact]
    public async Task Other_claims_are_another_user()
    {
        await using var server = await StartAsync(Before);
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann", "X-Role: reader"));
        Assert.Equal("ann #2", await server.QueryAsync("/me", "a", "X-User: ann", "X-Role: owner"));
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann", "X-Role: reader"));
    }

    [Fact]
    public async Task A_credential_that_was_not_verified_makes_no_user()
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("QUERY a #1", await server.QueryAsync("/", "a", "Authorization: Bearer 1"));
        Assert.Equal("QUERY a #2", await server.QueryAsync("/", "a", "Authorization: Bearer 1"));
        Assert.Equal("QUERY a #3", await server.QueryAsync("/", "a"));
        Assert.Equal("QUERY a #4", await server.QueryAsync("/", "a", "Authorization: Bearer 1"));
        Assert.Equal("QUERY a #3", await server.QueryAsync("/", "a"));
    }

    [Theory]
    [InlineData("public, max-age=60")]
    [InlineData("s-maxage=60")]
    public async Task What_says_that_it_may_be_shared_is_shared(string cacheControl)
    {
        await using var server = await CachedServer.StartAsync(cacheControl);
        Assert.Equal("QUERY a #1", await server.QueryAsync("/", "a", "Authorization: Bearer 1"));
        Assert.Equal("QUERY a #1", await server.QueryAsync("/", "a", "Authorization: Bearer 2"));
        Assert.Equal("QUERY a #1", await server.QueryAsync("/", "a"));
    }

    [Fact]
    public async Task What_nobody_was_told_is_not_told_to_a_user_unless_it_is_public()
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("QUERY a #1", await server.QueryAsync("/", "a"));
        Assert.Equal("QUERY a #2", await server.QueryAsync("/", "a", "Authorization: Bearer 1"));
        Assert.Equal("QUERY a #1", await server.QueryAsync("/", "a"));
    }

    [Fact]
    public async Task Must_revalidate_alone_shares_only_where_the_options_say_so()
    {
        await using var strict = await CachedServer.StartAsync("max-age=60, must-revalidate");
        Assert.Equal("QUERY a #1", await strict.QueryAsync("/", "a", "Authorization: Bearer 1"));
        Assert.Equal("QUERY a #2", await strict.QueryAsync("/", "a", "Authorization: Bearer 2"));

        await using var literal = await CachedServer.StartAsync("max-age=60, must-revalidate", configure: options => options.ShareOnMustRevalidate = true);
        Assert.Equal("QUERY a #1", await literal.QueryAsync("/", "a", "Authorization: Bearer 1"));
        Assert.Equal("QUERY a #1", await literal.QueryAsync("/", "a", "Authorization: Bearer 2"));
    }

    [Fact]
    public async Task An_error_that_may_be_shared_is_shared()
    {
        await using var server = await CachedServer.StartAsync("public, max-age=60", answer: context => context.Response.StatusCode = 404);
        Assert.Equal("QUERY {} #1", (await server.SendAsync("QUERY /", "application/json", "{}", ["Authorization: Bearer 1"])).ContentText);
        Assert.Equal("QUERY {} #1", (await server.SendAsync("QUERY /", "application/json", "{}")).ContentText);
    }

    [Fact]
    public async Task What_was_shared_and_is_not_any_more_when_it_is_validated_goes()
    {
        var shared = true;
        await using var server = await CachedServer.StartAsync(null, answer: context =>
        {
            context.Response.Headers.ETag = "\"1\"";
            context.Response.Headers.CacheControl = shared ? "public, max-age=10" : "max-age=10";
            if (context.Request.Headers.IfNoneMatch.Count > 0) context.Response.StatusCode = 304;
        });
        await server.QueryAsync("/", "a", "Authorization: Bearer 1");
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        shared = false;
        Assert.Equal("QUERY a #1", await server.QueryAsync("/", "a", "Authorization: Bearer 1"));
        Assert.Equal("QUERY a #3", await server.QueryAsync("/", "a", "Authorization: Bearer 2"));
        Assert.Equal("QUERY a #4", await server.QueryAsync("/", "a"));
    }

    [Fact]
    public async Task An_endpoint_can_say_that_its_answers_are_the_same_for_all()
    {
        await using var server = await StartAsync(Before, endpoint => endpoint.CacheQuery(policy => policy.ShareAcrossUsers()));
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann", "Authorization: Bearer 1"));
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: bob", "Authorization: Bearer 2"));
    }

    [Fact]
    public async Task An_endpoint_can_name_the_user()
    {
        await using var server = await StartAsync(Before, endpoint => endpoint.CacheQuery(policy => policy.UserBy(context => context.User.Identity?.Name)));
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann", "X-Role: reader", "Authorization: Bearer 1"));
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann", "X-Role: owner", "Authorization: Bearer 2"));
        Assert.Equal("bob #2", await server.QueryAsync("/me", "a", "X-User: bob"));
        Assert.Equal(" #3", await server.QueryAsync("/me", "a"));
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann"));
    }

    [Fact]
    public async Task A_user_without_a_name_is_known_by_the_claims()
    {
        await using var server = await StartAsync(Before, endpoint => endpoint.CacheQuery(policy => policy.UserBy(_ => null)));
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann"));
        Assert.Equal("bob #2", await server.QueryAsync("/me", "a", "X-User: bob"));
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_policy_that_throws_makes_requests_bypass_the_cache(bool partition)
    {
        var log = new Log();
        await using var server = await StartAsync(
            Before,
            endpoint => endpoint.CacheQuery(policy => _ = partition ? policy.PartitionBy(_ => throw new InvalidOperationException("no tenant")) : policy.UserBy(_ => throw new InvalidOperationException("no user"))),
            app => app.MapMethods("/me", ["POST"], () => "posted").CacheQuery(policy => policy.PartitionBy(_ => throw new InvalidOperationException("no tenant"))),
            log);
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann"));
        Assert.Equal("ann #2", await server.QueryAsync("/me", "a", "X-User: ann"));
        Assert.Equal((200, "posted"), (await server.SendAsync("POST /me", "text/plain", "")) is var posted ? (posted.Status, posted.ContentText) : default);
        Assert.Contains(log.Warnings, warning => warning.Contains("PartitionBy or UserBy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Claims_that_change_with_each_token_are_warned_of_once()
    {
        var log = new Log();
        await using var server = await StartAsync(Before, log: log);
        await server.QueryAsync("/me", "a", "X-User: ann", "X-Token: 1");
        await server.QueryAsync("/me", "a", "X-User: ann", "X-Token: 2");
        Assert.Contains("UserBy", Assert.Single(log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_ask_is_refused_whatever_is_stored()
    {
        await using var server = await StartAsync(Before, endpoint => endpoint.RequireAuthorization().CacheQuery(policy => policy.ShareAcrossUsers()));
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann"));
        Assert.Equal(401, (await server.SendQueryAsync("/me", "a")).Status);
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: bob"));
    }

    [Fact]
    public async Task A_cache_before_authorization_answers_nothing_and_says_so_once()
    {
        var log = new Log();
        await using var server = await StartAsync(app => app.UseRouting(), endpoint => endpoint.RequireAuthorization().CacheQuery(policy => policy.ShareAcrossUsers()), after: Before, log: log);
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann"));
        Assert.Equal(401, (await server.SendQueryAsync("/me", "a")).Status);
        Assert.Equal("ann #2", await server.QueryAsync("/me", "a", "X-User: ann"));
        var warning = Assert.Single(log.Warnings);
        Assert.Contains("UseAuthorization() before UseHttpQueryCache()", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_before_a_fallback_policy_answers_nothing()
    {
        await using var server = await StartAsync(
            app => app.UseRouting(),
            endpoint => endpoint.CacheQuery(policy => policy.ShareAcrossUsers()),
            after: Before,
            build: builder => builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build()));
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann"));
        Assert.Equal(401, (await server.SendQueryAsync("/me", "a")).Status);
    }

    [Fact]
    public async Task A_cache_before_authentication_answers_nothing()
    {
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                app.UseAuthentication();
                Map(app);
            },
            build: builder => builder.Services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, TestHandler>("Test", null),
            before: app => app.UseRouting());
        Assert.Equal("ann #1", await server.QueryAsync("/me", "a", "X-User: ann"));
        Assert.Equal("bob #2", await server.QueryAsync("/me", "a", "X-User: bob"));
    }

    [Fact]
    public async Task A_cache_before_routing_answers_nothing()
    {
        await using var server = await CachedServer.StartAsync(app =>
        {
            app.UseRouting();
            Map(app);
            app.UseEndpoints(_ => { });
        });
        Assert.Equal(" #1", await server.QueryAsync("/me", "a"));
        Assert.Equal(" #2", await server.QueryAsync("/me", "a"));
    }

    [Fact]
    public async Task An_unsafe_request_counts_wherever_the_cache_stands()
    {
        var count = 0;
        await using var server = await StartAsync(
            app => app.UseRouting(),
            after: app =>
            {
                app.UseWhen(context => context.Request.Headers["X-User"].Count > 0, Branch => Branch.UseAuthorization());
                app.MapMethods("/me", ["POST"], () => ++count);
            });
        var posted = await server.SendAsync("POST /me", "text/plain", "", ["X-User: ann"]);
        Assert.Equal(("1", "HttpQuery; fwd=method; fwd-status=200"), (posted.ContentText, posted["Cache-Status"]));
    }

    private static Task<CachedServer> StartAsync(
        Action<WebApplication> before, Action<IEndpointConventionBuilder>? refine = null, Action<WebApplication>? after = null, Log? log = null, Action<WebApplicationBuilder>? build = null) => CachedServer.StartAsync(
        app =>
        {
            after?.Invoke(app);
            Map(app, refine);
        },
        before: before,
        build: builder =>
        {
            builder.Services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, TestHandler>("Test", null);
            builder.Services.AddAuthorization();
            if (log is not null) builder.Logging.AddProvider(log);
            build?.Invoke(builder);
        });

    private static void Map(WebApplication app, Action<IEndpointConventionBuilder>? refine = null)
    {
        var count = 0;
        var endpoint = app.MapMethods("/me", ["QUERY"], (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            return $"{context.User.Identity?.Name} #{++count}";
        });
        refine?.Invoke(endpoint);
    }

    // Takes a field's word for who asks.
    private sealed class TestHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["X-User"].ToString() is not { Length: > 0 } user) return Task.FromResult(AuthenticateResult.NoResult());
            var identity = new ClaimsIdentity([new(ClaimTypes.Name, user), new(ClaimTypes.Role, Request.Headers["X-Role"].ToString())], "Test");
            if (Request.Headers["X-Token"].ToString() is { Length: > 0 } token) identity.AddClaim(new("jti", token));
            return Task.FromResult(AuthenticateResult.Success(new(new(identity), "Test")));
        }
    }

    private sealed class Log : ILoggerProvider, ILogger
    {
        public List<string> Warnings { get; } = [];

        public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("HttpQuery", StringComparison.Ordinal) ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            lock (Warnings) Warnings.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
