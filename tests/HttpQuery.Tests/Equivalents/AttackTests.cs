using HttpQuery.Tests.Shared;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Equivalents;

/// <summary>Attacks on equivalent resources and stored results: through caches, through the pipeline, and through changes of an
/// application.</summary>
public sealed partial class AttackTests
{
    private static readonly string Long = $$"""{"match":"{{new string('x', 2000)}}"}""";

    // Caches.

    [Fact]
    public async Task A_query_whose_content_is_a_token_does_not_answer_for_a_stored_result_in_output_caching()
    {
        await using var app = await AttackApp.StartAsync(
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
        await using var app = await AttackApp.StartAsync(
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
        await using var app = await AttackApp.StartAsync(
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
        await using var app = await AttackApp.StartAsync(
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
        await using var app = await AttackApp.StartAsync(
            app =>
            {
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                app.UseHttpQueryCache();
                app.MapSearch("/notes", "s-maxage=60").WithStoredResult();
            },
            services: s => s.AddHttpQueryCache(), users: true);
        Assert.NotNull((await app.TextAsync("/notes", "cats", "Authorization: Ann"))["Content-Location"]);
        var bob = await app.TextAsync("/notes", "cats", "Authorization: Bob");
        if (bob["Content-Location"] is { } location)
            Assert.Equal(200, (await app.GetAsync(location, "Authorization: Bob")).Status);
    }

    [Fact]
    public async Task Output_caching_keeps_no_Location_that_the_store_did_not_take()
    {
        var store = new AttackStore { OnSet = (_, _, _) => throw new IOException("down") };
        await using var app = await AttackApp.StartAsync(
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
    public async Task A_GET_that_output_caching_stores_answers_a_QUERY_like_one()
    {
        await using var app = await AttackApp.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapSearch("/notes").WithEquivalentResource().CacheOutput(p => p.VaryByQueryContent());
            },
            services: s => s.AddOutputCache());
        var query = await app.TextAsync("/notes", "cats", "Cache-Control: no-store");
        Assert.NotNull(query["Accept-Query"]);
        var head = await app.SendAsync("HEAD " + query["Location"]);
        Assert.Equal((200, ""), (head.Status, head.ContentText));
        var hit = await app.TextAsync("/notes", "cats");
        Assert.Equal((200, "found: cats"), (hit.Status, hit.ContentText));
        Assert.NotNull(hit["Age"]);
        Assert.NotNull(hit["Accept-Query"]);
    }

    [Fact]
    public async Task A_HEAD_that_the_cache_stores_answers_a_QUERY_whole()
    {
        await using var app = await AttackApp.StartAsync(
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
        await using var app = await AttackApp.StartAsync(
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
        await using var app = await AttackApp.StartAsync(
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
        await using var app = await AttackApp.StartAsync(
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

    // Changes of an application.

    [Fact]
    public async Task A_token_is_unknown_to_an_endpoint_that_has_no_equivalent_resource_any_more()
    {
        await using var before = await AttackApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        await using var after = await AttackApp.StartAsync(app => app.MapSearch("/notes"));
        var location = (await before.TextAsync("/notes", "cats"))["Location"]!;
        var get = await after.GetAsync(location);
        Assert.Equal(404, get.Status);
    }

    [Fact]
    public async Task A_token_is_unknown_to_an_endpoint_that_only_stores_results()
    {
        await using var before = await AttackApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        await using var after = await AttackApp.StartAsync(app => app.MapSearch("/notes").WithStoredResult());
        var location = (await before.TextAsync("/notes", "cats"))["Location"]!;
        Assert.Equal(404, (await after.GetAsync(location)).Status);
        Assert.Equal(404, (await after.SendAsync("GET " + location, host: "other")).Status);
    }

    [Fact]
    public async Task A_result_is_unknown_to_an_endpoint_that_stores_none_any_more()
    {
        var store = new AttackStore();
        await using var before = await AttackApp.StartAsync(app => app.MapSearch("/notes").WithStoredResult(), store: store);
        await using var after = await AttackApp.StartAsync(app => app.MapSearch("/notes"), store: store);
        var location = (await before.TextAsync("/notes", "cats"))["Content-Location"]!;
        var get = await after.GetAsync(location);
        Assert.Equal(404, get.Status);
        Assert.DoesNotContain("found", get.ContentText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_one_host_is_unknown_at_a_host_whose_endpoint_has_no_equivalent_resource()
    {
        await using var app = await AttackApp.StartAsync(app =>
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
        await using var before = await AttackApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        await using var after = await AttackApp.StartAsync(app =>
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
        await using var before = await AttackApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        await using var after = await AttackApp.StartAsync(app =>
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
        await using var app = await AttackApp.StartAsync(app =>
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
        await using var app = await AttackApp.StartAsync(app =>
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
        await using var one = await AttackApp.StartAsync(map);
        await using var two = await AttackApp.StartAsync(map);
        var location = (await one.QueryAsync("/notes"))["Location"]!;
        Assert.Equal(200, (await one.GetAsync(location)).Status);
        Assert.Equal(200, (await two.GetAsync(location)).Status);
    }

    [Fact]
    public async Task A_URI_holds_when_the_application_gets_a_second_endpoint()
    {
        await using var before = await AttackApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        await using var after = await AttackApp.StartAsync(app =>
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
        await using var before = await AttackApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        await using var after = await AttackApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource(), o => o.MaximumStatelessLocationLength = 0);
        var location = (await before.TextAsync("/notes", "cats"))["Location"]!;
        Assert.Equal(200, (await after.GetAsync(location)).Status);
    }

    // The pipeline.

    [Theory]
    [InlineData("/_query/A", false)]
    [InlineData("/_query/17", false)]
    [InlineData("/_query/17", true)]
    public async Task Text_that_is_no_base64url_is_an_unknown_URI(string target, bool isUsed)
    {
        await using var app = await AttackApp.StartAsync(app =>
        {
            var endpoint = app.MapSearch("/notes");
            if (isUsed) endpoint.WithEquivalentResource();
        });
        Assert.Equal(404, (await app.GetAsync(target)).Status);
    }

    [Theory]
    [InlineData("POST", "/reports/_query/1742")]
    [InlineData("GET", "/reports/_query/1742")]
    [InlineData("GET", "/assets/_query/app.js")]
    public async Task Paths_of_the_application_that_contain_the_prefix_elsewhere_stay_its_own(string method, string target)
    {
        await using var app = await AttackApp.StartAsync(app =>
        {
            app.MapSearch("/notes").WithEquivalentResource();
            app.MapMethods("/reports/_query/{id}", ["GET", "POST"], (string id) => "report " + id);
            app.MapGet("/assets/_query/app.js", () => "script");
        });
        Assert.Equal(200, (await app.SendAsync($"{method} {target}")).Status);
    }

    [Theory]
    [InlineData("/api/notes")]
    [InlineData("/a/notes")]
    public async Task A_path_base_that_is_set_before_holds(string target)
    {
        // A proxy removes the prefix /a from the path, and a startup filter knows it.
        await using var app = await AttackApp.StartAsync(
            app =>
            {
                app.MapSearch("/api/notes").WithEquivalentResource();
                app.MapSearch("/a/notes").WithEquivalentResource();
            },
            services: s => s.Insert(0, ServiceDescriptor.Singleton<IStartupFilter>(new PathBaseFilter("/a"))));
        var query = await app.TextAsync(target, "cats");
        Assert.Equal((200, "found: cats"), (query.Status, query.ContentText));
        Assert.StartsWith("/a/_query/", query["Location"], StringComparison.Ordinal);
        var get = await app.GetAsync(query["Location"]![2..]);
        Assert.Equal((200, "found: cats"), (get.Status, get.ContentText));
    }

    [Fact]
    public async Task Forwarded_host_protocol_and_prefix_hold()
    {
        await using var app = await AttackApp.StartAsync(
            app =>
            {
                app.UseForwardedHeaders();
                app.UseHttpsRedirection();
                app.MapSearch("/notes").WithEquivalentResource().WithStoredResult();
            },
            services: s => s.Configure<ForwardedHeadersOptions>(o =>
            {
                o.ForwardedHeaders = ForwardedHeaders.All;
                o.KnownProxies.Clear();
                o.KnownIPNetworks.Clear();
            }).AddHttpsRedirection(o => o.HttpsPort = 443));
        string[] fields =
            ["X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: example.org", "X-Forwarded-Prefix: /app"];
        var query = await app.TextAsync("/notes", "cats", fields);
        Assert.StartsWith("/app/_query/", query["Location"], StringComparison.Ordinal);
        foreach (var uri in new[] { query["Location"]!, query["Content-Location"]! })
        {
            Assert.Equal("found: cats", (await app.GetAsync(uri["/app".Length..], fields)).ContentText);
            Assert.Equal("found: cats", (await app.GetAsync(uri, fields)).ContentText);

            fields[1] = "X-Forwarded-Proto: http";
            var plain = await app.GetAsync(uri["/app".Length..], fields);
            Assert.Equal((307, "https://example.org" + uri), (plain.Status, plain["Location"]));
            fields[1] = "X-Forwarded-Proto: https";
        }
    }

    [Fact]
    public async Task Branches_and_path_bases_hold()
    {
        await using var app = await AttackApp.StartAsync(app =>
        {
            app.UsePathBase("/base");
            app.Map("/branch", branch =>
            {
                branch.UseRouting();
                branch.UseEndpoints(endpoints => endpoints.MapSearch("/notes").WithEquivalentResource().WithStoredResult());
            });
            app.UseRouting();
            app.MapSearch("/notes").WithEquivalentResource().WithStoredResult();
        });
        foreach (var target in new[] { "/notes", "/base/notes", "/branch/notes", "/base/branch/notes" })
        {
            var query = await app.TextAsync(target, "cats");
            Assert.StartsWith(target[..^6] + "/_query/", query["Location"], StringComparison.Ordinal);
            Assert.Equal("found: cats", (await app.GetAsync(query["Location"]!)).ContentText);
            Assert.Equal("found: cats", (await app.GetAsync(query["Content-Location"]!)).ContentText);
        }
    }

    [Theory]
    [InlineData("Content-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")]
    [InlineData("Signature-Input: sig=(\"@method\" \"@target-uri\");created=1")]
    [InlineData("Repr-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")]
    [InlineData("Content-Type: application/sql")]
    [InlineData("Content-Encoding: gzip")]
    [InlineData("Expect: 100-continue")]
    [InlineData("X-HTTP-Method-Override: DELETE")]
    [InlineData("Upgrade: websocket")]
    [InlineData("Content-Length: 0")]
    public async Task Headers_of_a_GET_that_concern_its_own_content_do_not_matter(string field)
    {
        await using var app = await AttackApp.StartAsync(app =>
        {
            app.UseHttpMethodOverride();
            app.MapSearch("/notes").WithEquivalentResource().WithStoredResult();
        });
        var query = await app.TextAsync("/notes", "cats");
        var result = await app.GetAsync(query["Content-Location"]!, field);
        Assert.Equal((200, "found: cats"), (result.Status, result.ContentText));
        var get = await app.GetAsync(query["Location"]!, field);
        Assert.Equal((200, "found: cats"), (get.Status, get.ContentText));
    }

    [Fact]
    public async Task A_GET_with_content_reads_none_of_it_and_the_connection_goes_on()
    {
        await using var app = await AttackApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        var location = (await app.TextAsync("/notes", "cats"))["Location"]!;
        var response = await RawHttp.SendAsync(app.Port,
            $"GET {location} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndogs\r\n0\r\n\r\n"
            + $"GET {location} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbird"
            + $"GET {location} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.Equal(3, response.Text.Split("found: cats").Length - 1);
        Assert.Equal(3, response.Text.Split("HTTP/1.1 200").Length - 1);
    }

    [Fact]
    public async Task Unknown_URIs_can_be_read_by_pages_of_other_origins()
    {
        await using var app = await AttackApp.StartAsync(
            app =>
            {
                app.UseCors();
                app.MapSearch("/notes").WithEquivalentResource().WithStoredResult();
            },
            services: s => s.AddCors(o => o.AddDefaultPolicy(p => p.AllowAnyOrigin().AllowAnyHeader().AllowAnyMethod())));
        var result = (await app.TextAsync("/notes", "cats"))["Content-Location"]!;
        Assert.Equal("*", (await app.GetAsync(result, "Origin: https://page.example"))["Access-Control-Allow-Origin"]);
        app.Time.Advance(TimeSpan.FromHours(1));
        var gone = await app.GetAsync(result, "Origin: https://page.example");
        Assert.Equal((410, "*"), (gone.Status, gone["Access-Control-Allow-Origin"]));
    }

    [Fact]
    public async Task An_error_page_for_GET_answers_a_GET()
    {
        await using var app = await AttackApp.StartAsync(app =>
        {
            app.UseStatusCodePagesWithReExecute("/error/{0}");
            app.MapQuery("/notes", (RfcQuery query, HttpContext context) =>
                context.Request.Headers["X-Fail"].Count > 0 ? Results.StatusCode(404) : Results.Text("well")).WithEquivalentResource();
            app.MapGet("/error/{code}", (string code) => "page of " + code);
        });
        var location = (await app.QueryAsync("/notes"))["Location"]!;
        var get = await app.GetAsync(location, "X-Fail: 1");
        Assert.Equal((404, "page of 404"), (get.Status, get.ContentText));
    }

    [Fact]
    public async Task A_Location_is_short_enough_for_the_server()
    {
        await using var app = await AttackApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource(),
            o => (o.MaximumStatelessLocationLength, o.LocationPrefix) = (8192, "/api/_query"));
        for (var length = 5900; length < 6100; length += 12)
        {
            var location = (await app.TextAsync("/notes", new('x', length)))["Location"]!;
            var get = await app.GetAsync(location);
            Assert.True(get.Status == 200, $"{get.Status} for a URI of {location.Length} characters");
        }
    }

    [Theory]
    [InlineData("""{"match":"\u0001\b\f\n\r\t\"\\\/\u0022\u005c\u007f\u2028\ud83d\ude00\u00e9"}""")]
    [InlineData("""{ "match" : "a\u0000b" , "fromYear" : 1e3 }""")]
    [InlineData("""{"match":"x","match":"y"}""")]
    [InlineData("""{"Match":"x","match":"y"}""")]
    [InlineData("""{"match":"\ud800"}""")]
    [InlineData("""{"match":null}""")]
    [InlineData(""" {} """)]
    public async Task Content_means_the_same_to_a_GET(string content)
    {
        await using var app = await AttackApp.StartAsync(
            app => app.MapQuery("/notes", (RfcQuery query) => $"{query.Match} {query.FromYear}").WithEquivalentResource());
        var query = await app.QueryAsync("/notes", content);
        if (query.Status != 200) return;
        Assert.Equal(query.ContentText, (await app.GetAsync(query["Location"]!)).ContentText);
    }

    [Theory]
    [InlineData("""{"b":1,"a":{"d":[{"z":1,"y":2}],"c":"\u0041"}}""")]
    public async Task Content_whose_members_are_sorted_means_the_same_to_a_GET(string content)
    {
        await using var app = await AttackApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource()
                .CacheQuery(p => p.Normalize(CacheKeys.QueryNormalizations.JsonMemberOrder)),
            services: s => s.AddHttpQueryCache());
        var query = await app.QueryAsync("/notes", content);
        Assert.Equal(200, query.Status);
        var get = await app.GetAsync(query["Location"]!);
        Assert.Equal(200, get.Status);
        using var document = System.Text.Json.JsonDocument.Parse(get.ContentText["found: ".Length..]);
        Assert.Equal("A", document.RootElement.GetProperty("a").GetProperty("c").GetString());
    }

    [Fact]
    public async Task Spellings_of_one_query_have_one_URI_whatever_their_length()
    {
        await using var app = await EquivalentApp.StartAsync();
        var location = await app.LocateAsync("""{"match":"cache"}""");
        Assert.Equal(location, await app.LocateAsync($$"""{"match":{{new string(' ', 300)}}"cache"}"""));
    }

    [Fact]
    public async Task Repeated_headers_and_empty_ones_are_repeated()
    {
        await using var app = await AttackApp.StartAsync(app => app.MapMethods("/notes", [HttpMethods.Query], context =>
            context.Response.WriteAsync(string.Join('|', context.Request.Headers.ContentLanguage.ToArray()))).WithEquivalentResource());
        var query = await app.TextAsync("/notes", "x", "Content-Language: de", "Content-Language: ", "Content-Language: en, fr");
        Assert.Equal(query.ContentText, (await app.GetAsync(query["Location"]!)).ContentText);
    }

    [Fact]
    public async Task Tokens_that_are_not_exactly_as_made_are_unknown()
    {
        await using var app = await AttackApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource().WithStoredResult());
        var query = await app.TextAsync("/notes", "cats");
        var stored = await app.TextAsync("/notes", Long);
        foreach (var uri in new[] { query["Location"]!, stored["Location"]!, query["Content-Location"]! })
        {
            Assert.Equal(200, (await app.GetAsync(uri)).Status);
            var token = uri["/_query/".Length..];
            var kinds = new[] { 'A', 'B' }.SelectMany(second => new[] { 'Q', 'g', 'w' }.Select(third => $"A{third}{second}")).ToArray();
            List<string> forged =
            [
                token[..^1], token[..^4], token + "A", token + "AAAA", token + "=", token + "==", token.ToUpperInvariant(),
                token.ToLowerInvariant(), "A" + token, token[1..], token + "%00", token + ".", token + "%2F", token + ";a", token + "%20",
                new string('A', 7000), "", "AQ", "Ag", "Aw", "AQAA", "_", "-",
                .. Enumerable.Range(0, token.Length).Select(i => token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..]),
                .. new[] { "AQ", "Ag", "Aw", "BA" }.Select(start => start + token[2..]).Where(other => other != token),
            ];
            foreach (var other in forged)
            {
                var response = await app.GetAsync("/_query/" + other);
                Assert.True(response.Status is 404 or 400, $"{response.Status} for {other}");
            }
            foreach (var path in new[] { "//_query/", "/_query//", "/x/_query/", "/_QUERY/", "/_query/./x/../", "/%5Fquery/" })
            {
                var response = await app.GetAsync(path + token);
                Assert.True(response.Status is 404 || path is "/%5Fquery/" or "/_query/./x/../", $"{response.Status} for {path}");
            }
        }
    }

    private static async Task<(int, string?)> Status(Task<RawResponse> response) => ((await response).Status, (await response)["Location"]);

    private sealed class PathBaseFilter(string pathBase) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, following) =>
            {
                context.Request.PathBase = pathBase;
                return following(context);
            });
            next(app);
        };
    }
}
