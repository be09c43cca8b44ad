using HttpQuery.Tests.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Http;

/// <summary>Which of Accept-Query, Allow and Accept a response carries (RFC 10008 §2.1, §3; RFC 9110 §10.2.1, §15.5.6, §15.5.16).</summary>
public class QueryResourceHeadersTests
{
    [Theory]
    [InlineData("GET /rfcs", null, 200, true, false, false)]
    [InlineData("HEAD /rfcs", null, 200, true, false, false)]
    [InlineData("QUERY /rfcs", "application/json", 200, true, false, false)]
    [InlineData("query /rfcs", "application/json", 200, true, false, false)]
    [InlineData("GET /rfcs?status=404", null, 404, true, false, false)]
    [InlineData("HEAD /rfcs?status=503", null, 503, true, false, false)]
    [InlineData("QUERY /rfcs?status=422", "application/json", 422, true, false, false)]
    [InlineData("QUERY /rfcs?status=500", "application/json", 500, true, false, false)]
    [InlineData("QUERY /rfcs?status=304", "application/json", 304, true, false, false)]
    [InlineData("OPTIONS /rfcs", null, 204, true, true, false)]
    [InlineData("DELETE /rfcs", null, 405, true, true, false)]
    [InlineData("PUT /rfcs", "application/json", 405, true, true, false)]
    [InlineData("FROB /rfcs", null, 405, true, true, false)]
    [InlineData("QUERY /rfcs", "text/plain", 415, true, false, true)]
    [InlineData("query /rfcs", "text/plain", 415, true, false, true)]
    [InlineData("QUERY /rfcs", null, 400, true, false, false)]
    [InlineData("query /rfcs", null, 400, true, false, false)]
    [InlineData("QUERY /rfcs", "nonsense", 400, true, false, false)]
    [InlineData("POST /rfcs", "application/json", 201, false, false, false)]
    [InlineData("GET /other", null, 200, false, false, false)]
    [InlineData("QUERY /other", "application/json", 405, false, true, false)]
    [InlineData("GET /nowhere", null, 404, false, false, false)]
    public async Task Each_status_carries_the_fields_of_the_table(
        string requestLine, string? contentType, int status, bool acceptQuery, bool allow, bool accept)
    {
        await using var server = await StartAsync();
        var response = await server.SendAsync(requestLine, contentType, contentType is null ? null : "{}");

        Assert.Equal(status, response.Status);
        Assert.Equal(acceptQuery ? "application/json, application/sql" : null, response["Accept-Query"]);
        Assert.Equal(accept ? "application/json, application/sql" : null, response["Accept"]);
        var allowed = response["Allow"]?.Split(", ").Order();
        Assert.Equal(!allow ? null : requestLine.EndsWith("other", StringComparison.Ordinal) ? ["GET"] : ["GET", "HEAD", "OPTIONS", "POST", "QUERY"], allowed);
    }

    [Fact]
    public async Task Head_is_not_allowed_where_it_does_not_work()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapQuery("/rfcs", context => context.Response.WriteAsync("found"));
            app.MapGet("/rfcs", () => "all");
        });

        Assert.Equal("QUERY, GET, OPTIONS", (await server.SendAsync("OPTIONS /rfcs"))["Allow"]);
        Assert.Equal(405, (await server.SendAsync("HEAD /rfcs")).Status);
    }

    [Fact]
    public async Task A_handler_that_takes_any_type_is_announced_as_any_type()
    {
        await using var server = await QueryServer.StartAsync(app => app.MapQuery("/rfcs", context => context.Response.WriteAsync("found")));

        Assert.Equal("*/*", (await server.SendAsync("QUERY /rfcs", "text/x-anything", "q"))["Accept-Query"]);
    }

    [Fact]
    public async Task A_field_that_the_handler_sets_itself_is_kept()
    {
        await using var server = await QueryServer.StartAsync(app => app.MapQuery("/rfcs", (RequestDelegate)(context =>
        {
            context.Response.Headers["Accept-Query"] = "application/xslt+xml";
            return context.Response.WriteAsync("found");
        })));

        Assert.Equal("application/xslt+xml", (await server.SendAsync("QUERY /rfcs", "text/x", "q"))["Accept-Query"]);
    }

    [Theory]
    [InlineData("handler")]
    [InlineData("path")]
    [InlineData("reexecute")]
    public async Task An_error_page_does_not_lose_accept_query(string kind)
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            if (kind is "handler") app.UseExceptionHandler(error => error.Run(context => context.Response.WriteAsync("sorry")));
            if (kind is "path") app.UseExceptionHandler("/sorry");
            if (kind is "reexecute") app.UseStatusCodePagesWithReExecute("/sorry");
            app.UseRouting();
            app.Map("/sorry", () => "sorry");
            app.MapQuery("/rfcs", (RequestDelegate)(context =>
            {
                if (kind is not "reexecute") throw new InvalidOperationException("broken");
                context.Response.StatusCode = 503;
                return Task.CompletedTask;
            })).WithAcceptQuery("application/sql");
        });

        var response = await server.SendAsync("QUERY /rfcs", "application/sql", "select");
        Assert.Equal((kind is "reexecute" ? 503 : 500, "sorry", "application/sql"), (response.Status, response.ContentText, response["Accept-Query"]));
    }

    [Fact]
    public async Task A_refusal_by_authorization_carries_accept_query()
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapQuery("/rfcs", (RfcQuery query) => "found").RequireAuthorization();
            },
            builder =>
            {
                builder.Services.AddAuthentication("Bearer").AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, NoResultHandler>("Bearer", null);
                builder.Services.AddAuthorization();
            });

        var refused = await server.SendAsync("QUERY /rfcs", "application/json", "{}");
        Assert.Equal((401, "application/json"), (refused.Status, refused["Accept-Query"]));

        // As the platform's own 405 and 415, ours come first.
        Assert.Equal(415, (await server.SendAsync("QUERY /rfcs", "text/plain", "{}")).Status);
    }

    private static Task<QueryServer> StartAsync() => QueryServer.StartAsync(app =>
    {
        static IResult Answer(HttpContext context) =>
            context.Request.Query["status"] is [{ } status] ? Results.StatusCode(int.Parse(status, null)) : Results.Text("found");

        app.MapMethods("/rfcs", [HttpMethods.Query], (RfcQuery query, HttpContext context) => Answer(context));
        app.MapQuery("/rfcs", (HttpContext context) => Answer(context)).WithAcceptQuery("application/sql");
        app.MapMethods("/rfcs", ["GET", "HEAD"], Answer);
        app.MapPost("/rfcs", () => Results.StatusCode(201));
        app.MapGet("/other", () => "other");
    });
}
