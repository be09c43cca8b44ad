using HttpQuery.Client.Tests.PrivateCache;
using HttpQuery.Tests;
using static HttpQuery.Client.Tests.Redirection.Redirects;

namespace HttpQuery.Client.Tests;

/// <summary>The client under native AOT, against origins on real sockets: what works under JIT alone fails here.</summary>
public sealed class AotTests(AotHost host) : IClassFixture<AotHost>
{
    private const string Json = "Content-Type: application/json";
    private const string Content = "{\"x\":1,\"y\":2}";

    [Theory]
    [InlineData("value", "{\"text\":\"found\"}", "found", Content)]
    [InlineData("content-to-value", "{\"text\":\"found\"}", "found", "{}")]
    [InlineData("values", "[{\"text\":\"one\"},{\"text\":\"two\"}]", "one then two", Content)]
    public async Task JSON_is_written_and_read_by_generated_code(string how, string result, string expected, string content)
    {
        await using var origin = Origin.Start(Origin.Ok(result, Json));

        Assert.Equal(expected, await CallAsync(how, origin.Uri("/rfcs")));
        AssertSent("QUERY /rfcs", content, Assert.Single(await origin.ReceivedAsync(1)));
    }

    [Theory]
    [InlineData(422, "422 Wrong | x: negative, odd | line 2")]
    [InlineData(415, "415 Wrong | x: negative, odd | line 2 | application/sql")]
    public async Task An_error_has_its_problem_details(int status, string expected)
    {
        const string Problem = "{\"title\":\"Wrong\",\"errors\":{\"x\":[\"negative\",\"odd\"]},\"line\":2}";
        string[] fields = ["Content-Type: application/problem+json", .. status == 415 ? (string[])["Accept-Query: application/sql"] : []];
        await using var origin = Origin.Start(Origin.Response($"{status} Error", Problem, fields));

        Assert.Equal(expected, await CallAsync("value", origin.Uri("/rfcs")));
    }

    [Fact]
    public async Task The_same_query_is_served_from_the_cache()
    {
        await using var origin = Origin.Start(Origin.Ok("rows", "Cache-Control: max-age=3600"));

        Assert.Equal("200 rows", await CallAsync("response", origin.Uri("/rfcs")));
        Assert.Equal("200 rows | from the cache", await CallAsync("response", origin.Uri("/rfcs")));
        Assert.Equal(1, origin.Count);
    }

    [Fact]
    public async Task A_redirect_is_followed_with_the_content()
    {
        await using var origin = Origin.Start(Paths(("/a", To("/b")), ("/b", Origin.Ok("rows"))));

        Assert.Equal("200 rows | redirects: 1", await CallAsync("response", origin.Uri("/a")));
        AssertSent("QUERY /b", Content, (await origin.ReceivedAsync(2))[1]);
    }

    [Fact]
    public async Task A_redirect_to_another_origin_is_not_followed()
    {
        await using var other = Origin.Start(Origin.Ok("stolen"));
        await using var origin = Origin.Start(To(other.Uri("/b").ToString()));

        Assert.Equal("307  | not followed: ContentToOtherOrigin", await CallAsync("response", origin.Uri("/a")));
        Assert.Equal(0, other.Count);
    }

    [Fact]
    public async Task A_query_to_a_path_from_configuration_falls_back_to_POST()
    {
        await using var origin = Origin.Start(request => request.StartsWith("QUERY", StringComparison.Ordinal)
            ? Origin.Response("405 Method Not Allowed", "", "Allow: GET") : Origin.Ok("rows", "Cache-Control: no-store"));

        Assert.Equal("200 rows | sent as POST", await CallAsync("response", origin.Uri("/pods")));
        Assert.Equal("200 rows | sent as POST", await CallAsync("response", origin.Uri("/pods")));
        var received = await origin.ReceivedAsync(3);
        AssertSent("QUERY /pods", Content, received[0]);
        AssertSent("POST /pods/_search", Content, received[1]);
        AssertSent("POST /pods/_search", Content, received[2]);
    }

    [Fact]
    public async Task A_repeated_query_switches_to_a_GET_of_its_Location()
    {
        await using var origin = Origin.Start(request => request.StartsWith("QUERY", StringComparison.Ordinal)
            ? Origin.Ok("rows", "Location: /stored/42", "Cache-Control: no-store") : Origin.Ok("stored", "Cache-Control: no-store"));

        Assert.Equal("200 rows", await CallAsync("response", origin.Uri("/rfcs")));
        Assert.Equal("200 stored | switched to GET", await CallAsync("response", origin.Uri("/rfcs")));
        AssertSent("GET /stored/42", "", (await origin.ReceivedAsync(2))[1]);
    }

    [Fact]
    public async Task A_query_is_sent_in_the_format_that_the_server_accepts()
    {
        await using var origin = Origin.Start(request => request.Contains(Json, StringComparison.Ordinal)
            ? Origin.Ok("rows", "Cache-Control: no-store")
            : Origin.Response("415 Unsupported Media Type", "", "Accept-Query: application/json"));

        Assert.Equal("200 rows | sent in another format", await CallAsync("formats", origin.Uri("/rfcs")));
        Assert.Equal("200 rows", await CallAsync("formats", origin.Uri("/rfcs")));
        Assert.Equal("application/json", await CallAsync("accepted", origin.Uri("/rfcs")));
        var received = await origin.ReceivedAsync(3);
        AssertSent("QUERY /rfcs", "select x", received[0]);
        AssertSent("QUERY /rfcs", "{\"x\":1}", received[1]);
        AssertSent("QUERY /rfcs", "{\"x\":1}", received[2]);
        Assert.Equal(3, origin.Count);
    }

    [Fact]
    public async Task The_formats_of_a_server_are_asked_for()
    {
        await using var origin = Origin.Start(Origin.Response("204 No Content", "", "Accept-Query: application/sql"));

        Assert.Equal("application/sql", await CallAsync("accepted", origin.Uri("/rfcs")));
    }

    [Fact]
    public async Task A_query_is_sent_again_after_a_closed_connection()
    {
        await using var origin = Origin.Start("", Origin.Ok("rows"));

        Assert.Equal("200 rows | sent again", await CallAsync("response", origin.Uri("/rfcs")));
        AssertSent("QUERY /rfcs", Content, (await origin.ReceivedAsync(2))[1]);
    }

    [Fact]
    public async Task Every_option_is_read_from_configuration()
    {
        const string Settings =
            """
            {
              "HttpQuery": {
                "PrivateCache": { "AllowHeuristicFreshness": false, "Clients": { "api": { "FollowerTimeout": "00:00:13" } } },
                "Client": {
                  "UseCache": false,
                  "UseRedirects": false,
                  "UseDiscovery": false,
                  "UseConnectionRetry": false,
                  "MaximumReplayLength": 3,
                  "Redirects": { "MaximumCount": 4, "AllowContentToOtherOrigins": true, "CredentialHeaders": [ "X-Api-Key" ] },
                  "Clients": {
                    "api": {
                      "UseFallback": true,
                      "UseLocation": true,
                      "Discovery": { "Lifetime": "00:00:05", "MaximumCount": 6, "MaximumValueLength": 7 },
                      "Fallback": {
                        "Paths": { "/Pods": "/Pods/_search", "/search/*": "/search/*" },
                        "SendMethodOverride": true,
                        "Intermediaries": [ "edge" ],
                        "Lifetime": "00:00:08",
                        "MaximumCount": 9,
                        "ProbeTimeout": "00:00:10"
                      },
                      "Location": {
                        "AllowOtherOrigins": true, "Lifetime": "00:00:11", "MaximumCount": 12, "CredentialHeaders": [ "X-Api-Key" ]
                      }
                    }
                  }
                }
              }
            }
            """;

        Assert.Equal(
            "False False False True True | False 3 | 4 True X-Api-Key | 00:00:05 6 7 | /Pods to /Pods/_search, /search/* to /search/* "
            + "| True CloudFront, edge 00:00:08 | 9 00:00:10 | True 00:00:11 12 | X-Api-Key | False 00:00:13",
            await BindAsync(Settings));
    }

    [Theory]
    [InlineData("Client", "UseCahce", "HttpClient 'api': HttpQuery:Client:UseCahce is not an option. The options are Clients, ")]
    [InlineData("Client", "Redirects:MaximumCuont", "HttpQuery:Client:Redirects:MaximumCuont is not an option. The options are Allow")]
    [InlineData("Client", "Discovery:Lifetmie", "HttpQuery:Client:Discovery:Lifetmie is not an option. The options are Lifetime, ")]
    [InlineData("Client", "Fallback:Pahts", "HttpQuery:Client:Fallback:Pahts is not an option. The options are ")]
    [InlineData("Client", "Fallback:Paths", "HttpQuery:Client:Fallback:Paths is a section: write HttpQuery:Client:Fallback:Paths:PATH.")]
    [InlineData("Client", "Location:AllowOtherOrigin", "HttpQuery:Client:Location:AllowOtherOrigin is not an option. The options are ")]
    [InlineData("Client", "Clients:api:Location:Lifetmie", "HttpQuery:Client:Clients:api:Location:Lifetmie is not an option.")]
    [InlineData("PrivateCache", "MaximumSzie", "HttpClient 'api': HttpQuery:PrivateCache:MaximumSzie is not an option. The options are ")]
    public async Task A_key_that_is_not_an_option_is_an_error(string section, string key, string expected) =>
        Assert.Contains(expected, await BindAsync($"{{\"HttpQuery:{section}:{key}\":\"1\"}}"), StringComparison.Ordinal);

    private static void AssertSent(string methodAndTarget, string content, string request)
    {
        Assert.StartsWith(methodAndTarget + " HTTP/1.1\n", request, StringComparison.Ordinal);
        Assert.Equal(content, request[(request.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]);
    }

    private Task<string> BindAsync(string settings) => SendAsync("/client/options", settings);

    private Task<string> CallAsync(string how, Uri uri) => SendAsync($"/client/{how}?uri={Uri.EscapeDataString(uri.AbsoluteUri)}", "{}");

    private async Task<string> SendAsync(string target, string content)
    {
        host.Require();
        var response = await RawHttp.SendAsync(host.Port, $"QUERY {target}", [Json], content);
        return response.Status == 200 ? response.ContentText : $"{response.Status}: {response.ContentText}";
    }
}
