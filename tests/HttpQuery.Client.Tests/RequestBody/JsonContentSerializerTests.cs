using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Client.Tests.RequestBody;

/// <summary>Query content that can be read only once: the origin gets all of it, or the caller gets an error.</summary>
public sealed class JsonContentSerializerTests
{
    private const int Limit = 1000;

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    private static PrivateCacheOptions Options => new() { MaximumContentLength = Limit };

    [Theory]
    [InlineData("channel")]
    [InlineData("lazy")]
    [InlineData("nested channel")]
    [InlineData("nested lazy")]
    [InlineData("converter")]
    public async Task What_can_be_enumerated_once_comes_whole(string kind)
    {
        foreach (var count in new[] { 0, 1, 250, 10_000, 300_000 })
        {
            await using var server = await EchoAsync();
            using var client = Cached.Client(Options);
            var numbers = Enumerable.Range(1000, count);
            object value = kind switch
            {
                "channel" => Once(numbers).ReadAllAsync(Test),
                "lazy" => OnceLazily(numbers),
                "nested channel" => new { Deep = new[] { new { Items = Once(numbers).ReadAllAsync(Test) } } },
                "nested lazy" => new { Deep = new[] { new { Items = OnceLazily(numbers) } } },
                _ => new Ticket(new(numbers)),
            };
            var expected = JsonSerializer.Serialize(numbers);
            if (kind.StartsWith("nested", StringComparison.Ordinal)) expected = $$"""{"deep":[{"items":{{expected}}}]}""";

            using var request = new HttpRequestMessage(HttpMethod.Query, server.BaseAddress + "rfcs") { Content = JsonContent.Create(value, value.GetType()) };
            Assert.Equal(expected, (await client.TextAsync(request))[4..]);
        }
    }

    [Fact]
    public async Task An_array_that_changes_while_its_request_waits_is_sent_as_it_was_looked_up()
    {
        await using var origin = Origin.Start();
        using var client = Cached.Client();
        var first = client.TextAsync(Cached.Query(origin.Uri("/"), "aaaa"));
        var exchange = await origin.NextAsync();
        var array = "aaaa"u8.ToArray();
        var second = client.TextAsync(new(HttpMethod.Query, origin.Uri("/")) { Content = new ByteArrayContent(array) { Headers = { ContentType = new("application/json") } } });
        array.AsSpan().Fill((byte)'b');
        await exchange.SendAsync(Origin.Ok("of a", "Cache-Control: no-store"));
        Assert.Equal("200 of a", await first);

        var waited = await origin.NextAsync();
        Assert.EndsWith("aaaa", waited.Request.ToString(), StringComparison.Ordinal);
        await waited.SendAsync(Origin.Ok("of a again", Cached.Fresh));
        Assert.Equal("200 of a again", await second);

        Assert.Equal("200 of a again", await client.TextAsync(Cached.Query(origin.Uri("/"), "aaaa")));
        var other = client.TextAsync(Cached.Query(origin.Uri("/"), "bbbb"));
        await (await origin.NextAsync()).SendAsync(Origin.Ok("of b", Cached.Fresh));
        Assert.Equal("200 of b", await other);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Content_that_is_not_as_long_as_it_says_fails_as_without_a_cache(int length)
    {
        using var client = Cached.Client(inner: new SocketsHttpHandler());
        using var bare = new HttpClient();
        await using var origin = Origin.Start(Origin.Ok("one"), Origin.Ok("two"));
        Assert.Equal(await FailureOf(bare), await FailureOf(client));

        async Task<string> FailureOf(HttpClient http)
        {
            using var content = new ByteArrayContent("aaaa"u8.ToArray()) { Headers = { ContentType = new("application/json"), ContentLength = length } };
            var exception = await Record.ExceptionAsync(() => http.QueryAsync(origin.Uri("/"), content, Test));
            return exception?.GetType().Name ?? "none";
        }
    }

    [Theory]
    [InlineData(Limit, 1)]
    [InlineData(Limit + 1, 2)]
    public async Task JSON_up_to_the_limit_is_stored_and_one_byte_more_comes_whole(int length, int count)
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        using var client = Cached.Client(Options);
        for (var i = 0; i < 2; i++)
        {
            using var response = await client.QueryAsJsonAsync(origin.Uri("/"), new[] { new string('x', length - 6), "" }.Select(text => text.Length == 0 ? 1 : (object)text), Test);
        }
        Assert.Equal(count, origin.Count);
        var request = (await origin.NextAsync()).Request;
        Assert.Contains(new string('x', length - 6) + "\",1]", request, StringComparison.Ordinal);
        Assert.Contains(count == 1 ? $"Content-Length: {length}\n" : "Transfer-Encoding: chunked\n", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sequence_that_waits_is_sent_as_it_comes()
    {
        await using var server = await KestrelServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(await reader.ReadToEndAsync());
        });
        using var client = Cached.Client(Options);
        var channel = Channel.CreateUnbounded<int>();
        channel.Writer.TryWrite(1);

        var asking = client.QueryAsJsonAsync(new Uri(server.BaseAddress, "/rfcs"), channel.Reader.ReadAllAsync(Test), Test);
        Assert.False(asking.IsCompleted);
        channel.Writer.TryWrite(2);
        channel.Writer.Complete();

        using var response = await asking;
        Assert.Equal("[1,2]", await response.Content.ReadAsStringAsync(Test));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task Content_that_is_sent_again_comes_whole_or_is_an_error(int count)
    {
        await using var server = await EchoAsync();
        using var client = Cached.Client(Options);
        using var content = JsonContent.Create(Once(Enumerable.Range(1000, count)).ReadAllAsync(Test));
        var expected = JsonSerializer.Serialize(Enumerable.Range(1000, count));
        for (var i = 0; i < 2; i++)
        {
            // The message is not disposed: that would dispose the content.
            var request = new HttpRequestMessage(HttpMethod.Query, server.BaseAddress + "rfcs") { Content = content };
            if (i == 1 && count > Limit)
            {
                await Assert.ThrowsAsync<QueryContentNotReplayableException>(() => client.SendAsync(request, Test));
                continue;
            }
            using var response = await client.SendAsync(request, Test);
            Assert.Equal(expected, await response.Content.ReadAsStringAsync(Test));
        }
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(10, false)]
    [InlineData(100_000, true)]
    [InlineData(100_000, false)]
    public async Task A_retry_below_or_above_sends_all_or_nothing(int count, bool isBelow)
    {
        var bodies = new List<string>();
        await using var server = await KestrelServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            bodies.Add(await reader.ReadToEndAsync());
            context.Response.StatusCode = bodies.Count == 1 ? 503 : 200;
        });
        HttpMessageHandler chain = isBelow
            ? new QueryCacheHandler(Options) { InnerHandler = new SendsTwice { InnerHandler = new SocketsHttpHandler() } }
            : new SendsTwice { InnerHandler = new QueryCacheHandler(Options) { InnerHandler = new SocketsHttpHandler() } };
        using var client = new HttpClient(chain);
        var asking = client.QueryAsJsonAsync(new Uri(server.BaseAddress, "/rfcs"), Once(Enumerable.Range(1000, count)).ReadAllAsync(Test), Test);
        if (count > Limit) Assert.IsType<QueryContentNotReplayableException>((await Assert.ThrowsAnyAsync<Exception>(() => asking)).GetBaseException());
        else (await asking).EnsureSuccessStatusCode();

        Assert.Equal(count > Limit ? 1 : 2, bodies.Count);
        Assert.All(bodies, body => Assert.Equal(JsonSerializer.Serialize(Enumerable.Range(1000, count)), body));
    }

    [Theory]
    [InlineData("ends early")]
    [InlineData("fails")]
    [InlineData("is cancelled")]
    public async Task A_sequence_that_fails_is_an_error_and_no_whole_request(string how)
    {
        var whole = 0;
        await using var server = await KestrelServer.StartAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            whole++;
        });
        foreach (var count in new[] { 10, 100_000 })
        {
            using var client = Cached.Client(Options);
            using var leaving = new CancellationTokenSource();
            var disposed = 0;
            async IAsyncEnumerable<int> Failing()
            {
                try
                {
                    for (var i = 0; i < count; i++) yield return i;
                    if (how is "is cancelled") await leaving.CancelAsync();
                    else await (how is "fails" ? Task.FromException(new IOException("broken")) : Task.FromException(new ChannelClosedException()));
                    for (var i = 0; i < count; i++) yield return i;
                }
                finally
                {
                    disposed++;
                }
            }
            await Assert.ThrowsAnyAsync<Exception>(() => client.QueryAsJsonAsync(new Uri(server.BaseAddress, "/rfcs"), Failing(), leaving.Token));
            for (var i = 0; disposed == 0 && i < 500; i++) await Task.Delay(10, Test);
            Assert.Equal(1, disposed);
        }
        Assert.Equal(0, whole);
    }

    [Fact]
    public async Task A_sequence_of_a_request_that_is_never_sent_is_disposed()
    {
        using var client = Cached.Client(Options, inner: new StubHandler(_ => throw new HttpRequestException("down")));
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
        await Assert.ThrowsAsync<HttpRequestException>(() => client.QueryAsJsonAsync("http://localhost/", Endless(), Test));
        await disposed.Task.WaitAsync(TimeSpan.FromSeconds(10), Test);
    }

    [Fact]
    public async Task Send_sends_all_of_a_lazy_sequence()
    {
        await using var server = await EchoAsync();
        using var client = Cached.Client(Options);
        var text = await BlockedSynchronizationContext.RunAsync(() =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Query, server.BaseAddress + "rfcs") { Content = JsonContent.Create(OnceLazily(Enumerable.Range(1000, 100_000))) };
            using var response = client.Send(request, Test);
            using var reader = new StreamReader(response.Content.ReadAsStream(Test));
            return reader.ReadToEnd();
        });
        Assert.Equal(JsonSerializer.Serialize(Enumerable.Range(1000, 100_000)), text);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(10_000)]
    public async Task Content_that_writes_more_than_its_length_is_an_error_and_is_written_once(int written)
    {
        await using var server = await EchoAsync();
        using var client = Cached.Client(Options);
        using var content = new Lying(length: 5, first: written);
        using var request = new HttpRequestMessage(HttpMethod.Query, server.BaseAddress + "rfcs") { Content = content };
        await Assert.ThrowsAsync<HttpRequestException>(() => client.TextAsync(request));
        Assert.Equal(1, content.Count);
    }

    private static Task<KestrelServer> EchoAsync() => KestrelServer.StartAsync(async context =>
    {
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content);
        await context.Response.Body.WriteAsync(content.ToArray());
    });

    private static ChannelReader<int> Once(IEnumerable<int> items)
    {
        var channel = Channel.CreateUnbounded<int>();
        foreach (var item in items) channel.Writer.TryWrite(item);
        channel.Writer.Complete();
        return channel.Reader;
    }

    // Like LINQ over a database reader.
    private static IEnumerable<int> OnceLazily(IEnumerable<int> items)
    {
        var queue = new Queue<int>(items);
        return Lazily();

        IEnumerable<int> Lazily()
        {
            while (queue.TryDequeue(out var item)) yield return item;
        }
    }

    [JsonConverter(typeof(Converter))]
    private sealed record Ticket(Queue<int> Numbers);

    private sealed class Converter : JsonConverter<Ticket>
    {
        public override Ticket Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Ticket value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            while (value.Numbers.TryDequeue(out var number)) writer.WriteNumberValue(number);
            writer.WriteEndArray();
        }
    }

    private sealed class SendsTwice : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (await base.SendAsync(request, cancellationToken)).Dispose();
            return await base.SendAsync(request, cancellationToken);
        }
    }

    // Declares one length, writes another the first time, and the declared one after that.
    private sealed class Lying(int length, int first) : HttpContent
    {
        public int Count { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(new byte[Count++ == 0 ? first : length]).AsTask();

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
