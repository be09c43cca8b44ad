using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Pipeline;

/// <summary>Who may QUERY: the application's policies hold as for any method (RFC 9110 §15.5.2, §15.5.4).</summary>
public class AuthorizationTests
{
    [Theory]
    [InlineData(null, 401)]
    [InlineData("guest", 403)]
    [InlineData("reader", 200)]
    public async Task A_policy_decides_before_the_handler_runs(string? user, int status)
    {
        var runs = 0;
        await using var server = await StartAsync(() => runs++);
        foreach (var path in new[] { "/bound", "/raw", "/typed" })
        {
            var before = runs;
            var response = await AskAsync(server, path, "application/json", "{}", user);
            Assert.Equal((status, status is 200 ? 1 : 0), (response.Status, runs - before));
            Assert.NotNull(response["Accept-Query"]);
        }
    }

    [Theory]
    [InlineData("/bound", "text/plain", "x", 415)]
    [InlineData("/bound", null, null, 400)]
    [InlineData("/raw", "nonsense", "x", 400)]
    public async Task What_routing_refuses_is_refused_whoever_asks(string path, string? type, string? content, int status)
    {
        var runs = 0;
        await using var server = await StartAsync(() => runs++);
        foreach (var user in new[] { null, "guest", "reader" })
            Assert.Equal(status, (await AskAsync(server, path, type, content, user)).Status);
        Assert.Equal(0, runs);
    }

    [Fact]
    public async Task What_only_the_content_shows_is_not_looked_at_before()
    {
        await using var server = await StartAsync(() => { });

        Assert.Equal(401, (await AskAsync(server, "/bound", "application/json", "{", null)).Status);
        Assert.Equal(403, (await AskAsync(server, "/bound", "application/json", "{", "guest")).Status);
        Assert.Equal(400, (await AskAsync(server, "/bound", "application/json", "{", "reader")).Status);
    }

    [Fact]
    public async Task A_fallback_policy_holds_for_refusals_too()
    {
        await using var server = await StartAsync(() => { }, withFallback: true);
        foreach (var (type, content, status) in new[] { ("text/plain", "x", 415), (null, null, 400), ("application/json", "{}", 403) })
        {
            var anonymous = await AskAsync(server, "/bound", type, content, null);
            Assert.Equal((401, "application/json"), (anonymous.Status, anonymous["Accept-Query"]));
            Assert.Equal(status, (await AskAsync(server, "/bound", type, content, "guest")).Status);
        }
    }

    private static Task<RawResponse> AskAsync(QueryServer server, string path, string? type, string? content, string? user) =>
        server.SendAsync($"QUERY {path}", type, content, user is null ? [] : [$"Authorization: {user}"]);

    private static Task<QueryServer> StartAsync(Action onRun, bool withFallback = false) => QueryServer.StartAsync(
        app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            var group = app.MapGroup("").RequireAuthorization(policy => policy.RequireUserName("reader"));
            group.MapQuery("/bound", (RfcQuery query) => Found());
            group.MapQuery("/raw", context => context.Response.WriteAsync(Found()));
            group.MapQuery("/typed", (query, context) => Task.FromResult(Found()), TestJson.Default.RfcQuery, TestJson.Default.String);

            string Found()
            {
                onRun();
                return "found";
            }
        },
        builder =>
        {
            builder.Services.AddAuthentication("Named").AddScheme<AuthenticationSchemeOptions, NamedUserHandler>("Named", null);
            builder.Services.AddAuthorization(options =>
            {
                if (withFallback) options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
            });
        });
}
