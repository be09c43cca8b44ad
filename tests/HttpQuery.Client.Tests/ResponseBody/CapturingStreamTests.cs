using System.IO.Compression;
using System.Net;
using System.Text;
using HttpQuery.Client.Tests.PrivateCache;

namespace HttpQuery.Client.Tests.ResponseBody;

/// <summary>Only complete responses are stored (RFC 9111 §3.3, RFC 9112 §6.3, §8).</summary>
public sealed class CapturingStreamTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Content-Length: 10\n\nhalf")]
    [InlineData("Transfer-Encoding: chunked\n\n4\nhalf\n")]
    [InlineData("Transfer-Encoding: chunked\n\n4\nhalf\n6\nand")]
    [InlineData("Transfer-Encoding: chunked\n\n4\nhalf\n0\n")]
    public async Task A_response_whose_origin_dies_fails_its_reader_and_is_not_stored(string begun)
    {
        await using var origin = Origin.Start();
        using var client = Cached.Client();

        var asking = client.TextAsync(Cached.Query(origin.Uri("/"), "{}"));
        var exchange = await origin.NextAsync();
        await exchange.SendAsync($"HTTP/1.1 200 OK\n{Cached.Fresh}\n{begun}");
        exchange.Close();
        await Assert.ThrowsAsync<HttpRequestException>(() => asking);

        await AssertNotStoredAsync(origin, client);
    }

    [Theory]
    [InlineData("Content-Length: 10\n\nhalf")]
    [InlineData("Transfer-Encoding: chunked\n\n4\nhalf\n")]
    public async Task A_reader_of_the_stream_sees_the_failure_and_reading_on_stores_nothing(string begun)
    {
        await using var origin = Origin.Start();
        using var client = Cached.Client();

        var asking = client.SendAsync(Cached.Query(origin.Uri("/"), "{}"), HttpCompletionOption.ResponseHeadersRead, Test);
        var exchange = await origin.NextAsync();
        await exchange.SendAsync($"HTTP/1.1 200 OK\n{Cached.Fresh}\n{begun}");
        using var response = await asking;
        using var stream = await response.Content.ReadAsStreamAsync(Test);
        exchange.Close();
        var bytes = new byte[100];
        await Assert.ThrowsAnyAsync<IOException>(async () => await stream.ReadExactlyAsync(bytes, Test));
        await Record.ExceptionAsync(async () => await stream.ReadAtLeastAsync(bytes, 1, throwOnEndOfStream: false, Test));

        await AssertNotStoredAsync(origin, client);
    }

    [Fact]
    public async Task A_stream_that_fails_once_and_then_ends_is_not_whole()
    {
        var count = 0;
        using var client = Cached.Client(inner: new StubHandler(request => new()
        {
            RequestMessage = request,
            Headers = { CacheControl = new() { MaxAge = TimeSpan.FromMinutes(1) }, TransferEncodingChunked = true },
            Content = new StreamContent(++count == 1 ? new FailingStream("half") : new MemoryStream("whole"u8.ToArray())),
        }));

        using (var response = await client.GetAsync(new Uri("http://localhost/"), HttpCompletionOption.ResponseHeadersRead, Test))
        {
            using var stream = await response.Content.ReadAsStreamAsync(Test);
            var bytes = new byte[100];
            await Assert.ThrowsAsync<IOException>(async () => await stream.ReadExactlyAsync(bytes, Test));
            Assert.Equal(0, await stream.ReadAtLeastAsync(bytes, 1, throwOnEndOfStream: false, Test));
        }
        Assert.Equal("200 whole", await client.TextAsync(Cached.Get(new("http://localhost/"))));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nConnection: close\n")]
    [InlineData("HTTP/1.0 200 OK\n")]
    [InlineData("HTTP/1.1 200 OK\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: none\n")]
    public async Task A_response_that_only_the_end_of_the_connection_ends_is_read_but_not_stored(string head)
    {
        await using var origin = Origin.Start();
        using var client = Cached.Client();

        var asking = client.TextAsync(Cached.Query(origin.Uri("/"), "{}"));
        var exchange = await origin.NextAsync();
        await exchange.SendAsync($"{head}{Cached.Fresh}\n\nperhaps whole");
        exchange.Close();
        Assert.Equal("200 perhaps whole", await asking);

        await AssertNotStoredAsync(origin, client);
    }

    [Fact]
    public async Task A_response_that_is_never_read_is_not_stored()
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        using var client = Cached.Client();

        using (await client.SendAsync(Cached.Query(origin.Uri("/"), "{}"), HttpCompletionOption.ResponseHeadersRead, Test)) { }

        Assert.Equal("200 second", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
    }

    [Fact]
    public async Task A_response_that_is_read_in_part_is_not_stored()
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        using var client = Cached.Client();

        using (var response = await client.SendAsync(Cached.Query(origin.Uri("/"), "{}"), HttpCompletionOption.ResponseHeadersRead, Test))
        {
            using var stream = await response.Content.ReadAsStreamAsync(Test);
            await stream.ReadExactlyAsync(new byte[4], Test);
        }

        Assert.Equal("200 second", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_last_byte_of_a_known_length_stores_without_a_further_read(bool isAsync)
    {
        await using var origin = Origin.Start(Origin.Ok("whole", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        using var client = Cached.Client();

        using var response = await client.SendAsync(Cached.Get(origin.Uri("/")), HttpCompletionOption.ResponseHeadersRead, Test);
        using var stream = await response.Content.ReadAsStreamAsync(Test);
        var bytes = new byte[5];
        if (isAsync) await stream.ReadExactlyAsync(bytes, Test);
        else stream.ReadExactly(bytes);

        Assert.Equal("200 whole", await client.TextAsync(Cached.Get(origin.Uri("/"))));
        Assert.Equal(1, origin.Count);
    }

    [Theory]
    [InlineData("204 No Content")]
    [InlineData("200 OK")]
    [InlineData("404 Not Found")]
    public async Task A_response_without_content_is_stored_though_no_caller_reads_it(string status)
    {
        var head = $"HTTP/1.1 {status}\n{Cached.Fresh}\n" + (status[0] == '2' && status[2] == '4' ? "\n" : "Content-Length: 0\n\n");
        await using var origin = Origin.Start(head, Origin.Ok("second"));
        using var client = Cached.Client();

        using (await client.SendAsync(Cached.Get(origin.Uri("/")), HttpCompletionOption.ResponseHeadersRead, Test)) { }

        Assert.Equal(status[..3] + " ", await client.TextAsync(Cached.Get(origin.Uri("/"))));
        Assert.Equal(1, origin.Count);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_decoded_response_whose_coding_is_cut_off_is_not_stored(string coding)
    {
        await using var origin = Origin.Start();
        using var client = Cached.Client(inner: new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All });

        var asking = client.TextAsync(Cached.Query(origin.Uri("/"), "{}"));
        var exchange = await origin.NextAsync();
        await exchange.SendAsync($"HTTP/1.1 200 OK\n{Cached.Fresh}\nContent-Encoding: {coding}\n\n");
        await exchange.SendAsync(Encode(coding, "a text that is long enough to be cut")[..^1]);
        exchange.Close();
        await Record.ExceptionAsync(() => asking);

        await AssertNotStoredAsync(origin, client);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_decoded_response_is_stored_decoded_and_without_its_coding(string coding)
    {
        await using var origin = Origin.Start();
        using var client = Cached.Client(inner: new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All });
        var bytes = Encode(coding, "the decoded text");

        var asking = client.TextAsync(Cached.Query(origin.Uri("/"), "{}"));
        var exchange = await origin.NextAsync();
        await exchange.SendAsync($"HTTP/1.1 200 OK\nCache-Control: max-age=0\nETag: \"1\"\nVary: Accept-Encoding\nContent-Encoding: {coding}\nTransfer-Encoding: chunked\n\n{bytes.Length:x}\n");
        await exchange.SendAsync(bytes);
        await exchange.SendAsync("\n0\n\n");
        Assert.Equal("200 the decoded text", await asking);

        // The 304 describes the encoded representation. The cache stored the decoded one.
        var validating = client.SendAsync(Cached.Query(origin.Uri("/"), "{}"), Test);
        exchange = await origin.NextAsync();
        Assert.Contains("If-None-Match: \"1\"\n", exchange.Request, StringComparison.Ordinal);
        await exchange.SendAsync($"HTTP/1.1 304 Not Modified\n{Cached.Fresh}\nETag: \"1\"\nVary: Accept-Encoding\nContent-Encoding: {coding}\nContent-Length: {bytes.Length}\n\n");
        for (var i = 0; i < 2; i++)
        {
            using var response = i == 0 ? await validating : await client.SendAsync(Cached.Query(origin.Uri("/"), "{}"), Test);
            Assert.Equal("the decoded text", await response.Content.ReadAsStringAsync(Test));
            Assert.Empty(response.Content.Headers.ContentEncoding);
            Assert.Equal(16, response.Content.Headers.ContentLength);
        }
        Assert.Equal(2, origin.Count);
    }

    private static byte[] Encode(string coding, string text)
    {
        using var encoded = new MemoryStream();
        using (Stream encoder = coding switch
        {
            "gzip" => new GZipStream(encoded, CompressionLevel.Optimal),
            "deflate" => new ZLibStream(encoded, CompressionLevel.Optimal),
            _ => new BrotliStream(encoded, CompressionLevel.Optimal),
        })
        {
            encoder.Write(Encoding.UTF8.GetBytes(text));
        }
        return encoded.ToArray();
    }

    private static async Task AssertNotStoredAsync(Origin origin, HttpClient client)
    {
        var asking = client.TextAsync(Cached.Query(origin.Uri("/"), "{}"));
        await (await origin.NextAsync()).SendAsync(Origin.Ok("second", Cached.Fresh));
        Assert.Equal("200 second", await asking.WaitAsync(TimeSpan.FromSeconds(30), Test));
    }

    private sealed class FailingStream(string begun) : MemoryStream(Encoding.UTF8.GetBytes(begun))
    {
        private bool _hasFailed;

        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position < Length || _hasFailed) return await base.ReadAsync(buffer, cancellationToken);
            _hasFailed = true;
            throw new IOException("The connection is lost.");
        }
    }
}
