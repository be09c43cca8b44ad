using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests;

/// <summary>Requests made to do harm: each has its 4xx, and the server answers the next one (RFC 10008 §4).</summary>
public sealed class SecurityConsiderationsTests : IAsyncLifetime
{
    private const int MaximumLine = 1_000;
    private const int MaximumFields = 32 * 1024;
    private const int MaximumContent = 100_000;
    private const string Json = "Content-Type: application/json";

    private static readonly string[] Paths = ["/hostile/minimal", "/hostile/mvc", "/hostile/raw", "/hostile/typed", "/hostile/minimal-keyed", "/hostile/mvc-keyed"];

    private QueryServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await QueryServer.StartAsync(
        app =>
        {
            // It makes a 500 of every exception that comes by.
            app.UseExceptionHandler();
            app.MapControllers();
            app.MapQuery("/hostile/minimal", async (RfcQuery query, HttpContext context) =>
                await context.CheckConditionsAsync(new EntityTag("v1")) ?? QueryResults.Bytes("found"u8.ToArray(), "text/plain"));
            app.MapQuery("/hostile/raw", async (HttpContext context) =>
                await context.CheckConditionsAsync(new EntityTag("v1")) ?? QueryResults.Bytes("found"u8.ToArray(), "text/plain")).WithAcceptQuery("application/json");
            app.MapQuery("/hostile/typed", (query, context) => Task.FromResult<IResult>(QueryResults.Bytes("found"u8.ToArray(), "text/plain", new EntityTag("v1"))), TestJson.Default.RfcQuery);
            app.MapQuery("/hostile/minimal-keyed", (RfcQuery query) => "found").WithQueryKey();
        },
        builder =>
        {
            builder.Services.AddControllers();
            builder.Services.AddProblemDetails();
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Limits.MaxRequestLineSize = MaximumLine;
                kestrel.Limits.MaxRequestHeadersTotalSize = MaximumFields;
                kestrel.Limits.MaxRequestBodySize = MaximumContent;
                kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1_000, gracePeriod: TimeSpan.FromSeconds(1.1));
            });
        });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public Task One_octet_over_the_request_line_is_414() => EachAsync(async path =>
    {
        var longest = MaximumLine - "QUERY  HTTP/1.1\r\n".Length - path.Length - "?".Length;

        Assert.Equal(200, (await SendAsync($"{path}?{new string('x', longest)}", "{}", Json)).Status);
        Assert.Equal(414, (await SendAsync($"{path}?{new string('x', longest + 1)}", "{}", Json)).Status);
    });

    [Fact]
    public Task Fields_over_their_limit_in_octets_or_in_number_are_431() => EachAsync(async path =>
    {
        Assert.Equal(431, (await SendAsync(path, "{}", Json, $"X: {new string('x', MaximumFields)}")).Status);
        Assert.Equal(431, (await SendAsync(path, "{}", [Json, .. Enumerable.Range(0, 100).Select(i => $"X-{i}: x")])).Status);
    });

    [Fact]
    public Task One_octet_over_the_content_is_413() => EachAsync(async path =>
    {
        var content = Padded(MaximumContent);
        Assert.Equal(200, (await SendAsync(path, content, Json)).Status);
        Assert.Equal(413, (await SendAsync(path, content + " ", Json)).Status);

        // Kestrel counts the framing of chunks too.
        Assert.Equal(200, (await RawHttp.SendAsync(_server.Port, Chunked(path, $"{MaximumContent - 20:x}\r\n{Padded(MaximumContent - 20)}\r\n0\r\n\r\n"))).Status);
        Assert.Equal(413, (await RawHttp.SendAsync(_server.Port, Chunked(path, $"{MaximumContent + 1:x}\r\n{content} \r\n0\r\n\r\n"))).Status);
    });

    [Fact]
    public Task Content_that_never_ends_is_408() => EachAsync(async path =>
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _server.Port, patience.Token);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Chunked(path, "1\r\n{\r\n")), patience.Token);
        using var received = new MemoryStream();
        var answer = stream.CopyToAsync(received, patience.Token);
        try
        {
            while (!answer.IsCompleted)
            {
                await stream.WriteAsync("1\r\n \r\n"u8.ToArray(), patience.Token);
                await Task.WhenAny(answer, Task.Delay(100, patience.Token));
            }
            await answer;
        }
        catch (IOException)
        {
            // The server has closed while the next piece was on its way.
        }
        Assert.Equal(408, RawResponse.Parse(received.ToArray()).Status);
    });

    [Fact]
    public Task Deep_json_is_400() => EachAsync(
        async path =>
        {
            var response = await SendAsync(path, string.Concat(Enumerable.Repeat("{\"a\":", 10_000)), Json);

            AssertLocated(response);
        },
        readsContent: true);

    [Fact]
    public Task Invalid_utf8_is_400() => EachAsync(
        async path =>
        {
            foreach (var octets in new[] { "\xFF", "\xC3", "\xED\xA0\x80", "\xC0\xAF" })
            {
                var content = "{\"match\":\"" + octets + "\"}";
                var response = await RawHttp.SendAsync(_server.Port, $"QUERY {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{Json}\r\nContent-Length: {content.Length}\r\n\r\n{content}");

                AssertLocated(response);
            }
        },
        readsContent: true);

    [Fact]
    public Task Two_content_types_are_400() => EachAsync(async path =>
    {
        Assert.Equal(400, (await SendAsync(path, "{}", Json, Json)).Status);
        Assert.Equal(400, (await SendAsync(path, "{}", Json, "Content-Type: text/plain")).Status);
        Assert.Equal(400, (await SendAsync(path, "{}", "Content-Type: application/json, text/plain")).Status);
    });

    [Fact]
    public Task Thousands_of_parameters_tags_members_and_ranges_are_read_or_refused() => EachAsync(async path =>
    {
        // As many as a request can hold; 10,000 of each are read by the parsers' own tests.
        Assert.Equal(200, (await SendAsync(path, "{}", $"{Json}{Repeat(";a=1", 7_000)}")).Status);
        Assert.Equal(400, (await SendAsync(path, "{}", $"{Json}{Repeat(";a=1", 7_000)};a")).Status);
        Assert.Equal(415, (await SendAsync(path, "{}", $"Content-Type: text/plain{Repeat(";a=1", 7_000)}")).Status);
        Assert.Equal(431, (await SendAsync(path, "{}", $"{Json}{Repeat(";a=1", 10_000)}")).Status);
        if (path.EndsWith("keyed", StringComparison.Ordinal)) return;

        Assert.Equal(200, (await SendAsync(path, "{}", Json, $"If-None-Match: \"a\"{Repeat(",\"a\"", 7_000)}")).Status);
        Assert.Equal(304, (await SendAsync(path, "{}", Json, $"If-None-Match: \"a\"{Repeat(",\"a\"", 7_000)},\"v1\"")).Status);
        Assert.Equal(412, (await SendAsync(path, "{}", Json, $"If-Match: \"a\"{Repeat(",\"a\"", 7_000)}")).Status);
        Assert.Equal(416, (await SendAsync(path, "{}", Json, $"Range: bytes=0-0{Repeat(",0-0", 7_000)}")).Status);
        Assert.Equal(431, (await SendAsync(path, "{}", Json, $"Range: bytes=0-0{Repeat(",0-0", 10_000)}")).Status);
    });

    [Fact]
    public Task A_connection_that_breaks_off_harms_nobody() => EachAsync(async path =>
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, _server.Port, TestContext.Current.CancellationToken);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"QUERY {path} HTTP/1.1\r\nHost: x\r\n{Json}\r\nContent-Length: 100\r\n\r\n{{"), TestContext.Current.CancellationToken);
        }
    });

    // With AddProblemDetails and MVC, MVC writes problem details, and adds a charset.
    private static void AssertLocated(RawResponse response)
    {
        Assert.Equal(400, response.Status);
        Assert.StartsWith("application/problem+json", response["Content-Type"], StringComparison.Ordinal);
        Assert.Contains("\"line\":1", response.ContentText, StringComparison.Ordinal);
    }

    // After each attack on each kind of endpoint, the same endpoint answers.
    private async Task EachAsync(Func<string, Task> attack, bool readsContent = false)
    {
        await Task.WhenAll(Paths.Where(path => !readsContent || !path.EndsWith("raw", StringComparison.Ordinal)).Select(async path =>
        {
            try
            {
                await attack(path);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{path}: {exception.Message}", exception);
            }
            Assert.Equal((200, "found"), (await SendAsync(path, "{}", Json) is var after ? after.Status : 0, after.ContentText));
        }));
    }

    private Task<RawResponse> SendAsync(string target, string content, params string[] fields) => _server.SendAsync($"QUERY {target}", content: content, fields: fields);

    private static string Chunked(string path, string chunks) =>
        $"QUERY {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{Json}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}";

    private static string Padded(int length) => "{\"match\":\"" + new string('x', length - 12) + "\"}";

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();
}
