using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Pipeline;

/// <summary>Scripts of other origins: what <c>AllowQuery</c> lets them send and read (RFC 10008 §4; Fetch, CORS protocol).</summary>
public class CorsTests
{
    private static readonly string[] Preflight =
        ["Origin: http://page.test", "Access-Control-Request-Method: QUERY", "Access-Control-Request-Headers: content-type,if-none-match"];

    private static readonly string[] Readable =
        ["Accept", "Accept-Query", "Accept-Ranges", "Age", "Allow", "Cache-Control", "Cache-Status", "Content-Location", "Content-Range", "ETag", "Location"];

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_preflight_is_told_that_query_is_allowed(bool byEndpoint)
    {
        await using var server = await StartAsync(policy => policy.AllowAnyOrigin().AllowQuery(), byEndpoint);

        var response = await server.SendAsync("OPTIONS /rfcs", fields: Preflight);
        Assert.Equal((204, "*", "QUERY"), (response.Status, response["Access-Control-Allow-Origin"], response["Access-Control-Allow-Methods"]));
        Assert.Equal("Content-Type,If-Match,If-None-Match,If-Modified-Since,If-Unmodified-Since,If-Range,Range", response["Access-Control-Allow-Headers"]);
        Assert.Empty(response.Content);
    }

    [Theory]
    [InlineData("QUERY /rfcs", "application/json", "{}", null, 200)]
    [InlineData("QUERY /rfcs", "application/json", "{}", "If-None-Match: \"1\"", 304)]
    [InlineData("QUERY /rfcs", "application/json", "{}", "If-Match: \"2\"", 412)]
    [InlineData("QUERY /rfcs", "application/json", "{}", "Range: bytes=0-1", 206)]
    [InlineData("QUERY /rfcs", "application/json", "{}", "Range: bytes=99-", 416)]
    [InlineData("QUERY /rfcs", "application/json", "{\"match\":\"none\"}", null, 422)]
    [InlineData("QUERY /rfcs", "application/json", "{", null, 400)]
    [InlineData("QUERY /rfcs", null, null, null, 400)]
    [InlineData("QUERY /rfcs", "application/json", "{}", "Accept: text/html", 406)]
    [InlineData("QUERY /rfcs", "text/plain", "x", null, 415)]
    [InlineData("QUERY /rfcs", "application/json", "{}", "Content-Encoding: gzip", 415)]
    [InlineData("PUT /rfcs", "application/json", "{}", null, 405)]
    [InlineData("OPTIONS /rfcs", null, null, null, 204)]
    public async Task Whatever_the_status_a_script_can_read_what_it_says_of_the_query(string line, string? type, string? content, string? field, int status)
    {
        foreach (var byEndpoint in new[] { false, true })
        {
            await using var server = await StartAsync(policy => policy.AllowAnyOrigin().AllowQuery(), byEndpoint);

            var response = await server.SendAsync(line, type, content, ["Origin: http://page.test", .. field is null ? [] : new[] { field }]);
            Assert.Equal((status, "*"), (response.Status, response["Access-Control-Allow-Origin"]));
            Assert.Equal(Readable, response["Access-Control-Expose-Headers"]?.Split(','));
            Assert.Equal("application/json", response["Accept-Query"]);
        }
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("query")]
    public async Task No_other_method_is_allowed_beside(string method)
    {
        await using var server = await StartAsync(policy => policy.AllowAnyOrigin().AllowQuery(), byEndpoint: false);

        // Browsers compare methods by case. POST needs no leave: it is what a form can send.
        var response = await server.SendAsync("OPTIONS /rfcs", fields: ["Origin: http://page.test", $"Access-Control-Request-Method: {method}"]);
        Assert.Equal((204, "QUERY"), (response.Status, response["Access-Control-Allow-Methods"]));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_the_policy_allows_already_stays_allowed(bool allowQueryFirst)
    {
        await using var server = await StartAsync(
            policy =>
            {
                if (allowQueryFirst) policy.AllowQuery().AllowAnyOrigin().AllowAnyMethod().AllowAnyHeader();
                else policy.AllowAnyOrigin().AllowAnyMethod().AllowAnyHeader().AllowQuery();
            },
            byEndpoint: false);

        foreach (var method in new[] { "PUT", "QUERY" })
        {
            var response = await server.SendAsync(
                "OPTIONS /rfcs", fields: ["Origin: http://page.test", $"Access-Control-Request-Method: {method}", "Access-Control-Request-Headers: x-own"]);
            Assert.Equal((204, method, "x-own"), (response.Status, response["Access-Control-Allow-Methods"], response["Access-Control-Allow-Headers"]));
        }
    }

    [Fact]
    public async Task Methods_and_fields_that_the_policy_names_are_kept()
    {
        await using var server = await StartAsync(
            policy => policy.AllowAnyOrigin().WithMethods("PUT").WithHeaders("X-Own").WithExposedHeaders("X-Seen").AllowQuery(), byEndpoint: false);

        var preflight = await server.SendAsync("OPTIONS /rfcs", fields: Preflight);
        Assert.Equal("PUT,QUERY", preflight["Access-Control-Allow-Methods"]);
        Assert.StartsWith("X-Own,Content-Type,", preflight["Access-Control-Allow-Headers"], StringComparison.Ordinal);
        var response = await server.SendAsync("QUERY /rfcs", "application/json", "{}", ["Origin: http://page.test"]);
        Assert.Equal(["X-Seen", .. Readable], response["Access-Control-Expose-Headers"]!.Split(','));
    }

    [Fact]
    public async Task A_named_origin_may_send_credentials_and_no_other_origin_is_let_in()
    {
        await using var server = await StartAsync(policy => policy.WithOrigins("http://page.test").AllowCredentials().AllowQuery(), byEndpoint: false);

        var preflight = await server.SendAsync("OPTIONS /rfcs", fields: Preflight);
        Assert.Equal((204, "http://page.test", "true", "QUERY"),
            (preflight.Status, preflight["Access-Control-Allow-Origin"], preflight["Access-Control-Allow-Credentials"], preflight["Access-Control-Allow-Methods"]));
        var response = await server.SendAsync("QUERY /rfcs", "application/json", "{}", ["Origin: http://page.test"]);
        Assert.Equal((200, "http://page.test", "true"), (response.Status, response["Access-Control-Allow-Origin"], response["Access-Control-Allow-Credentials"]));

        foreach (var line in new[] { "OPTIONS /rfcs", "QUERY /rfcs" })
        {
            var other = await server.SendAsync(line, "application/json", "{}", ["Origin: http://other.test", .. Preflight[1..]]);
            Assert.Equal((null, null, null), (other["Access-Control-Allow-Origin"], other["Access-Control-Allow-Methods"], other["Access-Control-Expose-Headers"]));
        }
    }

    private static Task<QueryServer> StartAsync(Action<CorsPolicyBuilder> policy, bool byEndpoint) => QueryServer.StartAsync(
        app =>
        {
            app.UseCors();
            var endpoint = app.MapQuery("/rfcs", async Task<IResult> (HttpContext context, RfcQuery query) =>
            {
                if (query.Match is "none") return QueryResults.UnprocessableQuery("no such field");
                return await context.CheckConditionsAsync(new EntityTag("1")) ?? QueryResults.Bytes("[]"u8.ToArray(), "application/json");
            }).WithProduces("application/json");
            if (byEndpoint) endpoint.RequireCors(policy);
        },
        builder => builder.Services.AddCors(cors =>
        {
            if (!byEndpoint) cors.AddDefaultPolicy(policy);
        }));
}
