using HttpQuery.Tests.Shared;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Equivalents;

/// <summary>Users at equivalent resources: each gets what a QUERY of theirs gets, and caches that know only GET keep it to themselves.</summary>
public sealed class EquivalentUserTests
{
    [Fact]
    public async Task Each_user_gets_an_answer_of_their_own()
    {
        await using var app = await EquivalentApp.StartAsync(users: true);
        var location = await app.LocateAsync(fields: "Authorization: Ann");
        Assert.Equal("2 Ann cache", (await app.GetAsync(location, "Authorization: Ann")).ContentText);
        Assert.Equal("3 Bob cache", (await app.GetAsync(location, "Authorization: Bob")).ContentText);
        Assert.Equal("4 anonymous cache", (await app.GetAsync(location)).ContentText);
    }

    [Fact]
    public async Task The_authorization_of_the_endpoint_holds_for_GET()
    {
        await using var app = await EquivalentApp.StartAsync(
            users: true, refine: endpoint => endpoint.RequireAuthorization(policy => policy.RequireUserName("Ann")));
        var location = await app.LocateAsync(fields: "Authorization: Ann");
        Assert.Equal(200, (await app.GetAsync(location, "Authorization: Ann")).Status);
        Assert.Equal(403, (await app.GetAsync(location, "Authorization: Bob")).Status);
        Assert.Equal(401, (await app.GetAsync(location)).Status);
        Assert.Equal(2, app.Runs);
    }

    [Theory]
    [InlineData(null, "private")]
    [InlineData("max-age=60", "max-age=60, private")]
    [InlineData("max-age=60, private=\"Set-Cookie\"", "max-age=60, private=\"Set-Cookie\", private")]
    [InlineData("no-cache", "no-cache, private")]
    [InlineData("public, max-age=60", "public, max-age=60")]
    [InlineData("s-maxage=60", "s-maxage=60")]
    [InlineData("no-store", "no-store")]
    [InlineData("private", "private")]
    public async Task The_response_to_a_known_user_is_private(string? cacheControl, string expected)
    {
        await using var app = await EquivalentApp.StartAsync(users: true, cacheControl: cacheControl);
        var query = await app.QueryAsync(fields: "Authorization: Ann");
        Assert.Equal(cacheControl, query["Cache-Control"]);
        Assert.Equal(expected, (await app.GetAsync(query["Location"]!, "Authorization: Ann"))["Cache-Control"]);
        Assert.Equal(expected, (await app.SendAsync("HEAD " + query["Location"], null, null, ["Authorization: Ann"]))["Cache-Control"]);

        // Who is unknown gets what all get, and a cache does not give it to Ann.
        var anonymous = await app.GetAsync(query["Location"]!);
        Assert.Equal(cacheControl, anonymous["Cache-Control"]);
        Assert.Equal(cacheControl == expected ? null : "Authorization, Cookie", anonymous["Vary"]);
    }

    [Theory]
    [InlineData("Cookie: session=1")]
    [InlineData("Authorization: Basic eA==")]
    [InlineData("X-Api-Key: 1")]
    public async Task The_response_to_a_credential_is_private_without_a_user(string header)
    {
        await using var app = await EquivalentApp.StartAsync(
            cacheControl: "max-age=60",
            services: services => services.Configure<HttpQueryCacheOptions>(options => options.CredentialHeaders.Add("X-Api-Key")));
        Assert.Equal("max-age=60, private", (await app.GetAsync(await app.LocateAsync(), header))["Cache-Control"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_response_is_private_if_a_policy_tells_requests_apart(bool isPartition)
    {
        await using var app = await EquivalentApp.StartAsync(
            services: services => services.AddHttpQueryCache(),
            cacheControl: "max-age=60",
            refine: endpoint => endpoint.CacheQuery(policy => _ = isPartition
                ? policy.PartitionBy(context => context.Request.Headers["X-Tenant"])
                : policy.UserBy(context => context.Request.Headers["X-User"])));
        var location = await app.LocateAsync(fields: ["X-Tenant: a", "X-User: Ann"]);
        Assert.Equal("max-age=60, private", (await app.GetAsync(location, "X-Tenant: b", "X-User: Bob"))["Cache-Control"]);
    }

    [Fact]
    public async Task The_response_is_private_if_the_handler_asks_for_the_user()
    {
        await using var app = await EquivalentApp.StartAsync(users: true, map: app =>
            app.MapQuery("/asks", async (RfcQuery query, HttpContext context) => (await context.AuthenticateAsync("name")).Principal?.Identity?.Name ?? "none")
                .WithEquivalentResource());
        var location = await app.LocateAsync(target: "/asks");
        Assert.Equal("private", (await app.GetAsync(location))["Cache-Control"]);
    }

    [Fact]
    public async Task A_response_for_caches_of_networks_alone_varies_by_credentials()
    {
        await using var app = await EquivalentApp.StartAsync(cacheControl: "no-store", map: app => app.MapQueryText("/cdn", context =>
        {
            (context.Response.Headers.CacheControl, context.Response.Headers["CDN-Cache-Control"]) = ("no-store", "max-age=60");
            return "cdn";
        }));
        var get = await app.GetAsync(await app.LocateAsync(target: "/cdn"));
        Assert.Equal(("no-store", "max-age=60", "Authorization, Cookie"), (get["Cache-Control"], get["CDN-Cache-Control"], get["Vary"]));
    }

    [Fact]
    public async Task A_response_that_sets_a_cookie_is_private()
    {
        await using var app = await EquivalentApp.StartAsync(map: app => app.MapQueryText("/cart", context =>
        {
            context.Response.Cookies.Append("cart", "1");
            return "cart";
        }));
        Assert.Equal("private", (await app.GetAsync(await app.LocateAsync(target: "/cart")))["Cache-Control"]);
    }

    [Fact]
    public async Task CDN_Cache_Control_is_made_private_too()
    {
        await using var app = await EquivalentApp.StartAsync(users: true, map: app => app.MapQueryText("/cdn", context =>
        {
            context.Response.Headers["CDN-Cache-Control"] = "max-age=60";
            return "cdn";
        }));
        var get = await app.GetAsync(await app.LocateAsync(target: "/cdn"), "Authorization: Ann");
        Assert.Equal(("private", "max-age=60, private"), (get["Cache-Control"], get["CDN-Cache-Control"]));
    }

    [Fact]
    public async Task The_shared_cache_serves_GET_from_the_entry_of_the_query()
    {
        await using var app = await EquivalentApp.StartAsync(
            cacheControl: "max-age=60", map: app => app.UseHttpQueryCache(), services: services => services.AddHttpQueryCache());
        var query = await app.QueryAsync();
        var location = query["Location"]!;
        var get = await app.GetAsync(location);
        Assert.Equal((query.ContentText, location), (get.ContentText, get["Location"]));
        Assert.Contains("hit", get["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal(304, (await app.GetAsync(location, $"If-None-Match: {query["ETag"]}")).Status);
        var head = await app.SendAsync("HEAD " + location, null, null, []);
        Assert.Equal((200, "17"), (head.Status, head["Content-Length"]));
        Assert.Equal(1, app.Runs);

        // And the other way round: a GET is stored for the QUERY.
        var other = await app.QueryAsync("""{"match":"other"}""");
        Assert.Equal("2 anonymous other", other.ContentText);
        app.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("3 anonymous other", (await app.GetAsync(other["Location"]!)).ContentText);
        Assert.Equal("3 anonymous other", (await app.QueryAsync("""{"match":"other"}""")).ContentText);
    }

    [Fact]
    public async Task The_shared_cache_keeps_users_apart_at_the_URI()
    {
        await using var app = await EquivalentApp.StartAsync(
            users: true, cacheControl: "max-age=60", map: app => app.UseHttpQueryCache(), services: services => services.AddHttpQueryCache());
        var location = await app.LocateAsync(fields: "Authorization: Ann");
        Assert.Equal("2 Bob cache", (await app.GetAsync(location, "Authorization: Bob")).ContentText);
        var ann = await app.GetAsync(location, "Authorization: Ann");
        Assert.Equal(("1 Ann cache", "max-age=60, private"), (ann.ContentText, ann["Cache-Control"]));
    }

    [Fact]
    public async Task A_POST_to_the_target_invalidates_what_GET_gets()
    {
        await using var app = await EquivalentApp.StartAsync(
            cacheControl: "max-age=60",
            map: app =>
            {
                app.UseHttpQueryCache();
                app.MapPost("/rfcs", () => Results.NoContent());
            },
            services: services => services.AddHttpQueryCache());
        var location = await app.LocateAsync();
        Assert.Equal("1 anonymous cache", (await app.GetAsync(location)).ContentText);
        Assert.Equal(204, (await app.SendAsync("POST /rfcs", null, "", [])).Status);
        Assert.Equal("2 anonymous cache", (await app.GetAsync(location)).ContentText);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_URI_of_another_host_is_404(bool isCached)
    {
        await using var app = await EquivalentApp.StartAsync(
            cacheControl: "max-age=60",
            map: app =>
            {
                if (isCached) app.UseHttpQueryCache();
            },
            services: services => services.AddHttpQueryCache());
        var query = await app.QueryAsync();
        foreach (var uri in new[] { query["Location"]!, query["Content-Location"]! })
        {
            foreach (var (host, status) in new[] { ("other", 404), ("localhost", 200), ("LOCALHOST:80", 200), ("localhost:81", 404) })
            {
                // The other host may know the same query.
                if (isCached) await app.SendAsync("QUERY /rfcs", "application/json", EquivalentApp.Query, [], host);
                Assert.Equal(status, (await app.SendAsync("GET " + uri, null, null, [], host)).Status);
            }
        }
    }
}
