using HttpQuery.Tests.SharedCache;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HttpQuery.Tests.Endpoints;

/// <summary>The same URL chooses another endpoint by a header (API versions, YARP's route headers): the cache sits behind routing, and does not count which endpoint was chosen.</summary>
public sealed class EndpointKeyTests
{
    [Fact]
    public async Task An_endpoint_does_not_answer_for_another_of_the_same_path()
    {
        await using var server = await StartAsync(endpoint => endpoint);
        Assert.Equal("of a", await server.QueryAsync("/r", "q", "X-Route: a"));
        Assert.Equal("of b", await server.QueryAsync("/r", "q", "X-Route: b"));
    }

    [Fact]
    public async Task What_a_guarded_endpoint_answered_is_not_given_to_who_is_routed_to_an_open_one()
    {
        await using var server = await StartAsync(endpoint => endpoint.RequireAuthorization(policy => policy.RequireAssertion(context =>
            ((HttpContext)context.Resource!).Request.Headers["X-Internal"] == "secret")));
        Assert.NotEqual(200, (await server.SendQueryAsync("/r", "q", "X-Route: a")).Status);
        Assert.Equal("of a", await server.QueryAsync("/r", "q", "X-Route: a", "X-Internal: secret"));
        Assert.NotEqual(200, (await server.SendQueryAsync("/r", "q", "X-Route: a")).Status);
        Assert.Equal("of b", await server.QueryAsync("/r", "q", "X-Route: b"));
    }

    [Fact]
    public async Task HEAD_of_an_open_endpoint_does_not_show_fields_of_a_GET_that_has_one_of_its_own()
    {
        await using var server = await CachedServer.StartAsync(app =>
        {
            app.MapGet("/h", (HttpContext context) => { context.Response.Headers.CacheControl = "max-age=60"; context.Response.Headers["X-Count"] = "of GET"; return "x"; })
                .RequireAuthorization(policy => policy.RequireAssertion(context => ((HttpContext)context.Resource!).Request.Headers["X-Internal"] == "secret"));
            app.MapMethods("/h", ["HEAD"], (HttpContext context) => { context.Response.Headers["X-Count"] = "of HEAD"; });
        }, build: builder => { builder.Services.AddAuthentication().AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, Pipeline.NamedUserHandler>("N", null); builder.Services.AddAuthorization(); });
        Assert.Equal(200, (await server.SendAsync("GET /h", fields: ["X-Internal: secret"])).Status);
        Assert.NotEqual(200, (await server.SendAsync("GET /h")).Status);
        Assert.Equal("of HEAD", (await server.SendAsync("HEAD /h"))["X-Count"]);
    }

    private static Task<CachedServer> StartAsync(Func<IEndpointConventionBuilder, IEndpointConventionBuilder> guard) => CachedServer.StartAsync(
        app =>
        {
            foreach (var name in new[] { "a", "b" })
            {
                IEndpointConventionBuilder endpoint = app.MapMethods("/r", ["QUERY"], (HttpContext context) =>
                {
                    context.Response.Headers.CacheControl = "max-age=60";
                    return $"of {name}";
                }).WithMetadata(new RouteHeader(name));
                if (name == "a") guard(endpoint);
            }
        },
        build: builder =>
        {
            builder.Services.AddAuthentication().AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, Pipeline.NamedUserHandler>("N", null);
            builder.Services.AddAuthorization();
            builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, HeaderPolicy>());
        });

    internal sealed record RouteHeader(string Value);

    // What YARP's HeaderMatcherPolicy and Asp.Versioning do, in small.
    internal sealed class HeaderPolicy : MatcherPolicy, IEndpointSelectorPolicy
    {
        public override int Order => 100;

        public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(endpoint => endpoint.Metadata.GetMetadata<RouteHeader>() is not null);

        public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
        {
            for (var i = 0; i < candidates.Count; i++)
            {
                if (candidates.IsValidCandidate(i) && candidates[i].Endpoint.Metadata.GetMetadata<RouteHeader>() is { } wanted && httpContext.Request.Headers["X-Route"] != wanted.Value)
                    candidates.SetValidity(i, false);
            }
            return Task.CompletedTask;
        }
    }
}
