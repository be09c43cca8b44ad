using HttpQuery.Tests.Exchanges;
using HttpQuery.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Equivalents;

/// <summary>A cache that knows only GET serves the responses of equivalent resources and stored results (§2.3, §2.4): nginx.</summary>
public sealed class NginxCacheTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_second_GET_of_a_Location_is_a_hit(bool isStored)
    {
        await using var app = await EquivalentApp.StartAsync(
            o => o.MaximumStatelessLocationLength = isStored ? 0 : 256, cacheControl: "max-age=60");
        await using var nginx = await NginxServer.StartAsync(app.Port);
        var query = await nginx.SendAsync("QUERY /rfcs", EquivalentApp.Query);
        Assert.Equal((200, "1 anonymous cache", null), (query.Status, query.ContentText, query["X-Cache"]));

        var first = await nginx.SendAsync($"GET {query["Location"]}");
        Assert.Equal((200, "MISS", "2 anonymous cache"), (first.Status, first["X-Cache"], first.ContentText));
        var second = await nginx.SendAsync($"GET {query["Location"]}");
        Assert.Equal((200, "HIT", "2 anonymous cache"), (second.Status, second["X-Cache"], second.ContentText));
        foreach (var name in (string[])["Location", "ETag", "Content-Type"]) Assert.Equal(first[name], second[name]);

        var head = await nginx.SendAsync($"HEAD {query["Location"]}");
        Assert.Equal((200, "HIT", "", "17"), (head.Status, head["X-Cache"], head.ContentText, head["Content-Length"]));
        var condition = await nginx.SendAsync($"GET {query["Location"]}", fields: $"If-None-Match: {first["ETag"]}");
        Assert.Equal((304, "HIT", ""), (condition.Status, condition["X-Cache"], condition.ContentText));
        var part = await nginx.SendAsync($"GET {query["Location"]}", fields: "Range: bytes=2-10");
        Assert.Equal((206, "HIT", "anonymous"), (part.Status, part["X-Cache"], part.ContentText));
        Assert.Equal(2, app.Runs);
    }

    [Fact]
    public async Task A_HEAD_of_a_Location_comes_first_and_the_GET_is_a_hit()
    {
        await using var app = await EquivalentApp.StartAsync(cacheControl: "max-age=60");
        await using var nginx = await NginxServer.StartAsync(app.Port);
        var location = await app.LocateAsync();

        var head = await nginx.SendAsync($"HEAD {location}");
        Assert.Equal((200, "MISS", "17"), (head.Status, head["X-Cache"], head["Content-Length"]));
        var get = await nginx.SendAsync($"GET {location}");
        Assert.Equal(("HIT", "2 anonymous cache"), (get["X-Cache"], get.ContentText));
    }

    [Fact]
    public async Task Other_queries_and_other_targets_have_entries_of_their_own()
    {
        await using var app = await EquivalentApp.StartAsync(cacheControl: "max-age=60");
        await using var nginx = await NginxServer.StartAsync(app.Port);
        string[] locations =
        [
            await app.LocateAsync(), await app.LocateAsync("""{"match":"tls"}"""), await app.LocateAsync(target: "/rfcs?page=2"),
        ];
        string[] expected = ["4 anonymous cache", "5 anonymous tls", "6 anonymous cache 2"];
        foreach (var state in (string[])["MISS", "HIT"])
        {
            for (var i = 0; i < locations.Length; i++)
            {
                var get = await nginx.SendAsync($"GET {locations[i]}");
                Assert.Equal((state, expected[i]), (get["X-Cache"], get.ContentText));
            }
        }
    }

    [Theory]
    [InlineData("Authorization", "max-age=60")]
    [InlineData("Authorization", null)]
    [InlineData("Cookie", "max-age=60")]
    [InlineData("Cookie", null)]
    public async Task Two_users_never_share_a_response(string header, string? cacheControl)
    {
        // The lifetime may be in an older header, or an operator may give one to all responses.
        await using var app = await StartWithUsersAsync(header, context =>
        {
            context.Response.Headers.CacheControl = cacheControl;
            if (cacheControl is null) context.Response.Headers.Expires = "Fri, 01 Jan 2100 00:00:00 GMT";
        });
        await using var nginx = await NginxServer.StartAsync(app.Port, "proxy_cache_valid 200 1m;");
        var location = await app.LocateAsync(target: "/mine", fields: $"{header}: Ann");
        for (var round = 0; round < 2; round++)
        {
            foreach (var name in (string[])["Ann", "Bob"])
            {
                var get = await nginx.SendAsync($"GET {location}", fields: $"{header}: {name}");
                Assert.Equal((200, "MISS", $"for {name}"), (get.Status, get["X-Cache"], get.ContentText));
                Assert.Equal(cacheControl is null ? "private" : "max-age=60, private", get["Cache-Control"]);
            }
        }
        var anonymous = await nginx.SendAsync($"GET {location}");
        Assert.Equal(("MISS", "for all"), (anonymous["X-Cache"], anonymous.ContentText));
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("Cookie")]
    public async Task With_Vary_a_user_does_not_get_the_response_of_an_anonymous_request(string header)
    {
        await using var app = await StartWithUsersAsync(header, context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.Headers.Vary = header;
        });
        await using var nginx = await NginxServer.StartAsync(app.Port);
        var location = await app.LocateAsync(target: "/mine");

        Assert.Equal(("MISS", "for all"), await GetAsync(nginx, location));
        Assert.Equal(("HIT", "for all"), await GetAsync(nginx, location));
        Assert.Equal(("MISS", "for Ann"), await GetAsync(nginx, location, $"{header}: Ann"));
        Assert.Equal(("MISS", "for Ann"), await GetAsync(nginx, location, $"{header}: Ann"));
        Assert.Equal(("MISS", "for Bob"), await GetAsync(nginx, location, $"{header}: Bob"));
        Assert.Equal(("HIT", "for all"), await GetAsync(nginx, location));
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("Cookie")]
    public async Task A_user_gets_neither_the_anonymous_response_nor_that_of_another_user(string header)
    {
        await using var app = await StartWithUsersAsync(header, context => context.Response.Headers.CacheControl = "max-age=60");
        await using var nginx = await NginxServer.StartAsync(app.Port);
        var location = await app.LocateAsync(target: "/mine");
        Assert.Equal(("MISS", "for Ann"), await GetAsync(nginx, location, $"{header}: Ann"));
        Assert.Equal(("MISS", "for Bob"), await GetAsync(nginx, location, $"{header}: Bob"));
        Assert.Equal(("MISS", "for all"), await GetAsync(nginx, location));

        // The anonymous response varies by credentials, although the application does not say so.
        Assert.Equal(("HIT", "for all"), await GetAsync(nginx, location));
        Assert.Equal(("MISS", "for Ann"), await GetAsync(nginx, location, $"{header}: Ann"));
    }

    [Theory]
    [InlineData("public, max-age=60")]
    [InlineData("s-maxage=60")]
    public async Task A_response_for_all_is_a_hit_for_each_user(string cacheControl)
    {
        await using var app = await EquivalentApp.StartAsync(users: true, cacheControl: cacheControl);
        await using var nginx = await NginxServer.StartAsync(app.Port);
        var location = await app.LocateAsync(fields: "Authorization: Ann");
        var ann = await nginx.SendAsync($"GET {location}", fields: "Authorization: Ann");
        Assert.Equal((200, "MISS", cacheControl), (ann.Status, ann["X-Cache"], ann["Cache-Control"]));
        var bob = await nginx.SendAsync($"GET {location}", fields: "Authorization: Bob");
        Assert.Equal((200, "HIT", ann.ContentText), (bob.Status, bob["X-Cache"], bob.ContentText));
    }

    [Fact]
    public async Task Each_media_type_is_a_variant_of_one_Location()
    {
        var runs = 0;
        await using var app = await EquivalentApp.StartAsync(map: app => app.MapQuery("/catalogue", (RfcQuery query, HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            return new Rfc[] { new(Interlocked.Increment(ref runs), "x") };
        }).WithResponseWriter<Rfc[]>("text/csv", Catalogue.WriteCsvAsync).WithEquivalentResource());
        await using var nginx = await NginxServer.StartAsync(app.Port);
        var location = await app.LocateAsync(target: "/catalogue", fields: "Accept: application/json");
        Assert.Equal(location, await app.LocateAsync(target: "/catalogue", fields: "Accept: text/csv"));

        var json = await GetVariantAsync("application/json", "MISS");
        Assert.StartsWith("application/json", json["Content-Type"], StringComparison.Ordinal);
        var csv = await GetVariantAsync("text/csv", "MISS");
        Assert.StartsWith("text/csv", csv["Content-Type"], StringComparison.Ordinal);
        Assert.NotEqual(json.ContentText, csv.ContentText);
        Assert.Equal(json.ContentText, (await GetVariantAsync("application/json", "HIT")).ContentText);
        Assert.Equal(csv.ContentText, (await GetVariantAsync("text/csv", "HIT")).ContentText);
        Assert.Equal(4, runs);

        async Task<RawResponse> GetVariantAsync(string mediaType, string state)
        {
            var get = await nginx.SendAsync($"GET {location}", fields: $"Accept: {mediaType}");
            Assert.Equal((200, state), (get.Status, get["X-Cache"]));
            return get;
        }
    }

    [Fact]
    public async Task A_public_result_is_a_hit_for_all()
    {
        await using var app = await EquivalentApp.StartAsync(users: true, cacheControl: "public, max-age=60");
        await using var nginx = await NginxServer.StartAsync(app.Port);
        var query = await nginx.SendAsync("QUERY /rfcs", EquivalentApp.Query);
        var result = query["Content-Location"];
        Assert.StartsWith("/_query/", result, StringComparison.Ordinal);

        var first = await nginx.SendAsync($"GET {result}");
        Assert.Equal((200, "MISS", query.ContentText), (first.Status, first["X-Cache"], first.ContentText));
        Assert.Matches("^public, max-age=[1-9][0-9]*, immutable$", first["Cache-Control"]);
        foreach (var fields in (string[][])[[], ["Authorization: Ann"], ["Cookie: a=b"]])
        {
            var hit = await nginx.SendAsync($"GET {result}", fields: fields);
            Assert.Equal((200, "HIT", query.ContentText), (hit.Status, hit["X-Cache"], hit.ContentText));
        }
        Assert.Equal(1, app.Runs);
    }

    [Fact]
    public async Task A_result_of_a_user_is_for_this_user_alone()
    {
        await using var app = await EquivalentApp.StartAsync(users: true, cacheControl: "max-age=60");
        await using var nginx = await NginxServer.StartAsync(app.Port, "proxy_cache_valid 200 1m;");
        var query = await nginx.SendAsync("QUERY /rfcs", EquivalentApp.Query, "Authorization: Ann");
        for (var round = 0; round < 2; round++)
        {
            var ann = await nginx.SendAsync($"GET {query["Content-Location"]}", fields: "Authorization: Ann");
            Assert.Equal((200, "MISS", "1 Ann cache"), (ann.Status, ann["X-Cache"], ann.ContentText));
            Assert.StartsWith("private, max-age=", ann["Cache-Control"], StringComparison.Ordinal);
            foreach (var fields in (string[][])[["Authorization: Bob"], []])
            {
                var other = await nginx.SendAsync($"GET {query["Content-Location"]}", fields: fields);
                Assert.Equal((404, "no-store"), (other.Status, other["Cache-Control"]));
            }
        }
        Assert.Equal(1, app.Runs);
    }

    [Fact]
    public async Task A_stale_response_is_validated_by_its_tag()
    {
        var runs = 0;
        await using var app = await EquivalentApp.StartAsync(map: app => app.MapQueryText("/same", context =>
        {
            Interlocked.Increment(ref runs);
            context.Response.Headers.CacheControl = "max-age=1";
            return "same";
        }));
        await using var nginx = await NginxServer.StartAsync(app.Port, "proxy_cache_revalidate on;");
        var location = await app.LocateAsync(target: "/same");
        Assert.Equal("MISS", (await nginx.SendAsync($"GET {location}"))["X-Cache"]);
        var before = runs;

        // nginx has a clock of its own.
        RawResponse get;
        do
        {
            get = await nginx.SendAsync($"GET {location}");
            if (get["X-Cache"] is "HIT") await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        while (get["X-Cache"] is "HIT");
        Assert.Equal((200, "REVALIDATED", "same"), (get.Status, get["X-Cache"], get.ContentText));
        Assert.Equal(before + 1, runs);
    }

    [Fact]
    public async Task Hosts_have_URIs_of_their_own()
    {
        // The key of nginx has no host, unless its operator says so.
        await using var app = await EquivalentApp.StartAsync(
            map: app => app.MapQueryText("/host", context =>
            {
                context.Response.Headers.CacheControl = "public, max-age=60";
                return context.Request.Host.Value!;
            }));
        await using var nginx = await NginxServer.StartAsync(app.Port);
        var (one, other) = (await LocateAsync("one.test"), await LocateAsync("other.test"));
        Assert.NotEqual(one["Location"], other["Location"]);
        foreach (var uri in (string[])[one["Location"]!, one["Content-Location"]!])
        {
            Assert.Equal(404, (await GetAsync(uri, "other.test")).Status);
            Assert.Equal("one.test", (await GetAsync(uri, "one.test")).ContentText);
        }

        Task<RawResponse> LocateAsync(string host) =>
            RawHttp.SendAsync(nginx.Port, "QUERY /host", ["Content-Type: application/json"], EquivalentApp.Query, host);
        Task<RawResponse> GetAsync(string uri, string host) => RawHttp.SendAsync(nginx.Port, $"GET {uri}", [], host: host);
    }

    [Fact]
    public async Task URIs_hold_behind_a_prefix_that_nginx_removes()
    {
        await using var app = await EquivalentApp.StartAsync(
            cacheControl: "public, max-age=60",
            map: app => app.UseForwardedHeaders(new() { ForwardedHeaders = ForwardedHeaders.All }).UseRouting());
        await using var nginx = await NginxServer.StartAsync(
            app.Port, "rewrite ^/api(/.*)$ $1 break;", "proxy_set_header X-Forwarded-Prefix /api;",
            "proxy_set_header X-Forwarded-Proto https;", "proxy_set_header X-Forwarded-Host api.test;",
            "proxy_set_header X-Forwarded-For $remote_addr;");
        var query = await nginx.SendAsync("QUERY /api/rfcs", EquivalentApp.Query);
        foreach (var name in (string[])["Location", "Content-Location"])
        {
            Assert.StartsWith("/api/_query/", query[name], StringComparison.Ordinal);
            var first = await nginx.SendAsync($"GET {query[name]}");
            Assert.Equal((200, "MISS"), (first.Status, first["X-Cache"]));
            var second = await nginx.SendAsync($"GET {query[name]}");
            Assert.Equal((200, "HIT", first.ContentText), (second.Status, second["X-Cache"], second.ContentText));
        }
    }

    [Fact]
    public async Task A_503_is_not_kept()
    {
        var cache = new SharedDistributedCache();
        await using var app = await EquivalentApp.StartAsync(
            o => o.MaximumStatelessLocationLength = 0, services: services => services.AddSingleton<IDistributedCache>(cache));
        await using var nginx = await NginxServer.StartAsync(app.Port, "proxy_cache_valid any 1m;");
        var location = await app.LocateAsync();
        cache.Before = () => throw new IOException("The store is gone.");
        Assert.Equal(503, (await nginx.SendAsync($"GET {location}")).Status);
        cache.Before = () => Task.CompletedTask;
        Assert.Equal(200, (await nginx.SendAsync($"GET {location}")).Status);
    }

    [Fact]
    public async Task A_404_of_a_Location_is_not_kept()
    {
        Action<HttpQueryOptions> options = o => o.MaximumStatelessLocationLength = 0;
        await using var other = await EquivalentApp.StartAsync(options);
        await using var app = await EquivalentApp.StartAsync(options);
        await using var nginx = await NginxServer.StartAsync(app.Port, "proxy_cache_valid any 1m;");
        var location = await other.LocateAsync();
        Assert.Equal(404, (await nginx.SendAsync($"GET {location}")).Status);
        Assert.Equal(location, (await nginx.SendAsync("QUERY /rfcs", EquivalentApp.Query))["Location"]);
        Assert.Equal(200, (await nginx.SendAsync($"GET {location}")).Status);
    }

    private static async Task<(string? State, string Content)> GetAsync(NginxServer nginx, string location, params string[] fields)
    {
        var get = await nginx.SendAsync($"GET {location}", fields: fields);
        return (get["X-Cache"], get.ContentText);
    }

    // Answers for the name in a header, and tells how caches may use it.
    private static Task<EquivalentApp> StartWithUsersAsync(string header, Action<HttpContext> cache) =>
        EquivalentApp.StartAsync(users: header is "Authorization", map: app => app.MapQueryText("/mine", context =>
        {
            cache(context);
            return $"for {(context.Request.Headers[header] is [{ } name] ? name : "all")}";
        }));
}
