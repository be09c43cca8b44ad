using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using HttpQuery.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Equivalents;

// Content and responses in pieces, buffered content, HTTPS.
public sealed partial class HostileEquivalentTests
{
    [Fact]
    public async Task A_path_base_with_escapes_holds()
    {
        await using var app = await NotesApp.StartAsync(app =>
        {
            app.UsePathBase("/b\u00e4 c");
            app.UseRouting();
            app.MapSearch("/notes").WithEquivalentResource().WithStoredResult();
        });
        var query = await app.TextAsync("/b%C3%A4%20c/notes", "cats");
        foreach (var uri in new[] { query["Location"]!, query["Content-Location"]! })
        {
            Assert.StartsWith("/b%C3%A4%20c/_query/", uri, StringComparison.Ordinal);
            Assert.Equal("found: cats", (await app.GetAsync(uri)).ContentText);
        }
    }

    [Fact]
    public async Task A_stream_of_events_is_not_held_back_by_either_refinement()
    {
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await NotesApp.StartAsync(app => app.MapQuery("/notes", (RfcQuery query, CancellationToken stop) =>
            TypedResults.ServerSentEvents(EventsAsync(read.Task, stop))).WithEquivalentResource().WithStoredResult());
        var location = new Uri($"http://127.0.0.1:{app.Port}/notes");
        using var client = new HttpClient();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(new(i == 0 ? "QUERY" : "GET"), location);
            if (i == 0) request.Content = new StringContent(EquivalentApp.Query, Encoding.UTF8, "application/json");
            using var response = await client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Null(response.Content.Headers.ContentLocation);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            Assert.Equal("data: one", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
            if (i == 1) read.SetResult();
            location = new(location, response.Headers.Location!);
        }
    }

    [Fact]
    public async Task Chunked_content_has_the_URI_of_the_content_and_every_byte_arrives()
    {
        await using var app = await NotesApp.StartAsync(app => app.MapMethods("/notes", [HttpMethods.Query], async context =>
        {
            using var read = new MemoryStream();
            await context.Request.Body.CopyToAsync(read);
            context.Response.ContentLength = read.Length;
            await context.Response.Body.WriteAsync(read.ToArray());
        }).WithEquivalentResource().WithStoredResult());
        var all = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        var head = "QUERY /notes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/octet-stream\r\n";
        byte[] fixedLength = [.. Encoding.Latin1.GetBytes(head + "Content-Length: 256\r\n\r\n"), .. all];
        byte[] chunked =
        [
            .. Encoding.Latin1.GetBytes(head + "Transfer-Encoding: chunked\r\n\r\n80\r\n"), .. all[..128],
            .. "\r\n80\r\n"u8, .. all[128..], .. "\r\n0\r\n\r\n"u8,
        ];
        var one = await RawHttp.SendAsync(app.Port, fixedLength);
        var two = await RawHttp.SendAsync(app.Port, chunked);
        Assert.Equal(all, two.Content);
        Assert.Equal((one["Location"], one["Content-Location"]), (two["Location"], two["Content-Location"]));
        Assert.Equal(all, (await app.GetAsync(one["Location"]!)).Content);
        Assert.Equal(all, (await app.GetAsync(one["Content-Location"]!)).Content);
    }

    [Theory]
    [InlineData("""{ "match" : "c\u0061ts" }""")]
    [InlineData("""{"match":"cats"}""")]
    public async Task Content_that_a_middleware_buffers_is_repeated_as_it_was_sent(string content)
    {
        await using var app = await NotesApp.StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                context.Request.EnableBuffering();
                return next(context);
            });
            app.UseRouting();
            app.MapQuery("/notes", async (RfcQuery query, HttpContext context) =>
            {
                context.Request.Body.Position = 0;
                return await new StreamReader(context.Request.Body).ReadToEndAsync();
            }).WithEquivalentResource();
        });
        var query = await app.QueryAsync("/notes", content);
        Assert.Equal(content, query.ContentText);
        Assert.Equal(content, (await app.GetAsync(query["Location"]!)).ContentText);
    }

    [Fact]
    public async Task Content_that_a_middleware_buffers_only_if_it_is_long_has_a_URI_that_holds()
    {
        await using var app = await NotesApp.StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                if (context.Request.ContentLength > 100) context.Request.EnableBuffering();
                return next(context);
            });
            app.UseRouting();
            app.MapQuery("/notes", (RfcQuery query) => query.Match).WithEquivalentResource();
        }, o => o.MaximumStatelessLocationLength = 1000);
        foreach (var space in new[] { "", new string(' ', 200), "\n" })
        {
            var query = await app.QueryAsync("/notes", $$"""{"match":{{space}}"cats"}""");
            var get = await app.GetAsync(query["Location"]!);
            Assert.Equal((200, "cats"), (get.Status, get.ContentText));
        }
    }

    [Fact]
    public async Task Over_HTTPS_the_cache_stores_a_response_whose_result_is_stored()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(
            "CN=localhost", key, HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRouting();
                app.UseHttpQueryCache();
                app.MapSearch("/plain", "max-age=60");
                app.MapSearch("/notes", "max-age=60").WithStoredResult();
            },
            services: s => s.AddHttpQueryCache().Configure<KestrelServerOptions>(
                o => o.ConfigureEndpointDefaults(e => e.UseHttps(certificate))));
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        using var client = new HttpClient(handler);
        foreach (var path in new[] { "/plain", "/notes" })
        {
            for (var i = 0; i < 2; i++)
            {
                using var query = new HttpRequestMessage(new("QUERY"), $"https://localhost:{app.Port}{path}")
                {
                    Content = new StringContent("cats"),
                };
                using var response = await client.SendAsync(query, TestContext.Current.CancellationToken);
                Assert.Equal("found: cats", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                var status = string.Join(", ", response.Headers.GetValues("Cache-Status"));
                Assert.True(i == 0 || response.Headers.Age is not null, $"{path}: {status}");
            }
        }
    }

    private static async IAsyncEnumerable<string> EventsAsync(
        Task read, [EnumeratorCancellation] CancellationToken stop)
    {
        yield return "one";
        await read.WaitAsync(stop);
        yield return "two";
    }
}
