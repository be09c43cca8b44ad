using System.Net;
using System.Net.Http.Json;
using System.Text;
using HttpQuery.CacheKeys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary><see cref="QueryCacheHandler"/>: hits, misses, conditions and limits on the wire (RFC 9111, RFC 10008 §2.7).</summary>
public sealed class QueryCacheHandlerTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", """{ "a" : 1 }""", "application/json", 1)]
    [InlineData("/", """{"\u0061":1}""", "application/json", 1)]
    [InlineData("/", """{"a":2}""", "application/json", 2)]
    [InlineData("/", """{"a":1}""", "application/sql", 2)]
    [InlineData("/?x", """{"a":1}""", "application/json", 2)]
    public async Task A_query_hits_what_asks_the_same(string target, string content, string mediaType, int count)
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        using var client = Cached.Client(new() { Normalizations = QueryNormalizations.JsonSpelling });
        await client.TextAsync(Cached.Query(origin.Uri("/"), """{"a":1}"""));

        using var request = new HttpRequestMessage(new HttpMethod("query"), origin.Uri(target)) { Content = Wire.Content(mediaType, content) };
        Assert.Equal(count == 1 ? "200 first" : "200 second", await client.TextAsync(request));
        Assert.Equal(count, origin.Count);
    }

    [Fact]
    public async Task POST_invalidates_GET_and_QUERY_of_its_URI_and_HEAD_is_answered_from_GET()
    {
        await using var origin = Origin.Start(request => Origin.Ok(request[..request.IndexOf(' ', StringComparison.Ordinal)], Cached.Fresh));
        using var client = Cached.Client();
        for (var i = 1; i <= 2; i++)
        {
            for (var j = 0; j < 2; j++)
            {
                Assert.Equal("200 GET", await client.TextAsync(Cached.Get(origin.Uri("/"))));
                Assert.Equal("200 QUERY", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
            }
            using (var head = await client.SendAsync(new(HttpMethod.Head, origin.Uri("/")), Test)) Assert.Equal(3, head.Content.Headers.ContentLength);
            Assert.Equal((3 * i) - 1, origin.Count);
            Assert.Equal("200 POST", await client.TextAsync(new(HttpMethod.Post, origin.Uri("/"))));
        }
    }

    [Fact]
    public async Task A_validation_puts_its_conditions_in_the_place_of_the_caller_s_and_puts_those_back()
    {
        await using var origin = Origin.Start(
            Origin.Ok("first", "Cache-Control: max-age=0", "ETag: \"1\""), $"HTTP/1.1 304 Not Modified\nETag: \"1\"\n{Cached.Fresh}\n\n");
        using var client = Cached.Client();
        await client.TextAsync(Cached.Query(origin.Uri("/"), "{}"));
        await origin.NextAsync();

        using var request = Cached.Query(origin.Uri("/"), "{}", "If-None-Match: \"mine\"", "Range: bytes=0-1");
        using var response = await client.SendAsync(request, Test);

        Assert.Equal("fi", await response.Content.ReadAsStringAsync(Test));
        var sent = (await origin.NextAsync()).Request;
        Assert.Contains("If-None-Match: \"1\"\n", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("Range", sent, StringComparison.Ordinal);
        Assert.Equal("\"mine\"", request.Headers.IfNoneMatch.Single().Tag);
        Assert.Equal("bytes=0-1", request.Headers.Range!.ToString());
    }

    [Fact]
    public async Task Conditions_parts_and_wishes_of_a_caller_are_answered_out_of_the_cache()
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh, "ETag: \"1\""), Origin.Ok("second"));
        using var client = Cached.Client();

        Assert.Equal("504 ", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}", "Cache-Control: only-if-cached")));
        await client.TextAsync(Cached.Query(origin.Uri("/"), "{}"));
        Assert.Equal("304 ", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}", "If-None-Match: \"1\"")));
        Assert.Equal("206 irs", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}", "Range: bytes=1-3")));
        Assert.Equal("200 first", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}", "Cache-Control: only-if-cached")));
        Assert.Equal(1, origin.Count);
        Assert.Equal("200 second", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}", "Cache-Control: no-store")));
        Assert.Equal("200 first", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
    }

    [Fact]
    public async Task What_says_no_store_is_not_stored()
    {
        await using var origin = Origin.Start(Origin.Ok("first", "Cache-Control: no-store, max-age=60"), Origin.Ok("second"));
        using var client = Cached.Client();

        Assert.Equal("200 first", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
        Assert.Equal("200 second", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
    }

    [Fact]
    public async Task Malformed_fields_come_as_they_were_sent_first_and_stored()
    {
        await using var origin = Origin.Start(Origin.Ok("x", Cached.Fresh, "Content-Type: no type", "Last-Modified: once", "Content-Language: ;;"));
        using var client = Cached.Client();
        for (var i = 0; i < 2; i++)
        {
            using var response = await client.GetAsync(origin.Uri("/"), Test);
            Assert.Equal("no type", response.Content.Headers.NonValidated["Content-Type"].ToString());
            Assert.Equal("once", response.Content.Headers.NonValidated["Last-Modified"].ToString());
            Assert.Equal(";;", response.Content.Headers.NonValidated["Content-Language"].ToString());
        }
        Assert.Equal(1, origin.Count);
    }

    [Theory]
    [InlineData("bytes", 20, 1)]
    [InlineData("bytes", 21, 2)]
    [InlineData("json", 20, 1)]
    [InlineData("json", 21, 2)]
    [InlineData("stream", 20, 2)]
    [InlineData("stream", 21, 2)]
    [InlineData("parts", 500, 2)]
    public async Task Content_over_the_limit_or_of_a_stream_passes_by_and_comes_whole(string kind, int length, int count)
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        using var client = Cached.Client(new() { MaximumContentLength = 20 });
        var text = new string('x', kind is "json" ? length - 2 : length);
        for (var i = 0; i < 2; i++)
        {
            using var content = kind switch
            {
                "bytes" => new ByteArrayContent(Encoding.UTF8.GetBytes(text)) { Headers = { { "Content-Type", "text/plain" } } },
                "json" => JsonContent.Create(text),
                "stream" => new StreamContent(new OneWayStream(text)),
                _ => (HttpContent)new MultipartContent("mixed", "b") { new StreamContent(new OneWayStream(text)) },
            };
            using var request = new HttpRequestMessage(HttpMethod.Query, origin.Uri("/")) { Content = content };
            Assert.Equal(i == 0 || count == 1 ? "200 first" : "200 second", await client.TextAsync(request));
        }
        Assert.Equal(count, origin.Count);
        for (var i = 0; i < count; i++) Assert.Contains(text, (await origin.NextAsync()).Request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(101, 2)]
    public async Task A_response_over_the_limit_streams_through_whole_and_is_not_stored(int length, int count)
    {
        var text = new string('x', length);
        await using var origin = Origin.Start(
            $"HTTP/1.1 200 OK\n{Cached.Fresh}\nTransfer-Encoding: chunked\n\n{length:x}\n{text}\n0\n\n", Origin.Ok(text, Cached.Fresh));
        using var client = Cached.Client(new() { MaximumResponseLength = 100 });

        for (var i = 0; i < 3; i++) Assert.Equal("200 " + text, await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
        Assert.Equal(count == 1 ? 1 : 3, origin.Count);
    }

    [Fact]
    public async Task The_first_bytes_can_be_read_while_the_origin_holds_back_the_rest()
    {
        await using var origin = Origin.Start();
        using var client = Cached.Client();
        var asking = client.SendAsync(Cached.Query(origin.Uri("/"), "{}"), HttpCompletionOption.ResponseHeadersRead, Test);
        var exchange = await origin.NextAsync();
        await exchange.SendAsync($"HTTP/1.1 200 OK\n{Cached.Fresh}\nContent-Length: 10\n\nfirst");
        using var response = await asking;
        using var stream = await response.Content.ReadAsStreamAsync(Test);
        var bytes = new byte[5];
        await stream.ReadExactlyAsync(bytes, Test);
        Assert.Equal("first"u8.ToArray(), bytes);
        await exchange.SendAsync("-rest");
        await stream.ReadExactlyAsync(bytes, Test);

        Assert.Equal("200 first-rest", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
        Assert.Equal(1, origin.Count);
    }

    [Fact]
    public async Task Over_HTTP_2_a_query_is_answered_once_by_the_origin()
    {
        var count = 0;
        await using var server = await KestrelServer.StartAsync(async context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.WriteAsync($"{context.Request.Protocol} {Interlocked.Increment(ref count)}");
        }, HttpProtocols.Http2);
        using var client = Cached.Client();
        for (var i = 0; i < 2; i++)
        {
            using var request = Cached.Query(new(server.BaseAddress, "/rfcs"), "{}");
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            Assert.Equal("200 HTTP/2 1", await client.TextAsync(request));
        }
    }

    private sealed class OneWayStream(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override bool CanSeek => false;
    }
}
