using HttpQuery.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.Equivalents;

/// <summary><c>Content-Location</c>: a result that stays as it was (§2.3).</summary>
public sealed class StoredResultTests
{
    [Fact]
    public async Task A_GET_of_the_Content_Location_is_the_result_of_then()
    {
        await using var app = await EquivalentApp.StartAsync();
        var first = await app.QueryAsync();
        var second = await app.QueryAsync();
        var (result, other) = (first["Content-Location"]!, second["Content-Location"]!);
        Assert.NotEqual(result, other);
        Assert.NotEqual(result, first["Location"]);
        for (var i = 0; i < 2; i++)
        {
            var get = await app.GetAsync(result);
            Assert.Equal((200, first.ContentText, first["Content-Type"]), (get.Status, get.ContentText, get["Content-Type"]));
            Assert.Null(get["Accept-Query"]);
            Assert.Equal(second.ContentText, (await app.GetAsync(other)).ContentText);
        }
        var head = await app.SendAsync("HEAD " + result, null, null, []);
        Assert.Equal((200, "", "17"), (head.Status, head.ContentText, head["Content-Length"]));
        Assert.Equal(2, app.Runs);
    }

    [Fact]
    public async Task The_same_result_has_the_same_URI_for_a_while()
    {
        await using var app = await EquivalentApp.StartAsync(map: app => app.MapQueryText("/same", () => "same"));
        var result = (await app.QueryAsync(target: "/same"))["Content-Location"];
        Assert.NotNull(result);
        Assert.Equal(result, (await app.QueryAsync(target: "/same"))["Content-Location"]);
        app.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.NotEqual(result, (await app.QueryAsync(target: "/same"))["Content-Location"]);
        Assert.Equal(200, (await app.GetAsync(result)).Status);
    }

    [Fact]
    public async Task It_stays_for_its_lifetime_and_is_then_410()
    {
        await using var app = await EquivalentApp.StartAsync(o => o.StoredResultLifetime = TimeSpan.FromMinutes(1));
        var result = (await app.QueryAsync())["Content-Location"]!;
        app.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((200, "private, max-age=60, immutable"), (await app.GetAsync(result)) is var get ? (get.Status, get["Cache-Control"]) : default);
        app.Time.Advance(TimeSpan.FromSeconds(60));
        var gone = await app.GetAsync(result);
        Assert.Equal((410, "application/problem+json"), (gone.Status, gone["Content-Type"]));
        Assert.Contains("Send the QUERY again.", gone.ContentText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conditions_and_ranges_hold_and_a_304_of_the_query_repeats_it()
    {
        await using var app = await EquivalentApp.StartAsync(map: app => app.MapQueryText("/same", () => "same"));
        var query = await app.QueryAsync(target: "/same");
        var again = await app.QueryAsync(target: "/same", fields: $"If-None-Match: {query["ETag"]}");
        Assert.Equal((304, query["Content-Location"]), (again.Status, again["Content-Location"]));

        var result = await app.GetAsync(query["Content-Location"]!);
        Assert.Equal(304, (await app.GetAsync(query["Content-Location"]!, $"If-None-Match: {result["ETag"]}")).Status);
        var part = await app.GetAsync(query["Content-Location"]!, "Range: bytes=-2", $"If-Range: {result["ETag"]}");
        Assert.Equal((206, "me", "bytes 2-3/4"), (part.Status, part.ContentText, part["Content-Range"]));
        Assert.Equal(416, (await app.GetAsync(query["Content-Location"]!, "Range: bytes=9-")).Status);
    }

    [Fact]
    public async Task A_range_of_a_query_names_the_whole_result()
    {
        await using var app = await EquivalentApp.StartAsync(map: app => app.MapQueryText("/same", () => "same"));
        var part = await app.QueryAsync(target: "/same", fields: "Range: bytes=0-1");
        Assert.Equal((206, "sa"), (part.Status, part.ContentText));
        Assert.Equal("same", (await app.GetAsync(part["Content-Location"]!)).ContentText);
    }

    [Theory]
    [InlineData("Ann", "Bob", null, 404)]
    [InlineData("Ann", null, null, 404)]
    [InlineData(null, "Bob", null, 404)]
    [InlineData("Ann", "Ann", null, 200)]
    [InlineData("Ann", "Bob", "public, max-age=60", 200)]
    [InlineData("Ann", null, "public, max-age=60", 200)]
    [InlineData("Ann", "Bob", "max-age=60", 404)]
    public async Task Another_user_gets_it_only_if_it_is_public(string? maker, string? reader, string? cacheControl, int status)
    {
        await using var app = await EquivalentApp.StartAsync(users: true, cacheControl: cacheControl);
        var query = await app.QueryAsync(fields: Authorization(maker));
        var get = await app.GetAsync(query["Content-Location"]!, Authorization(reader));
        Assert.Equal(status, get.Status);
        if (status is 200) Assert.Equal(query.ContentText, get.ContentText);
        else Assert.DoesNotContain(query.ContentText, get.Text, StringComparison.Ordinal);
        Assert.Equal(status is 404 ? "no-store" : cacheControl is null ? "private, max-age=1200, immutable" : "public, max-age=1200, immutable", get["Cache-Control"]);
    }

    [Fact]
    public async Task The_authorization_of_the_endpoint_runs_first()
    {
        await using var app = await EquivalentApp.StartAsync(
            users: true, cacheControl: "public", refine: endpoint => endpoint.RequireAuthorization());
        var result = (await app.QueryAsync(fields: "Authorization: Ann"))["Content-Location"]!;
        Assert.Equal(401, (await app.GetAsync(result)).Status);
        Assert.Equal(200, (await app.GetAsync(result, "Authorization: Bob")).Status);
    }

    [Fact]
    public async Task Without_authentication_a_cookie_or_a_credential_tells_users_apart()
    {
        await using var app = await EquivalentApp.StartAsync();
        foreach (var header in new[] { "Cookie: session=", "Authorization: " })
        {
            var result = (await app.QueryAsync(fields: header + "ann"))["Content-Location"]!;
            Assert.Equal(404, (await app.GetAsync(result, header + "bob")).Status);
            Assert.Equal(404, (await app.GetAsync(result)).Status);
            Assert.Equal(200, (await app.GetAsync(result, header + "ann")).Status);
        }
    }

    [Theory]
    [InlineData("no-store")]
    [InlineData("public, no-store")]
    [InlineData("s-maxage=60")]
    public async Task What_must_not_be_stored_is_not_stored(string cacheControl)
    {
        await using var app = await EquivalentApp.StartAsync(cacheControl: cacheControl);
        var query = await app.QueryAsync();
        Assert.Null(query["Content-Location"]);
        Assert.NotNull(query["Location"]);
    }

    [Fact]
    public async Task Errors_and_what_is_too_long_or_streamed_have_none()
    {
        await using var app = await EquivalentApp.StartAsync(o => o.MaximumBufferedResponseLength = 100, map: app =>
        {
            app.MapQueryText("/long", () => new string('x', 101));
            app.MapQueryText("/fits", () => new string('x', 100));
            app.MapQuery("/unprocessable", (RfcQuery query) => QueryResults.UnprocessableQuery("no")).WithStoredResult();
            app.MapQuery("/created", (RfcQuery query) => Results.StatusCode(202)).WithStoredResult();
        });
        foreach (var target in new[] { "/long", "/unprocessable", "/created" }) Assert.Null((await app.QueryAsync(target: target))["Content-Location"]);
        var fits = await app.QueryAsync(target: "/fits");
        Assert.Equal(100, (await app.GetAsync(fits["Content-Location"]!)).Content.Length);
    }

    [Fact]
    public async Task A_result_does_not_depend_on_the_Location_of_its_endpoint()
    {
        await using var app = await EquivalentApp.StartAsync(map: app =>
        {
            app.MapQuery("/results", (RfcQuery query) => "result").WithStoredResult();
            app.MapQuery("/queries", (RfcQuery query) => "query").WithEquivalentResource();
        });
        var (result, query) = (await app.QueryAsync(target: "/results"), await app.QueryAsync(target: "/queries"));
        Assert.Null(result["Location"]);
        Assert.Null(query["Content-Location"]);
        Assert.Equal("result", (await app.GetAsync(result["Content-Location"]!)).ContentText);
        Assert.Equal("query", (await app.GetAsync(query["Location"]!)).ContentText);
    }

    private static string[] Authorization(string? user) => user is null ? [] : [$"Authorization: {user}"];
}
