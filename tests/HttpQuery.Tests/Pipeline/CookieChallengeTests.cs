using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Pipeline;

/// <summary>Cookie authentication answers a QUERY by status, not by a way to the login page, which a client would QUERY as well (RFC 10008 §2.5).</summary>
public class CookieChallengeTests
{
    [Theory]
    [InlineData("/by-delegate")]
    [InlineData("/bound")]
    [InlineData("/result")]
    [InlineData("/guarded/found")]
    public async Task Nobody_gets_401_and_the_wrong_one_403(string path)
    {
        await using var server = await StartAsync();

        var anonymous = await server.SendAsync($"QUERY {path}", "application/json", "{}");
        Assert.Equal(401, anonymous.Status);
        Assert.NotNull(anonymous["Accept-Query"]);
        var cookie = (await server.SendAsync("GET /sign-in"))["Set-Cookie"]!.Split(';')[0];
        Assert.Equal(403, (await server.SendAsync($"QUERY {path}", "application/json", "{}", [$"Cookie: {cookie}"])).Status);
    }

    [Fact]
    public async Task A_page_of_the_same_application_still_leads_to_the_login()
    {
        await using var server = await StartAsync();

        foreach (var path in new[] { "/page", "/by-delegate", "/guarded/found" })
        {
            var page = await server.SendAsync($"GET {path}");
            Assert.Equal(302, page.Status);
            Assert.Contains("/login?ReturnUrl=", page["Location"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_endpoint_that_wants_the_redirect_is_taken_at_its_word()
    {
        await using var server = await StartAsync();

        var response = await server.SendAsync("QUERY /redirecting", "application/json", "{}");
        Assert.Equal(302, response.Status);
        Assert.Contains("/login?ReturnUrl=", response["Location"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", "x")]
    [InlineData("nonsense", "x")]
    [InlineData("application/json", "")]
    [InlineData(null, null)]
    public async Task A_refusal_under_a_fallback_policy_is_401_too(string? type, string? content)
    {
        await using var server = await StartAsync(withFallback: true);

        foreach (var path in new[] { "/bound", "/guarded/found" }) Assert.Equal(401, (await server.SendAsync($"QUERY {path}", type, content)).Status);
        Assert.Equal(302, (await server.SendAsync("GET /bound")).Status);
        Assert.Equal(302, (await server.SendAsync("QUERY /redirecting", type is "text/plain" ? "nonsense" : type, content)).Status);
    }

    private static Task<QueryServer> StartAsync(bool withFallback = false) => QueryServer.StartAsync(
        app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapControllers();
            app.MapGet("/sign-in", () => Results.SignIn(new(new ClaimsIdentity([new(ClaimTypes.Name, "guest")], "password")), authenticationScheme: CookieAuthenticationDefaults.AuthenticationScheme));
            var group = app.MapGroup("").RequireAuthorization("readers");
            group.MapQuery("/by-delegate", context => context.Response.WriteAsync("found"));
            group.MapQuery("/bound", (RfcQuery query) => "found");
            group.MapQuery("/result", (HttpContext context) => Task.FromResult("found"));
            group.MapGet("/by-delegate", () => "page");
            group.MapGet("/page", () => "page");
            group.MapQuery("/redirecting", context => context.Response.WriteAsync("found")).AllowCookieRedirect();
        },
        builder =>
        {
            builder.Services.AddControllers();
            builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options => options.LoginPath = "/login");
            builder.Services.AddAuthorization(options =>
            {
                options.AddPolicy("readers", policy => policy.RequireUserName("reader"));
                if (withFallback) options.FallbackPolicy = options.DefaultPolicy;
            });
        });
}
