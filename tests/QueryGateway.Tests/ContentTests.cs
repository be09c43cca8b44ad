using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>Content passes octet by octet in both directions, whatever its length and framing, looked up or not.</summary>
public class ContentTests
{
    private static readonly int[] Lengths = [0, 1, 64 * 1024, 1024 * 1024, (1024 * 1024) + 1, 5_000_000];

    [Theory]
    [InlineData("length", "--no-cache")]
    [InlineData("chunked", "--no-cache")]
    [InlineData("h2c", "--no-cache")]
    [InlineData("length", "--no-cache=false")]
    [InlineData("chunked", "--no-cache=false")]
    [InlineData("h2c", "--no-cache=false")]
    public async Task What_is_sent_comes_and_what_comes_is_sent(string framing, string cache)
    {
        await using var origin = Echo(framing is "chunked");
        await using var gateway = await RunningGateway.StartAsync(origin, cache, "--h2c", "http://127.0.0.1:0");
        await EchoesAsync(gateway, origin, framing);
    }

    [Theory]
    [InlineData("length")]
    [InlineData("chunked")]
    public async Task The_same_where_somebody_has_put_another_stream_in_the_place_of_the_body(string framing)
    {
        await using var origin = Echo(framing is "chunked");
        await using var gateway = await RunningGateway.StartAsync(origin.Url, builder => builder.Services.AddSingleton<IStartupFilter, BodyReplacement>());
        await EchoesAsync(gateway, origin, framing);
    }

    [Fact]
    public async Task A_client_that_waits_for_100_gets_it()
    {
        await using var origin = Echo(chunked: false);
        await using var gateway = await RunningGateway.StartAsync(origin);
        foreach (var method in new[] { "QUERY", "POST" })
        {
            using var client = gateway.Client(http2: false);
            using var request = Request(method, "/x", "content"u8.ToArray(), "length");
            request.Headers.ExpectContinue = true;
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal("content", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_client_that_waits_for_100_sends_nothing_where_the_origin_will_not_have_it()
    {
        await using var origin = Origin.Start(async (_, stream) =>
        {
            await stream.WriteAsync(Origin.Octets("HTTP/1.1 417 Expectation Failed\nContent-Length: 0\n\n"));
            return false;
        }, readsContent: false);
        await using var gateway = await RunningGateway.StartAsync(origin);

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, gateway.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Origin.Octets("POST /x HTTP/1.1\nHost: localhost\nExpect: 100-continue\nContent-Length: 1000000000\n\n"), TestContext.Current.CancellationToken);

        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("HTTP/1.1 417 Expectation Failed", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    private static async Task EchoesAsync(RunningGateway gateway, Origin origin, string framing)
    {
        using var client = gateway.Client(http2: framing is "h2c");
        foreach (var length in Lengths)
        {
            var content = new byte[length];
            new Random(length).NextBytes(content);
            foreach (var method in new[] { "QUERY", "POST" })
            {
                // Twice: the second may be out of the cache.
                var before = origin.Count;
                for (var i = 0; i < 2; i++)
                {
                    using var request = Request(method, $"/{length}", content, framing);
                    using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
                    var received = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
                    Assert.True(response.IsSuccessStatusCode, $"{method} {length}: {(int)response.StatusCode} {Encoding.UTF8.GetString(received.AsSpan(0, Math.Min(received.Length, 500)))}");
                    Assert.True(received.AsSpan().SequenceEqual(content), $"{method} {length}: another content came back");
                }
                for (var i = origin.Count - before; i > 0; i--)
                {
                    var forwarded = await origin.NextRequestAsync();
                    Assert.True(forwarded.Content.AsSpan().SequenceEqual(content), $"{method} {length}: another content came to the origin");
                }
            }
        }
    }

    private static HttpRequestMessage Request(string method, string target, byte[] content, string framing)
    {
        var request = new HttpRequestMessage(new(method), target)
        {
            Content = new ByteArrayContent(content),
            Version = framing is "h2c" ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        if (framing is "chunked") request.Headers.TransferEncodingChunked = true;
        return request;
    }

    private static Origin Echo(bool chunked) => Origin.Start(async (request, stream) =>
    {
        var head = "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Type: application/octet-stream\r\n";
        if (!chunked)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{head}Content-Length: {request.Content.Length}\r\n\r\n")));
            await stream.WriteAsync(request.Content);
            return true;
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}Transfer-Encoding: chunked\r\n\r\n"));
        foreach (var chunk in request.Content.Chunk(10_000))
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{chunk.Length:x}\r\n")));
            await stream.WriteAsync(chunk);
            await stream.WriteAsync("\r\n"u8.ToArray());
        }
        await stream.WriteAsync("0\r\n\r\n"u8.ToArray());
        return true;
    });

    // As a middleware does that decodes or counts.
    private sealed class BodyReplacement : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                context.Request.Body = new BufferedStream(context.Request.Body, 1000);
                return rest(context);
            });
            next(app);
        };
    }

    [Theory]
    [InlineData(501, "Transfer-Encoding: gzip, chunked")]
    [InlineData(501, "Transfer-Encoding: gzip", "Transfer-Encoding: chunked")]
    [InlineData(200, "Transfer-Encoding: Chunked")]
    public async Task What_is_coded_for_one_connection_is_not_forwarded_as_if_it_were_not(int status, params string[] fields)
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nContent-Length: 0\n\n");
        await using var gateway = await RunningGateway.StartAsync(origin);

        var response = await RawHttp.SendAsync(gateway.Port,
            $"QUERY /x HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nConnection: close\r\n{string.Concat(fields.Select(field => $"{field}\r\n"))}\r\n1\r\nq\r\n0\r\n\r\n");

        Assert.Equal(status, response.Status);
        Assert.Equal(status is 200 ? 1 : 0, origin.Count);
    }
}
