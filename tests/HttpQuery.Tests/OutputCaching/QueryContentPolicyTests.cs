using System.Globalization;
using HttpQuery.Tests.Endpoints;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HttpQuery.Tests.OutputCaching;

public sealed class QueryContentPolicyTests
{
    private static bool HasKey(AuthorizationHandlerContext context) => ((HttpContext)context.Resource!).Request.Headers["X-Internal"] == "secret";

    [Fact]
    public async Task What_a_fallback_policy_guards_is_not_given_to_others()
    {
        await using var server = await StartAsync(
            options => options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(HasKey).Build(), endpoint => endpoint);
        await AssertGuardedAsync(server);
    }

    [Fact]
    public async Task What_requirement_data_guards_is_not_given_to_others()
    {
        await using var server = await StartAsync(_ => { }, endpoint => endpoint.WithMetadata(new NeedsKey()));
        await AssertGuardedAsync(server);
    }

    [Fact]
    public async Task What_a_policy_in_the_metadata_guards_is_not_given_to_others()
    {
        await using var server = await StartAsync(_ => { }, endpoint => endpoint.WithMetadata(new AuthorizationPolicyBuilder().RequireAssertion(HasKey).Build()));
        await AssertGuardedAsync(server);
    }

    [Fact]
    public async Task An_endpoint_does_not_answer_for_another_of_the_same_path()
    {
        var counter = new CachedServer.Counter();
        await using var server = await CachedServer.StartAsync(
            app =>
            {
                app.UseOutputCache();
                foreach (var name in new[] { "a", "b" })
                    app.MapMethods("/r", ["QUERY"], () => $"of {name}").WithMetadata(new EndpointKeyTests.RouteHeader(name)).CacheOutput(p => p.VaryByQueryContent());
            },
            counter,
            builder => builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, EndpointKeyTests.HeaderPolicy>()));
        Assert.Equal("of a", (await server.QueryAsync("/r", "q", "X-Route: a")).ContentText);
        Assert.Equal("of b", (await server.QueryAsync("/r", "q", "X-Route: b")).ContentText);
    }

    [Fact]
    public async Task A_culture_that_is_chosen_behind_it_tells_answers_apart()
    {
        await using var server = await CachedServer.StartAsync(
            inside: app => app.UseRequestLocalization("en", "de"),
            answer: context => context.Response.Headers["X-Culture"] = CultureInfo.CurrentUICulture.Name);
        Assert.Equal("de", (await server.QueryAsync("/c", "q", "Accept-Language: de"))["X-Culture"]);
        Assert.Equal("en", (await server.QueryAsync("/c", "q", "Accept-Language: en"))["X-Culture"]);
        Assert.False(await server.StoresAsync("/c", "q2", "Accept-Language: en"));
    }

    private static async Task AssertGuardedAsync(CachedServer server)
    {
        Assert.NotEqual(200, (await server.QueryAsync("/r", "q")).Status);
        Assert.Equal("of r", (await server.QueryAsync("/r", "q", "X-Internal: secret")).ContentText);
        Assert.NotEqual(200, (await server.QueryAsync("/r", "q")).Status);
    }

    private static Task<CachedServer> StartAsync(Action<AuthorizationOptions> authorization, Func<IEndpointConventionBuilder, IEndpointConventionBuilder> guard)
    {
        var counter = new CachedServer.Counter();
        return CachedServer.StartAsync(
            app =>
            {
                app.UseRouting();
                app.UseAuthentication();
                app.UseOutputCache();
                app.UseAuthorization();
                guard(app.MapMethods("/r", ["QUERY"], () => "of r").CacheOutput(p => p.VaryByQueryContent()));
            },
            counter,
            builder =>
            {
                builder.Services.AddAuthentication("N").AddScheme<AuthenticationSchemeOptions, Pipeline.NamedUserHandler>("N", null);
                builder.Services.AddAuthorization(authorization);
            });
    }

    private sealed class NeedsKey : IAuthorizationRequirementData
    {
        public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new Microsoft.AspNetCore.Authorization.Infrastructure.AssertionRequirement(HasKey)];
    }
}
