using System.IO.Compression;
using System.Text;
using HttpQuery.CacheKeys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RequestDecompression;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Endpoints;

/// <summary>Which endpoints cannot tell whether their content was coded (RFC 10008 §2.7).</summary>
public sealed class CodingNormalizationTests
{
    private const QueryNormalizations All = QueryNormalizations.Gzip | QueryNormalizations.Deflate;

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_handler_behind_decompression_reads_the_content_alike(string coding)
    {
        await using var server = await StartAsync(app => app.MapQuery("/a", WriteAsync));
        var plain = await server.SendAsync("QUERY /a", "text/plain", "content");
        var coded = await server.SendOctetsAsync("QUERY /a", "text/plain", Encode("content", coding), $"Content-Encoding: {coding}");
        Assert.Equal((200, "content ", $"{All}"), (plain.Status, plain.ContentText, plain["Claims"]));
        Assert.Equal((200, "content ", $"{All}"), (coded.Status, coded.ContentText, coded["Claims"]));
    }

    [Fact]
    public async Task Bound_content_claims_both()
    {
        await using var server = await StartAsync(app => app.MapMethods("/a", ["QUERY"], (Contracts.Plain query) => query.S));
        Assert.Equal(($"{All | QueryNormalizations.JsonSpelling}", true), await server.AskAsync("/a"));
    }

    // A claim needs the check of AddHttpQuery, request decompression, and a decoder of the platform.
    [Theory]
    [InlineData("no AddHttpQuery")]
    [InlineData("no decompression")]
    [InlineData("no coding")]
    [InlineData("own decoder")]
    [InlineData("own provider")]
    [InlineData("fallback")]
    public async Task What_is_not_known_to_be_removed_is_not_claimed(string setting)
    {
        await using var server = await StartAsync(
            app =>
            {
                if (setting is "fallback") app.MapFallback(WriteAsync);
                else app.MapMethods("/a", ["QUERY"], WriteAsync);
            },
            setting);
        var claims = setting is "own decoder" or "no coding" ? $"{QueryNormalizations.Deflate}" : "None";
        Assert.Equal(claims, (await server.SendAsync("QUERY /a", "text/plain", "content"))["Claims"]);
    }

    [Fact]
    public async Task An_endpoint_without_the_check_tells_codings_apart()
    {
        await using var server = await StartAsync(app => app.MapMethods("/a", ["QUERY"], WriteAsync), "no AddHttpQuery");
        var coded = await server.SendOctetsAsync("QUERY /a", "text/plain", "content"u8.ToArray(), "Content-Encoding: x");
        Assert.Equal((200, "content x", "None"), (coded.Status, coded.ContentText, coded["Claims"]));
    }

    // An endpoint of any method at the path of a QUERY endpoint has the check too; one at a path of its own has not.
    [Fact]
    public async Task The_check_decides_and_not_the_method()
    {
        await using var server = await StartAsync(app =>
        {
            app.MapQuery("/a", WriteAsync).WithAcceptQuery("text/csv");
            app.Map("/a", WriteAsync);
            app.Map("/b", WriteAsync);
        });
        Assert.Equal($"{All}", (await server.SendAsync("QUERY /a", "text/plain", "content"))["Claims"]);
        Assert.Equal(415, (await server.SendOctetsAsync("QUERY /a", "text/plain", "content"u8.ToArray(), "Content-Encoding: x")).Status);
        Assert.Equal("None", (await server.SendAsync("QUERY /b", "text/plain", "content"))["Claims"]);
        Assert.Equal(200, (await server.SendOctetsAsync("QUERY /b", "text/plain", "content"u8.ToArray(), "Content-Encoding: x")).Status);
    }

    private static Task<NormalizationServer> StartAsync(Action<WebApplication> map, string setting = "") => NormalizationServer.StartAsync(
        app =>
        {
            if (setting is not "no decompression") app.UseRequestDecompression();
            map(app);
        },
        builder =>
        {
            if (setting is not "no decompression") builder.Services.AddRequestDecompression(options =>
            {
                if (setting is "no coding" or "own decoder") options.DecompressionProviders.Remove("gzip");
                if (setting is "own decoder") options.DecompressionProviders.Add("gzip", new OwnDecoder());
            });
            if (setting is "own provider") builder.Services.AddSingleton<IRequestDecompressionProvider, OwnProvider>();
        },
        plain: setting is "no AddHttpQuery");

    private static async Task WriteAsync(HttpContext context) =>
        await context.Response.WriteAsync($"{await NormalizationServer.ReadRestAsync(context)} {context.Request.Headers.ContentEncoding}");

    private static byte[] Encode(string text, string coding)
    {
        using var coded = new MemoryStream();
        using (Stream encoder = coding switch { "gzip" => new GZipStream(coded, CompressionLevel.Optimal), "br" => new BrotliStream(coded, CompressionLevel.Optimal), _ => new ZLibStream(coded, CompressionLevel.Optimal) })
            encoder.Write(Encoding.UTF8.GetBytes(text));
        return coded.ToArray();
    }

    private sealed class OwnDecoder : IDecompressionProvider
    {
        public Stream GetDecompressionStream(Stream stream) => stream;
    }

    private sealed class OwnProvider : IRequestDecompressionProvider
    {
        public Stream? GetDecompressionStream(HttpContext context) => null;
    }
}
