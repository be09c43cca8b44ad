using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.Pipeline;

/// <summary>Error pages, which run as another endpoint for the same QUERY: status and <c>Accept-Query</c> are those of the path that was asked for (RFC 10008 §3).</summary>
public class ErrorPageTests
{
    private static readonly string[] Methods = ["GET", "QUERY"];

    [Fact]
    public async Task A_page_for_every_method_answers_an_exception()
    {
        await using var server = await StartAsync(app =>
        {
            app.UseExceptionHandler("/error");
            app.Map("/error", (HttpContext context) => $"sorry, {context.Request.Method}");
        });

        foreach (var path in new[] { "/throws", "/throws-raw", "/throws-tagged" })
        {
            var response = await server.SendAsync($"QUERY {path}", "application/json", "{}");
            Assert.Equal((500, "sorry, QUERY"), (response.Status, response.ContentText));
            Assert.NotNull(response["Accept-Query"]);
        }
        Assert.Null((await server.SendAsync("QUERY /error", "text/plain", "x"))["Accept-Query"]);
    }

    [Theory]
    [InlineData("/missing", "application/json", "{}", 404)]
    [InlineData("/forbidden", "application/json", "{}", 403)]
    [InlineData("/missing", "application/json", "{}", 404, "/status-of-query/{0}")]
    public async Task A_page_for_every_method_answers_a_status(string path, string type, string content, int status, string page = "/status/{0}")
    {
        await using var server = await StartAsync(app =>
        {
            app.UseStatusCodePagesWithReExecute(page);
            app.Map("/status/{status}", (int status) => $"sorry, {status}");
            app.MapMethods("/status-of-query/{status}", Methods, (int status) => $"sorry, {status}").WithAcceptQuery("*/*");
        });

        var response = await server.SendAsync($"QUERY {path}", type, content);
        Assert.Equal((status, $"sorry, {status}", "application/json"), (response.Status, response.ContentText, response["Accept-Query"]));
    }

    [Theory]
    [InlineData("QUERY /missing", null, null, 400)]
    [InlineData("QUERY /missing", "text/plain", "x", 415)]
    [InlineData("PUT /missing", null, null, 405)]
    [InlineData("QUERY /missing", "application/json", "{", 400)]
    public async Task A_refusal_has_its_problem_details_already(string line, string? type, string? content, int status)
    {
        await using var server = await StartAsync(app =>
        {
            app.UseExceptionHandler("/error");
            app.UseStatusCodePagesWithReExecute("/status/{0}");
            app.Map("/status/{status}", () => "sorry");
            app.Map("/error", () => "sorry");
        });

        var response = await server.SendAsync(line, type, content);
        Assert.Equal((status, "application/problem+json", "application/json"), (response.Status, response["Content-Type"], response["Accept-Query"]));
    }

    [Fact]
    public async Task A_page_for_get_alone_cannot_answer_a_query()
    {
        await using var server = await StartAsync(app =>
        {
            app.UseExceptionHandler("/error");
            app.UseStatusCodePagesWithReExecute("/status/{0}");
            app.MapGet("/status/{status}", () => "sorry");
            app.MapGet("/error", () => "sorry");
        });

        // The framework's doing: it re-executes with the method of the request, as it does for POST, so the page answers 405. Nothing is written, and when such a
        // response starts the framework has forgotten which path it was for.
        foreach (var path in new[] { "/missing", "/throws" })
        {
            var response = await server.SendAsync($"QUERY {path}", "application/json", "{}");
            Assert.Equal((path, 405, 0), (path, response.Status, response.Content.Length));
        }
    }

    private static Task<QueryServer> StartAsync(Action<WebApplication> addPages) => QueryServer.StartAsync(app =>
    {
        addPages(app);
        app.UseRouting();
        app.MapQuery("/throws", string (RfcQuery query) => throw new InvalidOperationException("the handler's own"));
        app.MapQuery("/throws-raw", Task (HttpContext context) => throw new InvalidOperationException("the handler's own"));
        app.MapQuery("/throws-tagged", string (RfcQuery query) => throw new InvalidOperationException("the handler's own")).WithETag();
        app.MapQuery("/missing", (RfcQuery query) => Results.NotFound());
        app.MapQuery("/forbidden", (RfcQuery query) => Results.StatusCode(403));
    });
}
