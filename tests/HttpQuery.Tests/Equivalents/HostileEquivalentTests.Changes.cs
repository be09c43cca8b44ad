using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.Equivalents;

// Changes of an application.
public sealed partial class HostileEquivalentTests
{
    [Fact]
    public async Task A_token_is_unknown_to_an_endpoint_that_has_no_equivalent_resource_any_more()
    {
        await using var before = await NotesApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        await using var after = await NotesApp.StartAsync(app => app.MapSearch("/notes"));
        var location = (await before.TextAsync("/notes", "cats"))["Location"]!;
        var get = await after.GetAsync(location);
        Assert.Equal(404, get.Status);
    }

    [Fact]
    public async Task A_token_is_unknown_to_an_endpoint_that_only_stores_results()
    {
        await using var before = await NotesApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        await using var after = await NotesApp.StartAsync(app => app.MapSearch("/notes").WithStoredResult());
        var location = (await before.TextAsync("/notes", "cats"))["Location"]!;
        Assert.Equal(404, (await after.GetAsync(location)).Status);
        Assert.Equal(404, (await after.SendAsync("GET " + location, host: "other")).Status);
    }

    [Fact]
    public async Task A_result_is_unknown_to_an_endpoint_that_stores_none_any_more()
    {
        var store = new FaultyDistributedCache();
        await using var before = await NotesApp.StartAsync(app => app.MapSearch("/notes").WithStoredResult(), store: store);
        await using var after = await NotesApp.StartAsync(app => app.MapSearch("/notes"), store: store);
        var location = (await before.TextAsync("/notes", "cats"))["Content-Location"]!;
        var get = await after.GetAsync(location);
        Assert.Equal(404, get.Status);
        Assert.DoesNotContain("found", get.ContentText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_one_host_is_unknown_at_a_host_whose_endpoint_has_no_equivalent_resource()
    {
        await using var app = await NotesApp.StartAsync(app =>
        {
            app.MapSearch("/notes").WithEquivalentResource().RequireHost("localhost");
            app.MapSearch("/notes").RequireHost("other");
        });
        var location = (await app.TextAsync("/notes", "cats"))["Location"]!;
        Assert.Equal(200, (await app.GetAsync(location)).Status);
        Assert.Equal(404, (await app.SendAsync("GET " + location, host: "other")).Status);
    }

    [Fact]
    public async Task A_token_of_a_removed_endpoint_is_unknown_although_a_fallback_takes_every_method()
    {
        await using var before = await NotesApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        await using var after = await NotesApp.StartAsync(app =>
        {
            app.MapSearch("/other").WithEquivalentResource();
            app.MapFallback(() => "index");
        });
        var location = (await before.TextAsync("/notes", "cats"))["Location"]!;
        Assert.Equal(404, (await after.GetAsync(location)).Status);
    }

    [Fact]
    public async Task A_token_of_a_moved_endpoint_leads_to_no_resource_that_is_not_its_query()
    {
        await using var before = await NotesApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        await using var after = await NotesApp.StartAsync(app =>
        {
            app.MapMethods(
                "/notes", ["GET", HttpMethods.Query], () => Results.Redirect("/v2/notes", permanent: true, preserveMethod: true));
            app.MapSearch("/v2/notes").WithEquivalentResource();
            app.MapGet("/v2/notes", () => "all notes");
        });
        var location = (await before.TextAsync("/notes", "cats"))["Location"]!;

        // A client follows 308 with the method of its request, which is GET without content.
        var get = await after.GetAsync(location);
        if (get["Location"] is { } target) get = await after.GetAsync(target);
        Assert.NotEqual("all notes", get.ContentText);
    }

    [Fact]
    public async Task A_303_of_the_handler_to_the_GET_of_its_own_path_stays()
    {
        await using var app = await NotesApp.StartAsync(app =>
        {
            var moved = false;
            app.MapQuery("/notes", (RfcQuery query, HttpContext context) =>
            {
                if (moved) return QueryResults.SeeOther($"http://localhost{context.Request.Path}");
                moved = true;
                return Results.Text("first");
            }).WithEquivalentResource();
            app.MapGet("/notes", () => "all notes");
        });
        var location = (await app.QueryAsync("/notes"))["Location"]!;
        Assert.Equal((303, "http://localhost/notes"), (await Status(app.QueryAsync("/notes"))));
        Assert.Equal((303, "http://localhost/notes"), (await Status(app.GetAsync(location))));
    }

    [Fact]
    public async Task A_303_of_the_handler_to_another_origin_stays()
    {
        await using var app = await NotesApp.StartAsync(app =>
        {
            var moved = false;
            app.MapQuery("/notes", (RfcQuery query) =>
            {
                if (moved) return QueryResults.SeeOther("https://shard2.example/notes");
                moved = true;
                return Results.Text("first");
            }).WithEquivalentResource();
        });
        var location = (await app.QueryAsync("/notes"))["Location"]!;
        Assert.Equal((303, "https://shard2.example/notes"), (await Status(app.QueryAsync("/notes"))));
        Assert.Equal((303, "https://shard2.example/notes"), (await Status(app.GetAsync(location))));
    }

    [Fact]
    public async Task Two_machines_know_the_URIs_of_each_other_if_two_endpoints_share_a_path()
    {
        Action<WebApplication> map = app =>
        {
            app.MapQuery("/notes", (RfcQuery query) => "json").WithAcceptQuery("application/json").WithEquivalentResource();
            app.MapSearch("/notes").WithAcceptQuery("text/plain").WithEquivalentResource();
        };
        await using var one = await NotesApp.StartAsync(map);
        await using var two = await NotesApp.StartAsync(map);
        var location = (await one.QueryAsync("/notes"))["Location"]!;
        Assert.Equal(200, (await one.GetAsync(location)).Status);
        Assert.Equal(200, (await two.GetAsync(location)).Status);
    }

    [Fact]
    public async Task A_URI_holds_when_the_application_gets_a_second_endpoint()
    {
        await using var before = await NotesApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        await using var after = await NotesApp.StartAsync(app =>
        {
            app.MapSearch("/notes").WithEquivalentResource();
            app.MapGet("/health", () => "well");
        });
        var location = (await before.TextAsync("/notes", "cats"))["Location"]!;
        Assert.Equal(200, (await after.GetAsync(location)).Status);
    }

    [Fact]
    public async Task A_URI_holds_when_the_limit_of_URIs_that_contain_their_query_changes()
    {
        await using var before = await NotesApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        await using var after = await NotesApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource(), o => o.MaximumStatelessLocationLength = 0);
        var location = (await before.TextAsync("/notes", "cats"))["Location"]!;
        Assert.Equal(200, (await after.GetAsync(location)).Status);
    }

    [Fact]
    public async Task A_token_is_unknown_to_a_fallback_whose_group_has_equivalent_resources()
    {
        await using var before = await NotesApp.StartAsync(app => app.MapGroup("").WithEquivalentResource().MapSearch("/notes"));
        await using var after = await NotesApp.StartAsync(app =>
        {
            var group = app.MapGroup("").WithEquivalentResource();
            group.MapSearch("/other");
            group.MapFallback(() => "index");
            group.Map("/{**rest}", () => "rest");
        });
        Assert.Equal(404, (await after.GetAsync((await before.TextAsync("/notes", "cats"))["Location"]!)).Status);
    }

    [Theory]
    [InlineData(308, "/v2/notes", 404, null)]
    [InlineData(301, "http://localhost/v2/notes", 404, null)]
    [InlineData(307, "//other/notes", 404, null)]
    [InlineData(302, "/login", 302, "/login")]
    [InlineData(302, "/notes", 302, "here")]
    [InlineData(307, "http://localhost:81/notes", 307, "http://localhost:81here")]
    [InlineData(307, "http://other/notes", 404, null)]
    public async Task A_redirect_of_middleware_never_leads_to_a_resource_that_is_not_the_query(
        int status, string location, int expected, string? expectedLocation)
    {
        await using var app = await NotesApp.StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                if (context.Request.Headers["X-In"].Count > 0) return next(context);
                (context.Response.StatusCode, context.Response.Headers.Location) = (status, location);
                return Task.CompletedTask;
            });
            app.UseRouting();
            app.MapSearch("/notes").WithEquivalentResource();
        });
        var uri = (await app.TextAsync("/notes", "cats", "X-In: 1"))["Location"]!;
        var get = await app.GetAsync(uri);
        Assert.Equal((expected, expectedLocation?.Replace("here", uri, StringComparison.Ordinal)), (get.Status, get["Location"]));
    }
}
