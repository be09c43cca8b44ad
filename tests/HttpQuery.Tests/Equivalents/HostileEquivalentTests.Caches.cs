using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Equivalents;

// Caches of the application.
public sealed partial class HostileEquivalentTests
{
    [Fact]
    public async Task A_query_whose_content_is_a_token_does_not_answer_for_a_stored_result_in_output_caching()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapSearch("/notes").WithStoredResult().CacheOutput(p => p.VaryByQueryContent());
            },
            services: s => s.AddOutputCache());
        var result = (await app.TextAsync("/notes", "cats"))["Content-Location"]!;
        var attack = await app.TextAsync("/notes", result.Split('/')[^1]);
        Assert.Equal(200, attack.Status);
        Assert.Equal("found: cats", (await app.GetAsync(result)).ContentText);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_query_whose_content_is_a_token_does_not_answer_for_a_stored_result_in_the_cache(bool isBuffered)
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRouting();
                if (isBuffered) app.Use((context, next) =>
                {
                    context.Request.EnableBuffering();
                    return next(context);
                });
                app.UseHttpQueryCache();
                app.MapSearch("/notes", "public, max-age=60").WithStoredResult();
            },
            services: s => s.AddHttpQueryCache());
        var result = (await app.TextAsync("/notes", "cats"))["Content-Location"]!;
        var attack = await app.TextAsync("/notes", result.Split('/')[^1]);
        Assert.Equal(200, attack.Status);
        Assert.Equal("found: cats", (await app.GetAsync(result)).ContentText);
    }

    [Fact]
    public async Task A_cached_response_names_no_Location_that_has_expired()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRouting();
                app.UseHttpQueryCache();
                app.MapSearch("/notes", "max-age=86400").WithEquivalentResource();
            },
            o => o.MaximumStatelessLocationLength = 0, s => s.AddHttpQueryCache());
        Assert.NotNull((await app.TextAsync("/notes", "cats"))["Location"]);
        app.Time.Advance(TimeSpan.FromMinutes(90));
        var hit = await app.TextAsync("/notes", "cats");
        Assert.Contains("hit", hit["Cache-Status"], StringComparison.Ordinal);
        if (hit["Location"] is { } location) Assert.Equal(200, (await app.GetAsync(location)).Status);
    }

    [Fact]
    public async Task A_cached_response_names_no_result_that_has_expired()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRouting();
                app.UseHttpQueryCache();
                app.MapSearch("/notes", "public, max-age=86400").WithStoredResult();
            },
            services: s => s.AddHttpQueryCache());
        Assert.NotNull((await app.TextAsync("/notes", "cats"))["Content-Location"]);
        app.Time.Advance(TimeSpan.FromMinutes(30));
        var hit = await app.TextAsync("/notes", "cats");
        Assert.Contains("hit", hit["Cache-Status"], StringComparison.Ordinal);
        if (hit["Content-Location"] is { } location) Assert.Equal(200, (await app.GetAsync(location)).Status);
    }

    [Fact]
    public async Task A_response_that_users_share_names_a_result_that_they_share()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                app.UseHttpQueryCache();
                app.MapSearch("/notes", "s-maxage=60").WithStoredResult();
            },
            services: s => s.AddHttpQueryCache(), users: true);
        await app.TextAsync("/notes", "cats", "Authorization: Ann");
        var bob = await app.TextAsync("/notes", "cats", "Authorization: Bob");
        if (bob["Content-Location"] is { } location)
            Assert.Equal(200, (await app.GetAsync(location, "Authorization: Bob")).Status);
    }

    [Fact]
    public async Task Output_caching_keeps_no_Location_that_the_store_did_not_take()
    {
        var store = new FaultyDistributedCache { OnSet = (_, _, _) => throw new IOException("down") };
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapSearch("/notes").WithEquivalentResource().WithStoredResult().CacheOutput(p => p.VaryByQueryContent());
            },
            o => o.MaximumStatelessLocationLength = 0, s => s.AddOutputCache(), store);
        var first = await app.TextAsync("/notes", "cats");
        Assert.Equal((200, null, null), (first.Status, first["Location"], first["Content-Location"]));
        var second = await app.TextAsync("/notes", "cats");
        Assert.NotNull(second["Age"]);
        Assert.Equal((200, null, null), (second.Status, second["Location"], second["Content-Location"]));
    }

    [Fact]
    public async Task Output_caching_serves_GET_and_HEAD_from_the_entry_of_their_QUERY_and_makes_none_of_them()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapSearch("/notes").WithEquivalentResource().CacheOutput(p => p.VaryByQueryContent());
            },
            services: s => s.AddOutputCache());
        var location = (await app.TextAsync("/notes", "cats", "Cache-Control: no-store"))["Location"]!;
        foreach (var method in new[] { "HEAD", "GET" }) Assert.Null((await app.SendAsync($"{method} {location}"))["Age"]);
        var query = await app.TextAsync("/notes", "cats");
        Assert.Equal((200, "found: cats", null), (query.Status, query.ContentText, query["Age"]));
        var get = await app.GetAsync(location);
        Assert.Equal((200, "found: cats"), (get.Status, get.ContentText));
        Assert.NotNull(get["Age"]);
        var head = await app.SendAsync("HEAD " + location);
        Assert.Equal((200, ""), (head.Status, head.ContentText));
        var hit = await app.TextAsync("/notes", "cats");
        Assert.Equal("found: cats", hit.ContentText);
        Assert.NotNull(hit["Age"]);
        Assert.NotNull(hit["Accept-Query"]);
    }

    [Fact]
    public async Task A_HEAD_that_the_cache_stores_answers_a_QUERY_whole()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRouting();
                app.UseHttpQueryCache();
                app.MapSearch("/notes", "max-age=60").WithEquivalentResource();
            },
            services: s => s.AddHttpQueryCache());
        var query = await app.TextAsync("/notes", "cats", "Cache-Control: no-store");
        var head = await app.SendAsync("HEAD " + query["Location"]);
        Assert.Equal((200, ""), (head.Status, head.ContentText));
        var hit = await app.TextAsync("/notes", "cats");
        Assert.Equal((200, "found: cats"), (hit.Status, hit.ContentText));
        Assert.NotNull(hit["Accept-Query"]);
    }

    [Fact]
    public async Task A_GET_with_a_cookie_is_private_and_fills_no_shared_entry_of_output_caching()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapMethods("/notes", [HttpMethods.Query], context =>
                        context.Response.WriteAsync("for " + context.Request.Cookies["name"]))
                    .WithEquivalentResource().CacheOutput(p => p.VaryByQueryContent());
            },
            services: s => s.AddOutputCache());
        var location = (await app.TextAsync("/notes", "x", "Cookie: name=Ann"))["Location"]!;
        var ann = await app.GetAsync(location, "Cookie: name=Ann");
        Assert.Equal(("for Ann", "private"), (ann.ContentText, ann["Cache-Control"]));
        Assert.Equal("for Bob", (await app.GetAsync(location, "Cookie: name=Bob")).ContentText);
        Assert.Equal("for ", (await app.GetAsync(location)).ContentText);
    }

    [Fact]
    public async Task A_GET_for_another_host_gives_nothing_and_spoils_no_entry_of_that_host()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRouting();
                app.Use((context, next) =>
                {
                    context.Request.EnableBuffering();
                    return next(context);
                });
                app.UseHttpQueryCache();
                app.MapSearch("/notes", "max-age=60").WithEquivalentResource();
            },
            services: s => s.AddHttpQueryCache());
        var location = (await app.TextAsync("/notes", "cats"))["Location"]!;
        Assert.Equal(404, (await app.SendAsync("GET " + location, host: "other")).Status);
        var query = await app.SendAsync("QUERY /notes", "text/plain", "cats", host: "other");
        Assert.Equal((200, "found: cats"), (query.Status, query.ContentText));

        // And what that host has cached is not given to the URI of another.
        Assert.Equal(404, (await app.SendAsync("GET " + location, host: "other")).Status);
    }

    [Fact]
    public async Task A_GET_for_another_host_finds_no_entry_of_output_caching()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapSearch("/notes").WithEquivalentResource().CacheOutput(p => p.VaryByQueryContent());
            },
            services: s => s.AddOutputCache());
        var location = (await app.TextAsync("/notes", "cats"))["Location"]!;
        Assert.Equal(404, (await app.SendAsync("GET " + location, host: "other")).Status);
        Assert.Equal(200, (await app.SendAsync("QUERY /notes", "text/plain", "cats", host: "other")).Status);
        Assert.Equal(404, (await app.SendAsync("GET " + location, host: "other")).Status);
    }

    [Fact]
    public async Task A_redirect_of_the_query_that_the_cache_has_stored_is_unknown_to_a_GET()
    {
        var moved = false;
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRouting();
                app.UseHttpQueryCache();
                app.MapMethods("/notes", [HttpMethods.Query], context =>
                {
                    context.Response.Headers.CacheControl = moved ? "max-age=60" : "no-store";
                    if (moved) context.Response.Redirect("/v2/notes", permanent: true, preserveMethod: true);
                    return moved ? Task.CompletedTask : context.Response.WriteAsync("found");
                }).WithEquivalentResource();
            },
            services: s => s.AddHttpQueryCache());
        var location = (await app.TextAsync("/notes", "cats"))["Location"]!;
        moved = true;
        Assert.Equal(308, (await app.TextAsync("/notes", "cats")).Status);
        Assert.Contains("hit", (await app.TextAsync("/notes", "cats"))["Cache-Status"], StringComparison.Ordinal);
        var get = await app.GetAsync(location);
        Assert.Equal((404, null, "no-store"), (get.Status, get["Location"], get["Cache-Control"]));
    }

    [Fact]
    public async Task A_404_at_a_URI_is_stored_for_no_query_although_the_endpoint_allows_caches_of_networks_to_store()
    {
        var moved = false;
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRouting();
                app.UseHttpQueryCache();
                app.MapMethods("/notes", [HttpMethods.Query], context =>
                {
                    if (!moved) return context.Response.WriteAsync("found");
                    context.Response.Headers["CDN-Cache-Control"] = "max-age=60";
                    context.Response.Redirect("/v2/notes", permanent: true, preserveMethod: true);
                    return Task.CompletedTask;
                }).WithEquivalentResource();
            },
            services: s => s.AddHttpQueryCache());
        var location = (await app.TextAsync("/notes", "cats", "Cache-Control: no-store"))["Location"]!;
        moved = true;
        var get = await app.GetAsync(location);
        Assert.Equal((404, "no-store", null), (get.Status, get["Cache-Control"], get["CDN-Cache-Control"]));
        Assert.Equal(308, (await app.TextAsync("/notes", "cats")).Status);
    }

    [Fact]
    public async Task A_stored_result_lives_as_long_as_the_longest_lived_response_that_names_it()
    {
        var age = 7200;
        await using var app = await NotesApp.StartAsync(app => app.MapMethods("/notes", [HttpMethods.Query], context =>
        {
            context.Response.Headers.CacheControl = $"max-age={age}";
            return context.Response.WriteAsync("found");
        }).WithStoredResult());
        var longLived = (await app.TextAsync("/notes", "cats"))["Content-Location"]!;
        age = 0;
        var shortLived = (await app.TextAsync("/notes", "cats"))["Content-Location"]!;
        Assert.NotEqual(longLived, shortLived);
        app.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((200, 410), ((await app.GetAsync(longLived)).Status, (await app.GetAsync(shortLived)).Status));
    }
}
