using System.Text.Json;
using HttpQuery.Tests.Exchanges;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.Negotiation;

/// <summary>Which media type answers a QUERY, by its <c>Accept</c> (RFC 10008 §2.1, row M6; RFC 9110 §12.5.1).</summary>
public class AcceptTests(CatalogueHosts hosts) : IClassFixture<CatalogueHosts>
{
    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData("text/csv", "text/csv")]
    [InlineData("TEXT/CSV", "text/csv")]
    [InlineData("text/*", "text/csv")]
    [InlineData("text/csv, application/json;q=0.9", "text/csv")]
    [InlineData("text/csv;q=0.8, application/json;q=0.9", "application/json")]
    [InlineData("text/csv;q=0.5, */*;q=0.1", "text/csv")]
    [InlineData("application/json;q=0, */*", "text/csv")]
    [InlineData("text/html, application/xhtml+xml, */*;q=0.8", "application/json")]
    [InlineData("application/json; charset=utf-8", "application/json")]
    [InlineData("text/csv; header=present; q=1; ext=\"a,b\"", "text/csv")]
    [InlineData("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "application/json")]
    [InlineData("text/html, text/csv; q=best", "text/csv")]
    public async Task The_preferred_of_several_writers_answers(string? accept, string mediaType) => await hosts.EachAsync(async host =>
    {
        var response = await host.QueryAsync("/rfcs", accept is null ? [] : [$"Accept: {accept}"]);

        Assert.Equal(200, response.Status);
        Assert.StartsWith(mediaType, response["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("Accept", response["Vary"]);
        Assert.Contains("Caching", response.ContentText, StringComparison.Ordinal);
        Assert.Equal(mediaType is "text/csv", response.ContentText.StartsWith("9111,", StringComparison.Ordinal));
    });

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/xml, text/html;q=0.5")]
    [InlineData("*/*;q=0")]
    [InlineData("application/json;q=0, text/csv;q=0")]
    public async Task What_nobody_produces_is_406_with_a_list_of_what_somebody_does(string accept) => await hosts.EachAsync(async host =>
    {
        var before = host.Catalogue.Searches;
        var response = await host.QueryAsync("/rfcs", $"Accept: {accept}");

        Assert.Equal((406, "application/problem+json", "Accept"), (response.Status, response["Content-Type"], response["Vary"]));
        using var problem = JsonDocument.Parse(response.Content);
        Assert.EndsWith("this resource produces: application/json, text/csv", problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotNull(response["Accept-Query"]);
        Assert.Equal(before, host.Catalogue.Searches);
    });

    [Theory]
    [InlineData("text/plain", "text/plain")]
    [InlineData("text/markdown", "text/markdown")]
    [InlineData("text/markdown;variant=GFM", "text/markdown")]
    [InlineData("text/markdown;variant=CommonMark", null)]
    [InlineData("text/*;q=0.5, text/plain;q=0.1", "text/markdown")]
    public async Task A_handler_is_told_what_to_write(string accept, string? mediaType) => await hosts.EachAsync(async host =>
    {
        var response = await host.QueryAsync("/choice", $"Accept: {accept}");

        Assert.Equal(mediaType is null ? 406 : 200, response.Status);
        if (mediaType is not null) Assert.StartsWith(mediaType, response["Content-Type"], StringComparison.Ordinal);
    });

    [Fact]
    public async Task An_endpoint_that_states_nothing_answers_as_it_ever_did() => await hosts.EachAsync(async host =>
    {
        var response = await host.QueryAsync("/versioned", "Accept: text/html");

        Assert.Equal((200, null), (response.Status, response["Vary"]));
    });

    [Fact]
    public async Task Errors_are_problem_details_whatever_is_accepted() => await hosts.EachAsync(async host =>
    {
        var response = await host.SendAsync("QUERY", "/rfcs", "{", "Content-Type: application/json", "Accept: text/csv");

        Assert.Equal((400, "application/problem+json"), (response.Status, response["Content-Type"]));
    });

    [Fact]
    public async Task Vary_keeps_what_others_have_put_there()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapQuery("/x", (HttpContext context) =>
            {
                context.Response.Headers.Vary = context.Request.Headers["X-Vary"];
                return Results.Text("x", "text/csv");
            }).WithProduces("text/csv");
        });

        Assert.Equal("Cookie, Accept", (await AskAsync("Cookie"))["Vary"]);
        Assert.Equal("accept", (await AskAsync("accept"))["Vary"]);
        Assert.Equal("*", (await AskAsync("*"))["Vary"]);

        Task<RawResponse> AskAsync(string vary) => server.SendAsync("QUERY /x", "text/plain", "?", [$"X-Vary: {vary}"]);
    }

    [Fact]
    public async Task An_endpoint_narrows_its_group_and_a_result_of_another_status_is_left_alone()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            var group = app.MapGroup("/group").WithProduces("text/plain");
            group.MapQuery("/plain", () => "x");
            group.MapQuery("/own", () => Results.Text("x", "text/csv")).WithProduces("text/csv");
            group.MapGet("/plain", () => "got");
            app.MapQuery("/missing", () => Results.NotFound(new Rfc[1])).WithResponseWriter<Rfc[]>("text/csv", Catalogue.WriteCsvAsync);
            app.MapQuery("/created", () => TypedResults.Accepted("/later", new Rfc[] { new(1, "x") })).WithResponseWriter<Rfc[]>("text/csv", Catalogue.WriteCsvAsync);
            var written = app.MapGroup("/written").WithResponseWriter<Rfc[]>("text/csv", Catalogue.WriteCsvAsync);
            written.MapQuery("", () => new Rfc[] { new(2, "y") });
            written.MapGet("", () => new Rfc[] { new(3, "z") });
            app.MapQuery("/bare", () => new Rfc[] { new(1, "x") }).WithResponseWriter<Rfc[]>("text/csv", Catalogue.WriteCsvAsync);
        });

        Assert.Equal(200, (await AskAsync("QUERY /group/plain", "text/plain")).Status);
        Assert.Equal(406, (await AskAsync("QUERY /group/plain", "text/csv")).Status);
        Assert.Equal(200, (await AskAsync("QUERY /group/own", "text/csv")).Status);
        Assert.Equal(406, (await AskAsync("QUERY /group/own", "text/plain")).Status);
        Assert.Equal((200, "got"), (await AskAsync("GET /group/plain", "text/csv") is var got ? got.Status : 0, got.ContentText));
        Assert.Equal((404, "application/json; charset=utf-8"), (await AskAsync("QUERY /missing", "text/csv") is var missing ? missing.Status : 0, missing["Content-Type"]));
        Assert.Equal((202, "1,x\r\n"), (await AskAsync("QUERY /created", "text/csv") is var created ? created.Status : 0, created.ContentText));
        Assert.Equal("1,x\r\n", (await AskAsync("QUERY /bare", "text/csv")).ContentText);
        Assert.Equal("2,y\r\n", (await AskAsync("QUERY /written", "text/csv")).ContentText);
        Assert.Equal("[{\"number\":3,\"title\":\"z\"}]", (await AskAsync("GET /written", "text/csv")).ContentText);
        Assert.Equal("[{\"number\":1,\"title\":\"x\"}]", (await AskAsync("QUERY /bare", "application/json")).ContentText);

        Task<RawResponse> AskAsync(string request, string accept) => server.SendAsync(request, "text/plain", "?", [$"Accept: {accept}"]);
    }

    [Theory]
    [InlineData("/results-json", 200)]
    [InlineData("/typed-json", 200)]
    [InlineData("/json-202", 202)]
    [InlineData("/status-set", 203)]
    public async Task A_response_writer_writes_the_value_of_any_result_and_keeps_its_status(string path, int status)
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            var group = app.MapGroup("").WithResponseWriter<Rfc[]>("text/csv", Catalogue.WriteCsvAsync);
            group.MapQuery("/results-json", () => Results.Json(new Rfc[] { new(1, "x") }));
            group.MapQuery("/typed-json", () => TypedResults.Json(new Rfc[] { new(1, "x") }));
            group.MapQuery("/json-202", () => Results.Json(new Rfc[] { new(1, "x") }, statusCode: 202));
            group.MapQuery("/status-set", Rfc[] (HttpContext context) =>
            {
                context.Response.StatusCode = 203;
                return [new(1, "x")];
            });
        });

        var response = await server.SendAsync($"QUERY {path}", "text/plain", "?", ["Accept: text/csv"]);
        Assert.Equal((status, "text/csv", "1,x\r\n"), (response.Status, response["Content-Type"], response.ContentText));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("text/*")]
    [InlineData("*/*")]
    [InlineData("text/csv,text/plain")]
    public void A_range_is_nothing_to_produce(string mediaType)
    {
        var app = WebApplication.CreateBuilder().Build();

        Assert.Throws<ArgumentException>(() => app.MapMethods("/x", ["QUERY"], () => "x").WithProduces(mediaType));
        Assert.Throws<ArgumentException>(() => app.MapMethods("/x", ["QUERY"], () => "x").WithResponseWriter<string>(mediaType, (_, _) => Task.CompletedTask));
    }
}
