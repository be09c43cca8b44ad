using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Mvc;

/// <summary>Errors of actions: each has its status and, whatever the action produces, a body (RFC 10008 §2.1; RFC 9457).</summary>
public class ActionErrorTests
{
    private const string Json = "application/json";

    [Theory]
    [InlineData("csv", "*/*", 500)]
    [InlineData("csv", "text/csv", 500)]
    [InlineData("csv-unprocessable", "*/*", 422)]
    [InlineData("csv-unprocessable", "text/csv", 422)]
    public async Task An_error_of_an_action_that_produces_no_json_has_problem_details(string action, string accept, int status)
    {
        await using var server = await StartAsync();

        AssertProblem(status, await server.SendAsync($"QUERY /mvc/failing/{action}", Json, "{}", [$"Accept: {accept}"]));
    }

    [Theory, InlineData("text/csv"), InlineData("*/*")]
    public async Task Malformed_content_has_problem_details_where_mvc_holds_itself_to_accept(string accept)
    {
        await using var server = await StartAsync(returnHttpNotAcceptable: true);

        AssertProblem(400, await server.SendAsync("QUERY /mvc/failing/found", Json, "{", [$"Accept: {accept}"]));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_is_broken_on_the_server_is_not_the_clients_error(bool withErrorPage)
    {
        await using var server = await StartAsync(withErrorPage: withErrorPage);

        Assert.Equal(500, (await server.SendAsync("QUERY /mvc/failing/data", Json, "{}")).Status);
    }

    private static void AssertProblem(int status, RawResponse response)
    {
        Assert.Equal((status, "application/problem+json"), (response.Status, response["Content-Type"]?.Split(';')[0]));
        Assert.Contains($"\"status\":{status}", response.ContentText, StringComparison.Ordinal);
    }

    private static Task<QueryServer> StartAsync(bool returnHttpNotAcceptable = false, bool withErrorPage = true) => QueryServer.StartAsync(
        app =>
        {
            if (withErrorPage) app.UseExceptionHandler();
            app.MapControllers();
        },
        builder =>
        {
            builder.Services.AddProblemDetails();
            builder.Services.AddControllers(options => options.ReturnHttpNotAcceptable = returnHttpNotAcceptable).WithOnly(typeof(FailingController));
        });
}
