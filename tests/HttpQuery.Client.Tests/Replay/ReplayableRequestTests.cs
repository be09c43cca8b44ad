using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using HttpQuery.Client.Tests.PrivateCache;
using HttpQuery.Replay;
using HttpQuery.RequestBody;

namespace HttpQuery.Client.Tests.Replay;

/// <summary>Content is sent again whole, or an exception says that it cannot be.</summary>
public sealed class ReplayableRequestTests
{
    private const int Limit = 100;

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bytes", 50)]
    [InlineData("bytes", 500)]
    [InlineData("text", 500)]
    [InlineData("form", 500)]
    [InlineData("memory", 500)]
    [InlineData("empty bytes", 0)]
    [InlineData("seekable stream", 50)]
    [InlineData("unseekable stream with a length", 50)]
    [InlineData("multipart", 20)]
    [InlineData("JSON", 50)]
    [InlineData("JSON that can be enumerated once", 50)]
    [InlineData("derived from bytes", 50)]
    public async Task Content_in_memory_or_within_the_limit_is_sent_twice_with_its_length(string kind, int length)
    {
        await using var origin = Origin.Start(Origin.Ok("first"), Origin.Ok("second"));
        using var request = new HttpRequestMessage(HttpMethod.Query, origin.Uri("/")) { Content = Create(kind, length) };
        var original = request.Content;
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());

        await ReplayableRequest.PrepareAsync(request, Limit, Test);
        await ReplayableRequest.PrepareAsync(request, Limit, Test);
        (await http.SendAsync(request, Test)).Dispose();
        (await http.SendAsync(ReplayableRequest.CreateCopy(request), Test)).Dispose();
        ReplayableRequest.Restore(request, original);

        var (first, second) = ((await origin.NextAsync()).Request, (await origin.NextAsync()).Request);
        Assert.Equal(first, second);
        Assert.Contains("\nContent-Length: ", first, StringComparison.Ordinal);
        Assert.DoesNotContain("chunked", first, StringComparison.Ordinal);
        if (kind is not "multipart") Assert.Equal(length, first.Split("\n\n")[1].Length);
        Assert.Same(original, request.Content);
    }

    [Theory]
    [InlineData("seekable stream", 101)]
    [InlineData("unseekable stream with a length", 101)]
    [InlineData("unseekable stream", 50)]
    [InlineData("derived from bytes", 101)]
    [InlineData("JSON", 101)]
    [InlineData("JSON that can be enumerated once", 101)]
    public async Task Other_content_is_sent_once_and_a_copy_is_an_error_that_names_the_limit(string kind, int length)
    {
        await using var origin = Origin.Start(Origin.Ok("first"), Origin.Ok("second"));
        using var request = new HttpRequestMessage(HttpMethod.Query, origin.Uri("/")) { Content = Create(kind, length) };
        var original = request.Content;
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());

        await ReplayableRequest.PrepareAsync(request, Limit, Test);
        await ReplayableRequest.PrepareAsync(request, Limit, Test);
        (await http.SendAsync(ReplayableRequest.CreateCopy(request), Test)).Dispose();

        var exception = Assert.Throws<QueryContentNotReplayableException>(() => ReplayableRequest.CreateCopy(request));
        Assert.Contains("100 bytes", exception.Message, StringComparison.Ordinal);
        Assert.Contains("HttpQueryClientOptions.MaximumReplayLength", exception.Message, StringComparison.Ordinal);
        Assert.Null(ReplayableRequest.CreateCopy(request, method: HttpMethod.Get, keepsContent: false).Content);

        // A handler of the application sends the same content again.
        using var again = new HttpRequestMessage(HttpMethod.Query, origin.Uri("/")) { Content = request.Content };
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => http.SendAsync(again, Test));
        Assert.IsType<QueryContentNotReplayableException>(failure.GetBaseException());

        Assert.Contains(new string('1', 40), (await origin.NextAsync()).Request, StringComparison.Ordinal);
        ReplayableRequest.Restore(request, original);
        Assert.Same(original, request.Content);
    }

    [Fact]
    public async Task Content_of_other_methods_stays_as_it_is()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://localhost/") { Content = Create("unseekable stream", 50) };
        var original = request.Content;
        await ReplayableRequest.PrepareAsync(request, Limit, Test);
        Assert.Same(original, request.Content);
        Assert.Same(original, ReplayableRequest.CreateCopy(request).Content);
    }

    [Fact]
    public async Task A_copy_has_all_of_the_message_but_its_target_and_method()
    {
        using var request = new HttpRequestMessage(HttpMethod.Query, "http://localhost/a")
        {
            Content = Create("JSON", 50),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("X-Two", ["1", "2"]);
        request.Headers.TryAddWithoutValidation("If-None-Match", "not a tag");
        request.Options.Set(new HttpRequestOptionsKey<string>("tenant"), "ann");
        using var response = new HttpResponseMessage { RequestMessage = request };
        QueryResponseInfo.Update(response, 1, (info, count) => info with { Redirects = count });
        await ReplayableRequest.PrepareAsync(request, Limit, Test);

        var copy = ReplayableRequest.CreateCopy(request, new("http://localhost/b"), HttpMethod.Post);

        Assert.Equal(("POST", "http://localhost/b"), (copy.Method.Method, copy.RequestUri!.ToString()));
        Assert.Equal((request.Version, request.VersionPolicy), (copy.Version, copy.VersionPolicy));
        Assert.Same(request.Content, copy.Content);
        Assert.Equal(request.Headers.NonValidated.ToString(), copy.Headers.NonValidated.ToString());
        Assert.Equal(["1", "2"], copy.Headers.NonValidated["X-Two"]);
        Assert.Equal("not a tag", copy.Headers.NonValidated["If-None-Match"].ToString());
        Assert.Equal("tenant", Assert.Single(copy.Options).Key);
        Assert.True(copy.Options.TryGetValue(new HttpRequestOptionsKey<string>("tenant"), out var tenant));
        Assert.Equal("ann", tenant);
    }

    [Fact]
    public async Task Content_that_is_never_sent_ends_its_sequence()
    {
        var disposed = new TaskCompletionSource();
        async IAsyncEnumerable<int> Endless()
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    if (i < 0) await Task.Yield();
                    yield return i;
                }
            }
            finally
            {
                disposed.SetResult();
            }
        }
        using var request = new HttpRequestMessage(HttpMethod.Query, "http://localhost/") { Content = JsonContent.Create(Endless()) };
        var original = request.Content;
        await ReplayableRequest.PrepareAsync(request, Limit, Test);
        ReplayableRequest.Restore(request, original);
        await disposed.Task.WaitAsync(TimeSpan.FromSeconds(10), Test);
    }

    [Fact]
    public async Task Longer_content_that_a_larger_limit_admits_is_buffered_after_all()
    {
        using var request = new HttpRequestMessage(HttpMethod.Query, "http://localhost/") { Content = Create("seekable stream", 101) };
        await ReplayableRequest.PrepareAsync(request, Limit, Test);
        await ReplayableRequest.PrepareAsync(request, 2 * Limit, Test);
        for (var i = 0; i < 2; i++)
            Assert.Equal(101, (await ReplayableRequest.CreateCopy(request).Content!.ReadAsByteArrayAsync(Test)).Length);
    }

    [Fact]
    public async Task The_original_counts_as_the_content_that_was_sent()
    {
        using var request = new HttpRequestMessage(HttpMethod.Query, "http://localhost/") { Content = Create("JSON", 50) };
        var original = request.Content;
        await ReplayableRequest.PrepareAsync(request, Limit, Test);
        Assert.IsType<BufferedContent>(request.Content);
        Assert.True(ReplayableRequest.IsSameContent(original, request.Content));
        Assert.False(ReplayableRequest.IsSameContent(new StringContent(""), request.Content));
        Assert.False(ReplayableRequest.IsSameContent(null, request.Content));
    }

    [Fact]
    public async Task The_content_of_a_cached_query_is_the_callers_afterwards()
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        using var client = Cached.Client();
        foreach (var expected in new[] { "200 first", "200 first" })
        {
            using var content = Create("JSON", 50);
            using var request = new HttpRequestMessage(HttpMethod.Query, origin.Uri("/")) { Content = content };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Test);
            Assert.Same(content, request.Content);
            Assert.Equal(expected, "200 " + await response.Content.ReadAsStringAsync(Test));
        }
    }

    private static HttpContent Create(string kind, int length)
    {
        var bytes = Encoding.ASCII.GetBytes(new string('1', length));
        HttpContent content = kind switch
        {
            "bytes" or "empty bytes" => new ByteArrayContent(bytes),
            "text" => new StringContent(new string('1', length)),
            "form" => new FormUrlEncodedContent([new("q", new string('1', length - 2))]),
            "memory" => new ReadOnlyMemoryContent(bytes),
            "seekable stream" => new StreamContent(new MemoryStream(bytes)),
            "unseekable stream" => new StreamContent(new Unseekable(bytes)),
            "unseekable stream with a length" => new StreamContent(new Unseekable(bytes)) { Headers = { ContentLength = length } },
            "multipart" => new MultipartContent("mixed", "b") { new ByteArrayContent(bytes) },
            "derived from bytes" => new Derived(bytes),
            "JSON" => JsonContent.Create(new string('1', length - 2)),
            _ => JsonContent.Create(Once(new string('1', length - 4)).ReadAllAsync(Test)),
        };
        if (kind is not ("multipart" or "form")) content.Headers.ContentType = new("application/json");
        return content;
    }

    private static ChannelReader<string> Once(string item)
    {
        var channel = Channel.CreateUnbounded<string>();
        channel.Writer.TryWrite(item);
        channel.Writer.Complete();
        return channel.Reader;
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }

    // Sends other bytes each time, as content of an application may.
    private sealed class Derived(byte[] bytes) : ByteArrayContent(bytes)
    {
        private readonly byte[] _bytes = bytes;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var sent = _bytes.ToArray();
            _bytes[0]++;
            return stream.WriteAsync(sent).AsTask();
        }
    }
}
