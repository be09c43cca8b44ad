using HttpQuery.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Tests.Equivalents;

/// <summary><c>Location</c>: a GET of the equivalent resource repeats the query (§2.2, §2.4).</summary>
public sealed class EquivalentResourceTests
{
    private static readonly string Long = $$"""{"match":"{{new string('x', 2000)}}"}""";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_GET_of_the_Location_repeats_the_query(bool isStored)
    {
        await using var app = await EquivalentApp.StartAsync(o => o.MaximumStatelessLocationLength = isStored ? 0 : 256);
        var query = await app.QueryAsync();
        Assert.Equal("1 anonymous cache", query.ContentText);
        var location = query["Location"]!;
        Assert.StartsWith("/_query/", location, StringComparison.Ordinal);

        var get = await app.GetAsync(location);
        Assert.Equal((200, "2 anonymous cache"), (get.Status, get.ContentText));
        Assert.Equal(location, get["Location"]);
        Assert.Equal("text/plain; charset=utf-8", get["Content-Type"]);
        Assert.Null(get["Accept-Query"]);

        var head = await app.SendAsync("HEAD " + location, null, null, []);
        Assert.Equal((200, "", "17"), (head.Status, head.ContentText, head["Content-Length"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_same_query_always_has_the_same_URI_and_another_one_another(bool isStored)
    {
        Action<HttpQueryOptions> options = o => o.MaximumStatelessLocationLength = isStored ? 0 : 256;
        await using var app = await EquivalentApp.StartAsync(options);
        var location = await app.LocateAsync();
        Assert.Equal(location, await app.LocateAsync());
        Assert.Equal(location, await app.LocateAsync("""{ "match" : "c\u0061che" }"""));
        Assert.Equal(location, await app.LocateAsync(fields: ["Accept: text/plain", "Cache-Control: no-cache", "Authorization: Ann"]));
        Assert.NotEqual(location, await app.LocateAsync("""{"match":"Cache"}"""));
        Assert.NotEqual(location, await app.LocateAsync(target: "/rfcs?page=2"));

        await using var other = await EquivalentApp.StartAsync(options);
        Assert.Equal(location, await other.LocateAsync());
    }

    [Fact]
    public async Task Short_queries_are_in_the_URI_and_long_ones_in_the_store()
    {
        await using var app = await EquivalentApp.StartAsync();
        var shortOne = await app.LocateAsync();
        var longOne = await app.LocateAsync(Long);
        Assert.InRange(shortOne.Length, 100, 256);
        Assert.InRange(longOne.Length, 40, 60);

        // Another machine has the same keys and another memory.
        await using var other = await EquivalentApp.StartAsync();
        Assert.Equal("1 anonymous cache", (await other.GetAsync(shortOne)).ContentText);
        Assert.Equal(404, (await other.GetAsync(longOne)).Status);
        Assert.Equal(200, (await app.GetAsync(longOne)).Status);
    }

    [Fact]
    public async Task The_URI_query_part_of_the_target_is_part_of_the_query()
    {
        await using var app = await EquivalentApp.StartAsync();
        var location = await app.LocateAsync(target: "/rfcs?page=7");
        Assert.Equal("2 anonymous cache 7", (await app.GetAsync(location)).ContentText);

        // And the one of the equivalent resource is not.
        Assert.Equal("3 anonymous cache 7", (await app.GetAsync(location + "?page=8")).ContentText);
    }

    [Fact]
    public async Task Conditions_and_ranges_hold_for_GET_and_a_304_repeats_Location()
    {
        var answer = "same";
        await using var app = await EquivalentApp.StartAsync(map: app => app.MapQueryText("/same", () => answer));
        var query = await app.QueryAsync(target: "/same");
        var (location, tag) = (query["Location"]!, query["ETag"]!);
        var again = await app.QueryAsync(target: "/same", fields: $"If-None-Match: {tag}");
        Assert.Equal((304, location), (again.Status, again["Location"]));

        var get = await app.GetAsync(location, $"If-None-Match: {tag}");
        Assert.Equal((304, location, tag), (get.Status, get["Location"], get["ETag"]));
        var part = await app.GetAsync(location, "Range: bytes=1-2");
        Assert.Equal((206, "am", "bytes 1-2/4"), (part.Status, part.ContentText, part["Content-Range"]));
        Assert.Equal(412, (await app.GetAsync(location, "If-Match: \"other\"")).Status);
        answer = "other";
        Assert.Equal("other", (await app.GetAsync(location, $"If-None-Match: {tag}")).ContentText);
    }

    [Fact]
    public async Task Errors_have_no_Location_and_one_of_the_handler_stays()
    {
        await using var app = await EquivalentApp.StartAsync(map: app =>
        {
            app.MapQueryText("/failing", () => throw new InvalidOperationException());
            app.MapQuery("/unprocessable", (RfcQuery query) => QueryResults.UnprocessableQuery("no")).WithEquivalentResource();
            app.MapQuery("/elsewhere", (RfcQuery query) => QueryResults.SeeOther("results/17")).WithEquivalentResource();
        });
        var bad = await app.QueryAsync("{");
        Assert.Equal((400, null), (bad.Status, bad["Location"]));
        var unprocessable = await app.QueryAsync(target: "/unprocessable");
        Assert.Equal((422, null), (unprocessable.Status, unprocessable["Location"]));
        var failing = await app.QueryAsync(target: "/failing");
        Assert.Equal((500, null), (failing.Status, failing["Location"]));
        var elsewhere = await app.QueryAsync(target: "/elsewhere");
        Assert.Equal((303, "results/17"), (elsewhere.Status, elsewhere["Location"]));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("QUERY")]
    [InlineData("DELETE")]
    public async Task Other_methods_are_405(string method)
    {
        await using var app = await EquivalentApp.StartAsync();
        var response = await app.SendAsync($"{method} {await app.LocateAsync()}", "application/json", "{}", []);
        Assert.Equal((405, "GET, HEAD, OPTIONS"), (response.Status, response["Allow"]));
        Assert.Equal("application/problem+json", response["Content-Type"]);
        Assert.Equal(1, app.Runs);
    }

    [Fact]
    public async Task OPTIONS_lists_the_methods()
    {
        await using var app = await EquivalentApp.StartAsync();
        var response = await app.SendAsync($"OPTIONS {await app.LocateAsync()}", null, null, []);
        Assert.Equal((204, "GET, HEAD, OPTIONS"), (response.Status, response["Allow"]));
    }

    [Theory]
    [InlineData("/st%C3%A4dte/%7Ecaf%C3%A9?x=%20y", "/städte/~café ?x=%20y")]
    [InlineData("/st%c3%a4dte/a%2Fb%25", "/städte/a%2Fb% ")]
    [InlineData("/st%C3%A4dte/a+b;c=d", "/städte/a+b;c=d ")]
    public async Task The_path_arrives_as_the_server_decodes_it(string target, string expected)
    {
        await using var app = await EquivalentApp.StartAsync(map: app => app.MapQueryText(
            "/{**path}", context => $"{context.Request.Path.Value} {context.Request.QueryString}"));
        var query = await app.QueryAsync(target: target);
        Assert.Equal(expected, query.ContentText);
        Assert.Equal(expected, (await app.GetAsync(query["Location"]!)).ContentText);
    }

    [Theory]
    [InlineData("application/json", EquivalentApp.Query, "localhost", "json", false)]
    [InlineData("application/x-www-form-urlencoded", "match=cache", "localhost", "form", false)]
    [InlineData("application/x-www-form-urlencoded", "match=cache", "localhost", "form", true)]
    [InlineData("application/json", EquivalentApp.Query, "other.test", "other", false)]
    public async Task Endpoints_that_differ_in_media_types_or_hosts_have_the_same_URIs_on_each_machine(
        string type, string content, string host, string expected, bool isStored)
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var first = await one.SendAsync("QUERY /both", type, content, [], host);
        var second = await other.SendAsync("QUERY /both", type, content, [], host);
        Assert.Equal((200, expected), (first.Status, first.ContentText));
        Assert.Equal(first["Location"], second["Location"]);
        Assert.Equal(first["Content-Location"], second["Content-Location"]);

        var get = await other.SendAsync($"GET {first["Location"]}", null, null, [], host);
        Assert.Equal((200, expected), (get.Status, get.ContentText));
        var result = await other.SendAsync($"GET {first["Content-Location"]}", null, null, [], host);
        Assert.Equal((200, expected), (result.Status, result.ContentText));

        Task<EquivalentApp> StartAsync() => EquivalentApp.StartAsync(o => o.MaximumStatelessLocationLength = isStored ? 0 : 256, app =>
        {
            app.MapQueryText("/both", () => "json").RequireHost("localhost");
            app.MapQuery("/both", ([FromForm] string match) => "form").WithEquivalentResource().WithStoredResult().RequireHost("localhost");
            app.MapQueryText("/both", () => "other").RequireHost("other.test");
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_303_of_the_handler_can_name_the_equivalent_resource_but_a_GET_there_does_not_lead_to_itself(bool isStored)
    {
        await using var app = await EquivalentApp.StartAsync(
            o => o.MaximumStatelessLocationLength = isStored ? 0 : 256,
            app => app.MapQuery("/indirect", IResult (RfcQuery query, HttpContext context) =>
                context.Request.Headers["X-Indirect"].Count > 0
                    ? QueryResults.SeeOther(context.Response.Headers.Location!)
                    : Results.Text("direct")).WithEquivalentResource());
        var indirect = await app.QueryAsync(target: "/indirect", fields: "X-Indirect: 1");
        var location = indirect["Location"];
        Assert.Equal((303, ""), (indirect.Status, indirect.ContentText));
        Assert.StartsWith("/_query/", location, StringComparison.Ordinal);

        var get = await app.GetAsync(location!);
        Assert.Equal((200, "direct", location), (get.Status, get.ContentText, get["Location"]));
        Assert.Equal(location, await app.LocateAsync(target: "/indirect"));
        var itself = await app.GetAsync(location!, "X-Indirect: 1");
        Assert.Equal((303, null), (itself.Status, itself["Location"]));
    }

    [Fact]
    public async Task Below_a_path_base_an_unknown_token_is_404_and_other_paths_are_the_applications()
    {
        await using var app = await EquivalentApp.StartAsync(map: app =>
        {
            app.UsePathBase("/base");
            app.MapFallback(() => "index");
        });
        var location = await app.LocateAsync(target: "/rfcs");
        Assert.Equal((404, "no-store"), (await app.GetAsync("/base" + location[..^1] + (location[^1] is 'A' ? 'Q' : 'A'))) is var unknown
            ? (unknown.Status, unknown["Cache-Control"]) : default);
        Assert.Equal("index", (await app.GetAsync("/base/_query/17")).ContentText);
        Assert.Equal(404, (await app.GetAsync("/_query/17")).Status);
    }
}
