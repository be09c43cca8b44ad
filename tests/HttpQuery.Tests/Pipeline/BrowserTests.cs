using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Pipeline;

/// <summary>What a real browser sends to another origin, and what its scripts can read (RFC 10008 §4; Fetch, CORS protocol; HTML, form submission).</summary>
public class BrowserTests
{
    [Fact]
    public async Task A_script_of_another_origin_can_query_where_the_policy_allows_it()
    {
        var requests = new ConcurrentQueue<string>();
        await using var api = await StartAsync(requests, policy => policy.AllowAnyOrigin().AllowQuery());

        using var seen = JsonDocument.Parse(await Chromium.RunAsync($$"""
            const query = async (type, headers) => {
              const response = await fetch('http://127.0.0.1:{{api.Port}}/rfcs', { method: 'QUERY', headers: { 'Content-Type': type, ...headers }, body: '{"match":"a"}' });
              return { status: response.status, text: await response.text(), ...Object.fromEntries(response.headers) };
            };
            return {
              found: await query('application/json', {}),
              unchanged: await query('application/json', { 'If-None-Match': '"1"' }),
              part: await query('application/json', { 'Range': 'bytes=1-7' }),
              refused: await query('text/csv', {}),
              simple: await query('text/plain', {}),
            };
            """));

        var found = seen.RootElement.GetProperty("found");
        Assert.Equal((200, "{\"match\":\"a\"}"), (Status(found), Text(found, "text")));
        Assert.Equal(("application/json", "\"1\"", "bytes"), (Text(found, "accept-query"), Text(found, "etag"), Text(found, "accept-ranges")));

        // A condition of the script's own is the script's to answer for: the browser hands the 304 through.
        var unchanged = seen.RootElement.GetProperty("unchanged");
        Assert.Equal((304, "", "\"1\""), (Status(unchanged), Text(unchanged, "text"), Text(unchanged, "etag")));

        var part = seen.RootElement.GetProperty("part");
        Assert.Equal((206, "\"match\"", "bytes 1-7/13"), (Status(part), Text(part, "text"), Text(part, "content-range")));
        foreach (var name in new[] { "refused", "simple" })
        {
            var refused = seen.RootElement.GetProperty(name);
            Assert.Equal((415, "application/json", "application/json"), (Status(refused), Text(refused, "accept"), Text(refused, "accept-query")));
            Assert.Contains("\"status\":415", Text(refused, "text"), StringComparison.Ordinal);
        }

        Assert.Equal(["OPTIONS", "QUERY"], requests.Take(2));
        Assert.Equal(5, requests.Count(method => method is "QUERY"));
    }

    [Theory]
    [InlineData("application/json", false)]
    [InlineData("text/plain", false)]
    [InlineData("application/json", true)]
    public async Task Without_leave_no_query_comes_in(string type, bool withCors)
    {
        var requests = new ConcurrentQueue<string>();
        await using var api = await StartAsync(requests, policy => _ = withCors ? policy.AllowAnyOrigin().AllowAnyHeader() : policy);

        // Not even of a media type that a form could send: the method alone calls for a preflight.
        var seen = await Chromium.RunAsync($$"""
            return (await fetch('http://127.0.0.1:{{api.Port}}/rfcs', { method: 'QUERY', headers: { 'Content-Type': '{{type}}' }, body: '{}' })).status;
            """);
        Assert.Equal("{\"error\":\"TypeError\"}", seen);
        Assert.Equal(["OPTIONS"], requests);
    }

    [Fact]
    public async Task Without_cors_mode_query_is_no_method()
    {
        var requests = new ConcurrentQueue<string>();
        await using var api = await StartAsync(requests, policy => policy.AllowAnyOrigin().AllowQuery());

        var seen = await Chromium.RunAsync($"return (await fetch('http://127.0.0.1:{api.Port}/rfcs', {{ method: 'QUERY', mode: 'no-cors', body: 'x' }})).status;");
        Assert.Equal("{\"error\":\"TypeError\"}", seen);
        Assert.Empty(requests);
    }

    [Theory]
    [InlineData(false, "{\"error\":\"TypeError\"}", "OPTIONS")]
    [InlineData(true, "200", "OPTIONS query")]
    public async Task The_method_in_lower_case_is_another_method_to_a_browser(bool allowAnyMethod, string expected, string methods)
    {
        var requests = new ConcurrentQueue<string>();
        await using var api = await StartAsync(requests, policy =>
        {
            policy.AllowAnyOrigin().AllowQuery();
            if (allowAnyMethod) policy.AllowAnyMethod();
        });

        // Fetch writes only the old methods in upper case. ASP.NET Core takes the method in whatever case, so within one origin nobody notices.
        var seen = await Chromium.RunAsync($$"""
            return (await fetch('http://127.0.0.1:{{api.Port}}/rfcs', { method: 'query', headers: { 'Content-Type': 'application/json' }, body: '{}' })).status;
            """);
        Assert.Equal((expected, methods), (seen, string.Join(' ', requests)));
    }

    [Fact]
    public async Task Within_one_origin_there_is_no_preflight()
    {
        var requests = new ConcurrentQueue<string>();

        var seen = await Chromium.RunAsync(
            """
            const query = method => fetch('/rfcs', { method, headers: { 'Content-Type': 'application/json' }, body: '{"match":"a"}' });
            return [(await query('QUERY')).status, (await query('query')).status, (await query('QUERY')).headers.get('Accept-Query')];
            """,
            map: app => app.MapQuery("/rfcs", (HttpContext context, RfcQuery query) => requests.Enqueue(context.Request.Method)));
        Assert.Equal("[200,200,\"application/json\"]", seen);
        Assert.Equal(["QUERY", "query", "QUERY"], requests);
    }

    [Fact]
    public async Task A_form_cannot_send_query()
    {
        var requests = new ConcurrentQueue<string>();
        await using var api = await StartAsync(requests, policy => policy.AllowAnyOrigin().AllowQuery());

        // An unknown method is GET, in a form and on its button.
        var seen = await Chromium.RunAsync(
            """
            const frame = document.querySelector('iframe'), seen = [];
            for (const button of document.querySelectorAll('button')) {
              const loaded = new Promise(resolve => frame.onload = resolve);
              button.click();
              await loaded;
              seen.push(button.form.method, button.formMethod);
            }
            return seen;
            """,
            $"""
            <iframe name="frame"></iframe>
            <form method="query" action="http://127.0.0.1:{api.Port}/rfcs" target="frame"><input name="match" value="a"><button>Send</button></form>
            <form method="post" action="http://127.0.0.1:{api.Port}/rfcs" target="frame"><input name="match" value="a"><button formmethod="query">Send</button></form>
            """);
        Assert.Equal("[\"get\",\"\",\"post\",\"get\"]", seen);
        Assert.Equal(["GET", "GET"], requests);
    }

    private static int Status(JsonElement response) => response.GetProperty("status").GetInt32();

    private static string? Text(JsonElement response, string name) => response.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static Task<QueryServer> StartAsync(ConcurrentQueue<string> requests, Action<CorsPolicyBuilder> policy) => QueryServer.StartAsync(
        app =>
        {
            app.Use((context, next) =>
            {
                if (context.Request.Path == "/rfcs") requests.Enqueue(context.Request.Method);
                return next(context);
            });
            app.UseCors();
            app.MapQuery("/rfcs", async (HttpContext context, RfcQuery query) =>
                await context.CheckConditionsAsync(new EntityTag("1")) ?? QueryResults.Bytes("{\"match\":\"a\"}"u8.ToArray(), "application/json"));
            app.MapGet("/rfcs", () => "all");
        },
        builder => builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy)));
}
