using HttpQuery.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Equivalents;

/// <summary>Equivalent resources and stored results under attack: tokens, users, caches, middleware, stores, and changes of an
/// application.</summary>
public sealed partial class HostileEquivalentTests
{
    private static readonly string Long = $$"""{"match":"{{new string('x', 2000)}}"}""";

    [Theory]
    [InlineData("/_query/A", false)]
    [InlineData("/_query/17", false)]
    [InlineData("/_query/17", true)]
    public async Task Text_that_is_no_base64url_is_an_unknown_URI(string target, bool isUsed)
    {
        await using var app = await NotesApp.StartAsync(app =>
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
        await using var app = await NotesApp.StartAsync(app =>
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
        await using var app = await NotesApp.StartAsync(
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
        await using var app = await NotesApp.StartAsync(
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
        await using var app = await NotesApp.StartAsync(app =>
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
        await using var app = await NotesApp.StartAsync(app =>
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
        await using var app = await NotesApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource());
        var location = (await app.TextAsync("/notes", "cats"))["Location"]!;
        var response = await RawHttp.SendAsync(app.Port,
            $"GET {location} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndogs\r\n0\r\n\r\n"
            + $"GET {location} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbird"
            + $"GET {location} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.Equal(3, response.Text.Split("found: cats").Length - 1);
        Assert.Equal(3, response.Text.Split("HTTP/1.1 200").Length - 1);
    }

    [Fact]
    public async Task A_Location_is_short_enough_for_the_server()
    {
        await using var app = await NotesApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource(),
            o => (o.MaximumStatelessLocationLength, o.LocationPrefix) = (8000, "/api/_query"));
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
        await using var app = await NotesApp.StartAsync(
            app => app.MapQuery("/notes", (RfcQuery query) => $"{query.Match} {query.FromYear}").WithEquivalentResource());
        var query = await app.QueryAsync("/notes", content);
        if (query.Status != 200) return;
        Assert.Equal(query.ContentText, (await app.GetAsync(query["Location"]!)).ContentText);
    }

    [Theory]
    [InlineData("""{"b":1,"a":{"d":[{"z":1,"y":2}],"c":"\u0041"}}""")]
    public async Task Content_whose_members_are_sorted_means_the_same_to_a_GET(string content)
    {
        await using var app = await NotesApp.StartAsync(
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
        await using var app = await NotesApp.StartAsync(app => app.MapMethods("/notes", [HttpMethods.Query], context =>
            context.Response.WriteAsync(string.Join('|', context.Request.Headers.ContentLanguage.ToArray()))).WithEquivalentResource());
        var query = await app.TextAsync("/notes", "x", "Content-Language: de", "Content-Language: ", "Content-Language: en, fr");
        Assert.Equal(query.ContentText, (await app.GetAsync(query["Location"]!)).ContentText);
    }

    [Fact]
    public async Task Tokens_that_are_not_exactly_as_made_are_unknown()
    {
        await using var app = await NotesApp.StartAsync(app => app.MapSearch("/notes").WithEquivalentResource().WithStoredResult());
        List<string> failures = [];
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
                if (response.Status is not (404 or 400)) failures.Add($"{response.Status} for {other}");
            }
            foreach (var path in new[] { "//_query/", "/_query//", "/x/_query/", "/_QUERY/", "/_query/./x/../", "/%5Fquery/" })
            {
                var response = await app.GetAsync(path + token);
                Assert.True(response.Status is 404 || path is "/%5Fquery/" or "/_query/./x/../", $"{response.Status} for {path}");
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} {string.Join('\n', failures)}");
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
