using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Negotiation;

/// <summary>Content that its declared type contradicts is refused with its position, and never repeated (RFC 10008 §2.1; row M4).</summary>
public class MalformedContentTests
{
    public static TheoryData<string, string, string, int, int> Errors()
    {
        var rows = new TheoryData<string, string, string, int, int>();
        foreach (var environment in new[] { "Production", "Development" })
        {
            foreach (var path in new[] { "/bound", "/optional", "/group/bound", "/typed" })
            {
                rows.Add(environment, path, "{\"match\": secret}", 1, 11);
                rows.Add(environment, path, "{\"match\":\n  \"a\",\n  secret}", 3, 3);
                rows.Add(environment, path, "{\"fromYear\":\"secret\"}", 1, 21);
                rows.Add(environment, path, "{\"match\":\"secret\"", 1, 18);
                rows.Add(environment, path, "[]", 1, 2);
                rows.Add(environment, path, "\uFEFF{\"match\": secret}", 1, 11);
                rows.Add(environment, path, "{} secret", 1, 4);
            }
        }
        return rows;
    }

    [Theory, MemberData(nameof(Errors))]
    public async Task A_400_names_the_position_in_every_environment(string environment, string path, string content, int line, int position)
    {
        await using var server = await StartAsync(environment);
        var response = await server.SendAsync($"QUERY {path}", "application/json", content);

        Assert.Equal((400, "application/problem+json"), (response.Status, response["Content-Type"]));
        using var problem = JsonDocument.Parse(response.Content);
        Assert.Equal((line, position), (problem.RootElement.GetProperty("line").GetInt32(), problem.RootElement.GetProperty("byte").GetInt32()));
        Assert.DoesNotContain("secret", response.Text, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Problem_details_need_no_metadata_but_the_frameworks_own(bool withService)
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.MapQuery("/typed", (RfcQuery query, HttpContext _) => Task.FromResult<IResult>(QueryResults.UnprocessableQuery("no", new Dictionary<string, string[]> { ["a"] = ["b"] })), TestJson.Default.RfcQuery)
                    .WithProduces("text/csv");
            },
            builder =>
            {
                // As under native AOT, where nothing is found by reflection.
                if (withService) builder.Services.AddProblemDetails();
                builder.Services.ConfigureHttpJsonOptions(json =>
                {
                    foreach (var reflecting in json.SerializerOptions.TypeInfoResolverChain.OfType<DefaultJsonTypeInfoResolver>().ToList()) json.SerializerOptions.TypeInfoResolverChain.Remove(reflecting);
                    json.SerializerOptions.TypeInfoResolverChain.Add(TestJson.Default);
                });
            });

        Check(400, "\"line\":1,\"byte\":11", await server.SendAsync("QUERY /typed", "application/json", "{\"match\": secret}"));
        Check(422, "\"errors\":{\"a\":[\"b\"]}", await server.SendAsync("QUERY /typed", "application/json", "{}"));
        Check(415, "media type", await server.SendAsync("QUERY /typed", "image/png", "{}"));
        Check(406, "text/csv", await server.SendAsync("QUERY /typed", "application/json", "{}", ["Accept: image/png"]));

        static void Check(int status, string expected, RawResponse response)
        {
            Assert.Equal((status, "application/problem+json"), (response.Status, response["Content-Type"]));
            Assert.Contains(expected, response.ContentText, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData("Production"), InlineData("Development")]
    public async Task Json_null_is_no_query_where_one_is_required(string environment)
    {
        await using var server = await StartAsync(environment);
        foreach (var path in new[] { "/bound", "/typed" })
        {
            var response = await server.SendAsync($"QUERY {path}", "application/json", "null");
            Assert.Equal((400, "application/problem+json"), (response.Status, response["Content-Type"]));
        }
        Assert.Equal(200, (await server.SendAsync("QUERY /optional", "application/json", "null")).Status);
    }

    [Theory, InlineData("Production"), InlineData("Development")]
    public async Task A_post_endpoint_of_the_application_does_what_it_did(string environment)
    {
        await using var with = await StartAsync(environment);
        await using var without = await QueryServer.StartAsync(Map, environment: environment, plain: true);

        var expected = await without.SendAsync("POST /bound", "application/json", "{zzz");
        var actual = await with.SendAsync("POST /bound", "application/json", "{zzz");
        Assert.Equal((expected.Status, expected["Content-Type"]), (actual.Status, actual["Content-Type"]));
        Assert.Equal(environment is "Production", actual.Content.Length == 0);

        static void Map(WebApplication app) => app.MapPost("/bound", (RfcQuery query) => "found");
    }

    [Theory, InlineData("Production"), InlineData("Development")]
    public async Task A_400_of_the_handlers_own_stays_as_it_is(string environment)
    {
        await using var server = await StartAsync(environment);
        var long_ = "{\"match\":\"" + new string('x', 70_000) + "\"}";
        foreach (var (type, content) in new[] { ("application/json", "{}"), ("application/json", long_), ("application/json; charset=iso-8859-1", "{}") })
        {
            var response = await server.SendAsync("QUERY /own", type, content);
            Assert.Equal((400, 0), (response.Status, response.Content.Length));

            var thrown = await server.SendAsync("QUERY /own-exception", type, content);
            Assert.DoesNotContain("JSON", thrown.ContentText, StringComparison.Ordinal);
        }

        // Its own parser takes what ours does not.
        var lenient = await server.SendAsync("QUERY /own-parser", "application/json", "/* */{}");
        Assert.Equal((400, 0), (lenient.Status, lenient.Content.Length));
    }

    [Fact]
    public async Task Content_that_is_rewound_while_it_is_bound_is_read_from_where_it_is()
    {
        await using var server = await QueryServer.StartAsync(app => app.MapQuery("/signed", (Signature signature, RfcQuery query) => $"{signature.Length} {query.Match}"));

        Assert.Equal("13 a", (await server.SendAsync("QUERY /signed", "application/json", "{\"match\":\"a\"}")).ContentText);
        Assert.Contains("\"line\":1,\"byte\":10", (await server.SendAsync("QUERY /signed", "application/json", "{\"match\":x}")).ContentText, StringComparison.Ordinal);
    }

    [Theory, InlineData("Production"), InlineData("Development")]
    public async Task A_reader_that_the_handler_completes_is_not_read_after(string environment)
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.Use(async (context, next) =>
                {
                    context.Request.EnableBuffering();
                    await next(context);
                });
                app.MapQuery("/x", async (RfcQuery? query, System.IO.Pipelines.PipeReader reader) =>
                {
                    await reader.CompleteAsync();
                    return Results.StatusCode(400);
                });
            },
            environment: environment);

        Assert.Equal(400, (await server.SendAsync("QUERY /x", "application/json", "{}")).Status);
    }

    [Theory, InlineData("Production"), InlineData("Development")]
    public async Task Content_whose_coding_is_broken_is_the_clients_error(string environment)
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseRequestDecompression();
                Map(app);
            },
            builder => builder.Services.AddRequestDecompression(), environment);

        byte[] octets = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        foreach (var path in new[] { "/bound", "/typed" })
        {
            var head = $"QUERY {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {octets.Length}\r\n\r\n";
            Assert.Equal(400, (await RawHttp.SendAsync(server.Port, [.. Encoding.ASCII.GetBytes(head), .. octets])).Status);
        }
    }

    [Fact]
    public async Task A_typed_handler_reads_every_type_that_its_path_announces()
    {
        await using var server = await QueryServer.StartAsync(app =>
            app.MapQuery("/typed", (RfcQuery query, HttpContext context) => Task.FromResult("found"), TestJson.Default.RfcQuery, TestJson.Default.String)
                .WithAcceptQuery("application/json", "text/json"));

        Assert.Equal(200, (await server.SendAsync("QUERY /typed", "text/json", "{}")).Status);
    }

    [Theory, InlineData("Production"), InlineData("Development")]
    public async Task The_position_is_named_however_the_query_is_bound(string environment)
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.MapQuery("/nullable-value", (Span2? query) => "found");
                app.MapQuery("/value", (Span2 query) => "found");
                app.MapQuery("/surrogate", ([AsParameters] Surrogate all) => "found");
                app.MapQuery("/element", (JsonElement query) => "found");
            },
            environment: environment);

        foreach (var path in new[] { "/nullable-value", "/value", "/surrogate", "/element" })
        {
            Assert.Equal(200, (await server.SendAsync($"QUERY {path}", "application/json", "{\"from\":1}")).Status);
            var response = await server.SendAsync($"QUERY {path}", "application/json", "{\"from\":zz}");
            Assert.True(response.ContentText.Contains("\"line\":1,\"byte\":9", StringComparison.Ordinal), $"{path}: {response.ContentText}");
        }
    }

    [Fact]
    public async Task The_position_counts_from_the_start_however_the_content_arrives()
    {
        await using var server = await StartAsync("Production");
        var content = Encoding.UTF8.GetBytes("{\"match\":\"" + new string('x', 20_000) + "\",\n\"fromYear\": 1,\n secret}");
        for (var cut = 0; cut < content.Length; cut += 4_999)
        {
            using var socket = new TcpClient { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, server.Port, TestContext.Current.CancellationToken);
            var stream = socket.GetStream();
            var head = $"QUERY /bound HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
            await stream.WriteAsync(content.AsMemory(0, cut), TestContext.Current.CancellationToken);
            await Task.Delay(20, TestContext.Current.CancellationToken);
            await stream.WriteAsync(content.AsMemory(cut), TestContext.Current.CancellationToken);

            using var received = new MemoryStream();
            await stream.CopyToAsync(received, TestContext.Current.CancellationToken);
            Assert.Contains("\"line\":3,\"byte\":2", RawResponse.Parse(received.ToArray()).ContentText, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Production", 1_000, "\"line\":1,\"byte\":1000")]
    [InlineData("Production", 1_001, "")]
    [InlineData("Development", 1_000, "\"line\":1,\"byte\":1000")]
    [InlineData("Development", 1_001, "is not a valid query for this resource")]
    public async Task Content_over_the_limit_gets_its_400_without_a_position(string environment, int length, string expected)
    {
        await using var server = await StartAsync(environment, options => options.JsonErrorBufferLimit = 1_000);
        var response = await server.SendAsync("QUERY /bound", "application/json", "{" + new string(' ', length - 2) + "!");

        Assert.Equal(400, response.Status);
        Assert.Contains(expected, response.ContentText, StringComparison.Ordinal);
        Assert.Equal(length == 1_000, response.ContentText.Contains("\"line\"", StringComparison.Ordinal));
    }

    [Theory, InlineData("Production"), InlineData("Development")]
    public async Task Content_of_another_charset_is_read_and_refused_without_a_position(string environment)
    {
        await using var server = await StartAsync(environment);
        foreach (var path in new[] { "/bound", "/typed" })
        {
            var good = await RawHttp.SendAsync(server.Port, Request(path, "{\"match\":\"a\"}"));
            Assert.Equal(200, good.Status);
            var bad = await RawHttp.SendAsync(server.Port, Request(path, "{\"match\": secret}"));
            Assert.Equal(400, bad.Status);
            Assert.DoesNotContain("\"line\"", bad.ContentText, StringComparison.Ordinal);

            // Whether a bare 400 is the binding's or the handler's cannot be told here; an exception can, and so can our own reading.
            if (environment is "Development" || path is "/typed") Assert.Equal("application/problem+json", bad["Content-Type"]);
        }

        static byte[] Request(string path, string content)
        {
            var octets = Encoding.Unicode.GetBytes(content);
            return [.. Encoding.ASCII.GetBytes(
                $"QUERY {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json; charset=utf-16\r\nContent-Length: {octets.Length}\r\n\r\n"), .. octets];
        }
    }

    [Fact]
    public async Task Problems_are_written_by_the_applications_own_service()
    {
        await using var server = await QueryServer.StartAsync(
            app => app.MapQuery("/bound", (RfcQuery query) => QueryResults.UnprocessableQuery("no such field")),
            builder => builder.Services.AddProblemDetails(options =>
                options.CustomizeProblemDetails = problem => problem.ProblemDetails.Extensions["house"] = "ours"));

        foreach (var (type, content, status) in new[] { ("application/json", "{zz", 400), ("text/plain", "{}", 415), ("nonsense", "{}", 400), ("application/json", "{}", 422) })
        {
            var response = await server.SendAsync("QUERY /bound", type, content);
            Assert.Equal((status, "application/problem+json"), (response.Status, response["Content-Type"]));
            Assert.Contains("\"house\":\"ours\"", response.ContentText, StringComparison.Ordinal);
        }

        // The service declines where Accept leaves JSON out; an explanation is still better than none.
        var declined = await server.SendAsync("QUERY /bound", "application/json", "{zz", ["Accept: text/csv"]);
        Assert.Contains("\"line\":1", declined.ContentText, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_422_lists_what_is_wrong(bool service)
    {
        await using var server = await QueryServer.StartAsync(
            app => app.MapQuery("/bound", (RfcQuery query) => QueryResults.UnprocessableQuery(
                "The query asks for what is not there.", new Dictionary<string, string[]> { ["match"] = ["Too short."] })),
            builder =>
            {
                if (service) builder.Services.AddProblemDetails();
            });

        var response = await server.SendAsync("QUERY /bound", "application/json", "{}");
        Assert.Equal(422, response.Status);
        using var problem = JsonDocument.Parse(response.Content);
        Assert.Equal("The query asks for what is not there.", problem.RootElement.GetProperty("detail").GetString());
        Assert.Equal("Too short.", problem.RootElement.GetProperty("errors").GetProperty("match")[0].GetString());
        Assert.Equal("Unprocessable Entity", problem.RootElement.GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_body_over_the_servers_limit_is_413()
    {
        await using var server = await QueryServer.StartAsync(Map, builder => builder.WebHost.ConfigureKestrel(o => o.Limits.MaxRequestBodySize = 100));
        foreach (var path in new[] { "/bound", "/typed" })
            Assert.Equal(413, (await server.SendAsync($"QUERY {path}", "application/json", "{\"match\":\"" + new string('x', 200) + "\"}")).Status);
    }

    private static Task<QueryServer> StartAsync(string environment, Action<HttpQueryOptions>? configure = null) =>
        QueryServer.StartAsync(Map, builder => builder.Services.AddHttpQuery(configure), environment);

    private static void Map(WebApplication app)
    {
        app.MapMethods("/bound", [HttpMethods.Query], (RfcQuery query) => "found");
        app.MapPost("/bound", (RfcQuery query) => "found");
        app.MapQuery("/optional", (RfcQuery? query) => "found");
        app.MapGroup("/group").MapQuery("/bound", ([FromBody] RfcQuery query) => "found");
        app.MapQuery("/typed", (RfcQuery query, HttpContext context) => Task.FromResult("found"), TestJson.Default.RfcQuery, TestJson.Default.String);
        app.MapQuery("/own", (RfcQuery query) => Results.BadRequest());
        app.MapQuery("/own-exception", RfcQuery (RfcQuery query) => throw new BadHttpRequestException("own words"));
        app.MapQuery("/own-parser", async (HttpContext context) =>
        {
            await context.Request.BodyReader.AsStream().CopyToAsync(Stream.Null);
            return Results.StatusCode(400);
        }).Accepts<RfcQuery>("application/json");
    }

    private readonly record struct Span2(int From, int To);

    private readonly record struct Surrogate(string? Name, Span2 Query);

    private sealed record Signature(int Length)
    {
        public static async ValueTask<Signature?> BindAsync(HttpContext context)
        {
            context.Request.EnableBuffering();
            using var content = new MemoryStream();
            await context.Request.Body.CopyToAsync(content);
            context.Request.Body.Position = 0;
            return new((int)content.Length);
        }
    }
}
