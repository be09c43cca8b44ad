using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Routing;

/// <summary>The rules of QUERY through all that routing knows: groups, constraints, hosts, catch-alls, fallbacks, OPTIONS, CORS.</summary>
public class QueryMatcherPolicyTests
{
    [Theory]
    [InlineData("QUERY /g/1/rfcs", "application/json", 200, "application/json")]
    [InlineData("QUERY /g/1/rfcs", null, 400, "application/json")]
    [InlineData("QUERY /g/1/rfcs", "text/plain", 415, "application/json")]
    [InlineData("GET /g/1/rfcs", null, 405, "application/json")]
    [InlineData("OPTIONS /g/1/rfcs", null, 204, "application/json")]
    [InlineData("QUERY /g/x/rfcs", "application/json", 404, null)]
    [InlineData("QUERY /g/x/rfcs", null, 404, null)]
    [InlineData("QUERY /g/x/rfcs", "text/plain", 404, null)]
    [InlineData("GET /g/x/rfcs", null, 404, null)]
    [InlineData("OPTIONS /g/x/rfcs", null, 404, null)]
    public async Task A_path_that_a_constraint_of_the_group_refuses_stays_unknown(string requestLine, string? type, int status, string? acceptQuery)
    {
        await using var server = await QueryServer.StartAsync(app =>
            app.MapGroup("/g/{id:int}").MapQuery("/rfcs", (int id, RfcQuery query) => $"found {id}"));

        var response = await server.SendAsync(requestLine, type, type is null ? null : "{}");
        Assert.Equal((status, acceptQuery), (response.Status, response["Accept-Query"]));
        if (status is 200) Assert.Equal("found 1", response.ContentText);
    }

    [Fact]
    public async Task Two_routes_of_one_shape_answer_a_foreign_method_once()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapQuery("/rfcs/{id:int}", (int id, RfcQuery query) => "number");
            app.MapGet("/rfcs/{name}", (string name) => "name");
        });

        Assert.Equal(405, (await server.SendAsync("PUT /rfcs/1")).Status);
        Assert.Equal("number", (await server.SendAsync("QUERY /rfcs/1", "application/json", "{}")).ContentText);
        Assert.Equal("name", (await server.SendAsync("GET /rfcs/cache")).ContentText);
    }

    [Theory]
    [InlineData("one.test", "application/json", "GET, OPTIONS, QUERY")]
    [InlineData("a.two.test", "application/sql", "GET, OPTIONS, QUERY")]
    [InlineData("b.two.test:8080", "text/csv", "GET, OPTIONS, QUERY")]
    [InlineData("three.test", null, "GET")]
    [InlineData("two.test", null, "GET")]
    public async Task Each_host_is_a_resource_of_its_own(string host, string? type, string allow)
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapQuery("/rfcs", (RfcQuery query) => "application/json").RequireHost("one.test");
            app.MapQuery("/rfcs", (HttpContext context) => "application/sql").WithAcceptQuery("application/sql").RequireHost("*.two.test");
            app.MapQuery("/rfcs", (HttpContext context) => "text/csv").WithAcceptQuery("text/csv").RequireHost("b.two.test:8080");
            app.MapGet("/rfcs", () => "all");
        });

        var types = host is "b.two.test:8080" ? "text/csv, application/sql" : type;
        var all = await server.SendAsync("GET /rfcs", host: host);
        Assert.Equal((200, "all"), (all.Status, all.ContentText));
        Assert.Equal(types?.Split(", ").Order(), all["Accept-Query"]?.Split(", ").Order());

        var refused = await server.SendAsync("DELETE /rfcs", host: host);
        Assert.Equal((405, allow), (refused.Status, string.Join(", ", refused["Allow"]!.Split(", ").Order())));

        var unsupported = await server.SendAsync("QUERY /rfcs", "text/x", "?", host: host);
        Assert.Equal(type is null ? 405 : 415, unsupported.Status);

        if (type is null) return;
        Assert.Equal(type, (await server.SendAsync("QUERY /rfcs", type, "{}", host: host)).ContentText);
        Assert.Equal(204, (await server.SendAsync("OPTIONS /rfcs", host: host)).Status);
    }

    [Fact]
    public async Task A_catch_all_gives_its_rules_to_the_paths_below_it()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapQuery("/rfcs/{**rest}", (RfcQuery query) => "caught");
            app.MapGet("/rfcs/index", () => "index");
        });

        var index = await server.SendAsync("GET /rfcs/index");
        Assert.Equal(("index", "application/json"), (index.ContentText, index["Accept-Query"]));
        Assert.Equal("caught", (await server.SendAsync("QUERY /rfcs/index", "application/json", "{}")).ContentText);
        Assert.Equal("GET, OPTIONS, QUERY", string.Join(", ", (await server.SendAsync("POST /rfcs/index"))["Allow"]!.Split(", ").Order()));
        Assert.Equal("QUERY, OPTIONS", (await server.SendAsync("POST /rfcs/a/b"))["Allow"]);
    }

    [Fact]
    public async Task A_catch_all_without_query_announces_it_only_where_query_works()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapQuery("/rfcs", (RfcQuery query) => "found");
            app.MapGet("/{**rest}", () => "page");
        });

        Assert.Equal("application/json", (await server.SendAsync("GET /rfcs"))["Accept-Query"]);
        Assert.Null((await server.SendAsync("GET /about"))["Accept-Query"]);
    }

    [Theory]
    [InlineData(false, 405)]
    [InlineData(true, 200)]
    public async Task A_fallback_route_takes_foreign_methods_only_where_the_option_says_so(bool allow, int status)
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.MapQuery("/rfcs/{id:int}", (int id, RfcQuery query) => "found");
                app.MapQuery("/rfcs", (RfcQuery query) => "found");
                app.MapFallback(() => "fallback");
            },
            builder => builder.Services.AddHttpQuery(options => options.AllowFallback = allow));

        Assert.Equal(status, (await server.SendAsync("GET /rfcs/1")).Status);
        var response = await server.SendAsync("GET /rfcs");
        Assert.Equal((status, "application/json"), (response.Status, response["Accept-Query"]));

        // Whatever the option says: the rules of QUERY hold, and what is no QUERY path is the fallback's.
        Assert.Equal(415, (await server.SendAsync("QUERY /rfcs/1", "text/plain", "x")).Status);
        Assert.Equal(400, (await server.SendAsync("QUERY /rfcs/1")).Status);
        Assert.Equal(204, (await server.SendAsync("OPTIONS /rfcs/1")).Status);
        Assert.Equal("found", (await server.SendAsync("QUERY /rfcs/1", "application/json", "{}")).ContentText);
        Assert.Equal("fallback", (await server.SendAsync("PUT /rfcs/x")).ContentText);
        Assert.Equal("fallback", (await server.SendAsync("QUERY /rfcs/x", "text/plain", "x")).ContentText);
        Assert.Null((await server.SendAsync("GET /elsewhere"))["Accept-Query"]);
    }

    [Fact]
    public async Task An_endpoint_for_every_method_keeps_every_method()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapQuery("/rfcs", (RfcQuery query) => "found");
            app.Map("/rfcs", () => "any");
        });

        Assert.Equal("any", (await server.SendAsync("PUT /rfcs")).ContentText);
        Assert.Equal("any", (await server.SendAsync("OPTIONS /rfcs")).ContentText);
        Assert.Equal("any", (await server.SendAsync("QUERY /rfcs", "text/plain", "x")).ContentText);
        Assert.Equal("found", (await server.SendAsync("QUERY /rfcs", "application/json", "{}")).ContentText);
    }

    [Fact]
    public async Task The_applications_own_options_endpoint_wins()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapQuery("/rfcs", (RfcQuery query) => "found");
            app.MapMethods("/rfcs", ["OPTIONS"], () => "own");
        });

        Assert.Equal("own", (await server.SendAsync("OPTIONS /rfcs")).ContentText);
    }

    [Fact]
    public async Task A_preflight_is_answered_by_cors_and_refusals_can_be_read_by_scripts()
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseCors();
                app.MapQuery("/rfcs", (RfcQuery query) => "found")
                    .RequireCors(policy => policy.WithOrigins("http://page.test").WithMethods("QUERY").AllowAnyHeader());
                app.MapQuery("/closed", (RfcQuery query) => "found");
            },
            builder => builder.Services.AddCors());
        string[] preflight = ["Origin: http://page.test", "Access-Control-Request-Method: QUERY", "Access-Control-Request-Headers: content-type"];
        string[] origin = ["Origin: http://page.test"];

        var allowed = await server.SendAsync("OPTIONS /rfcs", fields: preflight);
        Assert.Equal((204, "QUERY", "http://page.test"),
            (allowed.Status, allowed["Access-Control-Allow-Methods"], allowed["Access-Control-Allow-Origin"]));

        // Not a preflight, and a preflight to a path without CORS: ours.
        Assert.Equal("QUERY, OPTIONS", (await server.SendAsync("OPTIONS /rfcs", fields: origin))["Allow"]);
        var closed = await server.SendAsync("OPTIONS /closed", fields: preflight);
        Assert.Equal((204, "QUERY, OPTIONS", null), (closed.Status, closed["Allow"], closed["Access-Control-Allow-Origin"]));

        foreach (var (line, type, status) in new[] { ("QUERY /rfcs", "text/plain", 415), ("QUERY /rfcs", "nonsense", 400), ("PUT /rfcs", "text/plain", 405) })
        {
            var refused = await server.SendAsync(line, type, "x", origin);
            Assert.Equal((status, "http://page.test"), (refused.Status, refused["Access-Control-Allow-Origin"]));
        }
    }

    [Fact]
    public async Task A_global_cors_policy_answers_preflights_too()
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseCors(policy => policy.AllowAnyOrigin().AllowAnyMethod().AllowAnyHeader());
                app.MapQuery("/rfcs", (RfcQuery query) => "found");
            },
            builder => builder.Services.AddCors());

        var response = await server.SendAsync("OPTIONS /rfcs", fields: ["Origin: http://page.test", "Access-Control-Request-Method: QUERY"]);
        Assert.Equal((204, "QUERY"), (response.Status, response["Access-Control-Allow-Methods"]));
    }

    [Fact]
    public async Task An_endpoint_for_query_and_get_at_once_checks_the_query_alone()
    {
        await using var server = await QueryServer.StartAsync(app =>
            app.MapMethods("/rfcs", ["GET", "QUERY"], (HttpContext context) => context.Request.Method).WithAcceptQuery("application/sql"));

        // The framework matches Accepts against whatever content type is there; a GET has none.
        Assert.Equal("GET", (await server.SendAsync("GET /rfcs")).ContentText);
        Assert.Equal("QUERY", (await server.SendAsync("QUERY /rfcs", "application/sql", "select")).ContentText);
        Assert.Equal(400, (await server.SendAsync("QUERY /rfcs")).Status);
        Assert.Equal(415, (await server.SendAsync("QUERY /rfcs", "text/csv", "a")).Status);
    }

    [Fact]
    public async Task Another_method_of_a_query_endpoint_keeps_its_own_matching()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapMethods("/s", ["QUERY", "POST"], (RfcQuery query) => "json");
            app.MapPost("/s", (HttpContext context) => "upload");
            app.MapMethods("/x", ["QUERY", "POST"], (HttpContext context) => "x").WithMetadata(new AcceptsMetadata(["application/xml"]));
        });

        Assert.Equal("json", (await server.SendAsync("POST /s", "application/json", "{}")).ContentText);
        Assert.Equal("upload", (await server.SendAsync("POST /s", "text/csv", "a")).ContentText);
        Assert.Equal(415, (await server.SendAsync("POST /x", "text/plain", "a")).Status);
        Assert.Equal("x", (await server.SendAsync("QUERY /x", "application/xml", "<a/>")).ContentText);
    }

    [Fact]
    public async Task A_dynamic_fallback_does_not_switch_the_rules_off()
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.MapQuery("/records", (RfcQuery query) => "found");
                app.MapQuery("/raw-records", context => context.Response.WriteAsync("found"));
                app.MapFallbackToController("Index", "Pages");
            },
            builder => builder.Services.AddControllers());

        Assert.Equal(400, (await server.SendAsync("QUERY /raw-records")).Status);
        Assert.Equal(415, (await server.SendAsync("QUERY /records", "text/plain", "x")).Status);
        Assert.Equal("found", (await server.SendAsync("QUERY /records", "application/json", "{}")).ContentText);
        Assert.Equal((204, "QUERY, OPTIONS"), ((await server.SendAsync("OPTIONS /records")).Status, (await server.SendAsync("OPTIONS /records"))["Allow"]));
        Assert.Equal("page", (await server.SendAsync("GET /about")).ContentText);
    }

    [Fact]
    public async Task A_route_that_the_query_routes_constraints_leave_out_is_not_announced()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapMethods("/rfcs/{id:int}", ["QUERY"], (int id, RfcQuery query) => "number");
            app.MapGet("/rfcs/{name:alpha}", (string name) => name);
        });

        Assert.Null((await server.SendAsync("GET /rfcs/cache"))["Accept-Query"]);
        Assert.Equal("GET, OPTIONS", (await server.SendAsync("OPTIONS /rfcs/cache"))["Allow"]);
        Assert.Equal("QUERY, OPTIONS", (await server.SendAsync("OPTIONS /rfcs/1"))["Allow"]);
        foreach (var type in new[] { null, "text/plain", "application/json" })
            Assert.Equal(404, (await server.SendAsync("QUERY /rfcs/cache", type, "{}")).Status);
    }

    [Fact]
    public async Task Routes_of_one_text_with_different_constraints_are_told_apart()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.Map(RoutePatternFactory.Parse("/r/{id}", null, new { id = new IntRouteConstraint() }), (RequestDelegate)(context => context.Response.WriteAsync("number")))
                .WithMetadata(new HttpMethodMetadata(["QUERY"]));
            app.MapGet("/r/{id}", (string id) => id);
        });

        Assert.Equal(405, (await server.SendAsync("PUT /r/abc")).Status);
        Assert.Equal(405, (await server.SendAsync("PUT /r/1")).Status);
    }

    [Fact]
    public async Task A_response_that_has_started_before_routing_goes_on()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.Use(async (context, next) =>
            {
                await context.Response.WriteAsync("<prefix>");
                await next(context);
            });
            app.UseRouting();
            app.MapGet("/x", (RequestDelegate)(context => context.Response.WriteAsync("get")));
            app.MapQuery("/x", (RfcQuery query) => "found");
        });

        Assert.Equal("<prefix>get", (await server.SendAsync("GET /x")).ContentText);
    }

    [Fact]
    public async Task A_refusal_is_anonymous_where_the_query_is()
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapQuery("/open", (RfcQuery query) => "found").AllowAnonymous();
                app.MapQuery("/closed", (RfcQuery query) => "found");
            },
            builder =>
            {
                builder.Services.AddAuthentication("Bearer").AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, NoResultHandler>("Bearer", null);
                builder.Services.AddAuthorization(options => options.FallbackPolicy = new AuthorizationPolicyBuilder("Bearer").RequireAuthenticatedUser().Build());
            });

        Assert.Equal(200, (await server.SendAsync("QUERY /open", "application/json", "{}")).Status);
        Assert.Equal(400, (await server.SendAsync("QUERY /open")).Status);
        Assert.Equal(415, (await server.SendAsync("QUERY /open", "text/plain", "x")).Status);
        Assert.Equal(204, (await server.SendAsync("OPTIONS /open")).Status);
        Assert.Equal(401, (await server.SendAsync("OPTIONS /closed")).Status);
    }

    [Fact]
    public async Task A_form_needs_no_antiforgery_because_query_is_safe()
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseAntiforgery();
                app.MapQuery("/rfcs", ([Microsoft.AspNetCore.Mvc.FromForm] string match) => $"found {match}");
                app.MapPost("/rfcs", ([Microsoft.AspNetCore.Mvc.FromForm] string match) => "changed");
            },
            builder => builder.Services.AddAntiforgery());

        Assert.Equal("found a b", (await server.SendAsync("QUERY /rfcs", "application/x-www-form-urlencoded", "match=a+b")).ContentText);
        Assert.Equal(400, (await server.SendAsync("POST /rfcs", "application/x-www-form-urlencoded", "match=a+b")).Status);
    }
}
