using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RequestDecompression;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Pipeline;

/// <summary>Content codings of queries (row M9; RFC 9110 §8.4, §15.5.16), without request decompression and with it.</summary>
public class DecompressionTests
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data; boundary=b";
    private const int MaximumContentLength = 10_000;

    /// <summary>Every way to take content: path and media type.</summary>
    public static readonly (string Path, string Type)[] Ways =
    [
        ("/raw", "text/plain"), ("/result", "text/plain"), ("/typed", "application/json"), ("/json", "application/json"), ("/form", UrlEncoded), ("/keyed", "application/json"),
        ("/keyed-raw", "text/plain"), ("/conditional", "text/plain"), ("/conditional-json", "application/json"), ("/conditional-form", UrlEncoded), ("/tagged", "application/json"),
        ("/form", Multipart), ("/mvc-json", "application/json"), ("/mvc-form", UrlEncoded), ("/mvc-form", Multipart),
    ];

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("gzip, br")]
    [InlineData("x-own")]
    public async Task A_coding_that_nobody_removes_is_415_and_names_identity(string coding)
    {
        var runs = 0;
        await using var server = await StartAsync(decompress: false, () => runs++);
        foreach (var (path, type) in Ways)
        {
            var response = await server.SendOctetsAsync($"QUERY /coded{path}", type, Coded("gzip", Content(type, "a")), $"Content-Encoding: {coding}");
            AssertRefused(response, 415);
            Assert.Equal("identity", response["Accept-Encoding"]);
        }
        Assert.Equal(0, runs);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Identity_is_no_coding(bool decompress)
    {
        await using var server = await StartAsync(decompress);
        foreach (var (path, type) in Ways)
        {
            foreach (var coding in new[] { "identity", "Identity", "" })
            {
                var response = await server.SendOctetsAsync($"QUERY /coded{path}", type, Content(type, "a"), $"Content-Encoding: {coding}");
                Assert.Equal((200, "found a"), (response.Status, response.ContentText));
            }
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_coding_is_removed_where_the_application_says_so(string coding)
    {
        await using var server = await StartAsync(decompress: true);
        foreach (var (path, type) in Ways)
        {
            var response = await server.SendOctetsAsync($"QUERY /coded{path}", type, Coded(coding, Content(type, "a")), $"Content-Encoding: {coding}");
            Assert.Equal((path, 200, "found a"), (path, response.Status, response.ContentText));
        }
    }

    [Theory]
    [InlineData("x-own")]
    [InlineData("compress")]
    [InlineData("gzip, br")]
    [InlineData("gzip,gzip")]
    [InlineData("identity, gzip")]
    public async Task A_coding_that_is_not_known_is_415_and_names_those_that_are(string coding)
    {
        // .NET 11 knows zstd, too.
        var known = string.Join(", ", new RequestDecompressionOptions().DecompressionProviders.Keys.Order());
        var runs = 0;
        await using var server = await StartAsync(decompress: true, () => runs++);
        foreach (var (path, type) in Ways)
        {
            var response = await server.SendOctetsAsync($"QUERY /coded{path}", type, Coded("gzip", Content(type, "a")), $"Content-Encoding: {coding}");
            AssertRefused(response, 415);
            Assert.Equal(known, response["Accept-Encoding"]);
        }
        Assert.Equal(0, runs);
    }

    [Fact]
    public async Task Two_coding_lines_are_two_codings()
    {
        await using var server = await StartAsync(decompress: true);

        var content = Coded("gzip", Coded("gzip", Content("application/json", "a")));
        AssertRefused(await server.SendOctetsAsync("QUERY /coded/json", "application/json", content, "Content-Encoding: gzip", "Content-Encoding: gzip"), 415);
    }

    [Theory]
    [InlineData("Production", false)]
    [InlineData("Production", true)]
    [InlineData("Development", false)]
    [InlineData("Development", true)]
    public async Task Broken_codings_are_the_clients_error(string environment, bool withErrorPage)
    {
        await using var server = await StartAsync(decompress: true, environment: environment, withErrorPage: withErrorPage);
        foreach (var (path, type) in Ways)
        {
            // Not gzip at all; gzip whose blocks are none; no zlib; a window that Brotli does not have.
            var plain = Content(type, "nothing that is coded");
            foreach (var (coding, broken) in new[] { ("gzip", plain), ("gzip", [.. Coded("gzip", plain)[..10], 0xff, 0xff, .. plain]), ("deflate", plain), ("br", [0x11, .. plain]) })
                AssertRefused(await server.SendOctetsAsync($"QUERY /coded{path}", type, broken, $"Content-Encoding: {coding}"), 400, $"{path} {coding}");
        }
        Assert.Equal("found a", (await server.SendOctetsAsync("QUERY /coded/json", "application/json", Content("application/json", "a"))).ContentText);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Json_that_is_cut_off_within_its_coding_is_400(string coding)
    {
        await using var server = await StartAsync(decompress: true);
        foreach (var (path, type) in Ways.Where(way => way.Type is "application/json"))
        {
            var content = Coded(coding, Content(type, string.Concat(Enumerable.Range(0, 50).Select(_ => Guid.NewGuid()))));
            foreach (var length in new[] { 3, 12, content.Length / 2 })
                AssertRefused(await server.SendOctetsAsync($"QUERY /coded{path}", type, content[..length], $"Content-Encoding: {coding}"), 400, $"{path} {length}");
        }
    }

    [Theory]
    [InlineData("/conditional", "text/plain")]
    [InlineData("/conditional-json", "application/json")]
    [InlineData("/conditional-form", UrlEncoded)]
    public async Task A_condition_on_coded_content_is_evaluated(string path, string type)
    {
        await using var server = await StartAsync(decompress: true);

        var response = await server.SendOctetsAsync($"QUERY /coded{path}", type, Coded("br", Content(type, "a")), "Content-Encoding: br", "If-None-Match: \"1\"");
        Assert.Equal((304, "\"1\""), (response.Status, response["ETag"]));
    }

    [Fact]
    public async Task Decompression_may_come_before_routing()
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseRequestDecompression();
                app.UseRouting();
                app.MapQuery("/raw", async (HttpContext context) =>
                {
                    using var reader = new StreamReader(context.Request.Body);
                    return await reader.ReadToEndAsync();
                });
            },
            builder => builder.Services.AddRequestDecompression());
        var plain = Content("text/plain", "nothing that is coded");

        var response = await server.SendOctetsAsync("QUERY /raw", "text/plain", Coded("br", plain), "Content-Encoding: br");
        Assert.Equal((200, "nothing that is coded"), (response.Status, response.ContentText));
        AssertRefused(await server.SendOctetsAsync("QUERY /raw", "text/plain", plain, "Content-Encoding: gzip"), 400);
    }

    [Fact]
    public async Task What_is_cut_off_elsewhere_is_not_noticed_by_the_framework()
    {
        await using var server = await StartAsync(decompress: true);
        var text = string.Concat(Enumerable.Range(0, 50).Select(_ => Guid.NewGuid()));
        var coded = Coded("gzip", Encoding.UTF8.GetBytes(text));

        // GZipStream ends where its input does. Content-Length tells a cut on the way; this one was made before.
        var response = await server.SendOctetsAsync("QUERY /coded/raw", "text/plain", coded[..(coded.Length / 2)], "Content-Encoding: gzip");
        Assert.Equal(200, response.Status);
        Assert.StartsWith(response.ContentText, $"found {text}", StringComparison.Ordinal);
        Assert.InRange(response.ContentText.Length, "found ".Length, text.Length);
    }

    [Theory]
    [InlineData("gzip", "Production", false)]
    [InlineData("br", "Production", false)]
    [InlineData("deflate", "Production", false)]
    [InlineData("gzip", "Production", true)]
    [InlineData("gzip", "Development", false)]
    [InlineData("gzip", "Development", true)]
    public async Task Little_content_that_becomes_too_much_is_413(string coding, string environment, bool withErrorPage)
    {
        await using var server = await StartAsync(decompress: true, environment: environment, withErrorPage: withErrorPage);
        foreach (var (path, type) in Ways)
        {
            var bomb = Coded(coding, Content(type, new string('a', 5_000_000)));
            Assert.InRange(bomb.Length, 1, MaximumContentLength);

            // To MVC whatever goes wrong with a form is a form that it cannot bind.
            AssertRefused(await server.SendOctetsAsync($"QUERY /coded{path}", type, bomb, $"Content-Encoding: {coding}"), path is "/mvc-form" ? 400 : 413, path);

            var response = await server.SendOctetsAsync($"QUERY /coded{path}", type, Coded(coding, Content(type, "a")), $"Content-Encoding: {coding}");
            Assert.Equal((path, 200, "found a"), (path, response.Status, response.ContentText));
        }
    }

    [Theory]
    [InlineData("Production", false)]
    [InlineData("Production", true)]
    [InlineData("Development", false)]
    [InlineData("Development", true)]
    public async Task Too_much_uncoded_content_is_413(string environment, bool withErrorPage)
    {
        await using var server = await StartAsync(decompress: true, environment: environment, withErrorPage: withErrorPage);
        foreach (var (path, type) in Ways)
        {
            var response = await server.SendOctetsAsync($"QUERY /coded{path}", type, Content(type, new string('a', MaximumContentLength + 1)));

            // Parameter binding leaves it at the status, and so does Kestrel where no middleware catches what a handler lets go.
            var bare = path is "/raw" or "/result" && !withErrorPage && environment is "Production";
            if (bare || path is "/json" or "/form" or "/tagged" || path.StartsWith("/conditional-", StringComparison.Ordinal)) Assert.Equal((path, 413, 0), (path, response.Status, response.Content.Length));
            else AssertRefused(response, path is "/mvc-form" ? 400 : 413, path);
        }
    }

    private static void AssertRefused(RawResponse response, int status, string? message = null)
    {
        Assert.Equal((message, status, "application/problem+json"), (message, response.Status, response["Content-Type"]?.Split(';')[0]));
        using var problem = JsonDocument.Parse(response.Content);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotNull(response["Accept-Query"]);
    }

    private static byte[] Content(string type, string match) => Encoding.UTF8.GetBytes(type switch
    {
        "application/json" => $$"""{"match":"{{match}}"}""",
        UrlEncoded => $"match={match}",
        Multipart => $"--b\r\nContent-Disposition: form-data; name=\"match\"\r\n\r\n{match}\r\n--b--\r\n",
        _ => match,
    });

    private static byte[] Coded(string coding, byte[] content)
    {
        using var coded = new MemoryStream();
        using (Stream coder = coding is "br" ? new BrotliStream(coded, CompressionMode.Compress)
            : coding is "deflate" ? new ZLibStream(coded, CompressionMode.Compress)
            : new GZipStream(coded, CompressionMode.Compress))
            coder.Write(content);
        return coded.ToArray();
    }

    private static Task<QueryServer> StartAsync(bool decompress, Action? onRun = null, string environment = "Production", bool withErrorPage = false) => QueryServer.StartAsync(
        app =>
        {
            if (withErrorPage) app.UseExceptionHandler();
            if (decompress) app.UseRequestDecompression();
            app.MapControllers();
            var coded = app.MapGroup("/coded");
            coded.MapQuery("/raw", async context => await context.Response.WriteAsync(await ReadAsync(context)));
            coded.MapQuery("/result", async (HttpContext context) => await ReadAsync(context));
            coded.MapQuery("/typed", (query, context) => Task.FromResult(Results.Text(Found(query.Match))), TestJson.Default.RfcQuery);
            coded.MapQuery("/json", (RfcQuery query) => Found(query.Match));
            coded.MapQuery("/form", ([FromForm] string match) => Found(match)).DisableAntiforgery();
            coded.MapQuery("/keyed", (RfcQuery query) => Found(query.Match)).WithQueryKey();
            coded.MapQuery("/keyed-raw", async context => await context.Response.WriteAsync(await ReadAsync(context))).WithQueryKey();
            coded.MapQuery("/conditional-json", async (HttpContext context, RfcQuery query) => await context.CheckConditionsAsync(new EntityTag("1")) ?? Results.Text(Found(query.Match)));
            coded.MapQuery("/conditional-form", async (HttpContext context, [FromForm] string match) => await context.CheckConditionsAsync(new EntityTag("1")) ?? Results.Text(Found(match)))
                .DisableAntiforgery();
            coded.MapQuery("/tagged", (RfcQuery query) => Found(query.Match)).WithETag().WithRanges();
            coded.MapQuery("/conditional", async (HttpContext context) => await context.CheckConditionsAsync(new EntityTag("1")) ?? Results.Text(await ReadAsync(context)));

            string Found(string? match)
            {
                onRun?.Invoke();
                return $"found {match}";
            }

            async Task<string> ReadAsync(HttpContext context)
            {
                using var reader = new StreamReader(context.Request.Body);
                return Found(await reader.ReadToEndAsync());
            }
        },
        builder =>
        {
            builder.Services.AddControllers();
            builder.Services.AddProblemDetails();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MaximumContentLength);
            if (decompress) builder.Services.AddRequestDecompression(_ => { });
        },
        environment);
}
