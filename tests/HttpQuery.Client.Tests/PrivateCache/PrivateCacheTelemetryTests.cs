using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>Metrics, logs and <c>Cache-Status</c> of the caches of <c>AddHttpClient</c> clients (RFC 9211).</summary>
public sealed class PrivateCacheTelemetryTests : IAsyncDisposable
{
    private const string Stored = "fwd=uri-miss; fwd-status=200; stored; ttl=60";

    private readonly CacheMeter _meter = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private ServiceProvider? _services;

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _meter.Dispose();
        if (_services is not null) await _services.DisposeAsync();
    }

    [Fact]
    public async Task By_default_no_header_is_added_and_that_of_another_cache_stays()
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh, "Cache-Status: up; hit"), Origin.Ok("second", Cached.Fresh));
        var client = Client("api");
        for (var i = 0; i < 2; i++) Assert.Equal("200 first (up; hit)", await SendAsync(client, Cached.Get(origin.Uri("/a"))));
        for (var i = 0; i < 2; i++) Assert.Equal("200 second ()", await SendAsync(client, Cached.Get(origin.Uri("/b"))));
        Assert.Equal(["miss GET api", "hit GET api", "miss GET api", "hit GET api"], _meter.Requests);
    }

    [Fact]
    public async Task With_AddCacheStatus_each_response_has_a_line_behind_those_of_other_caches()
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh, "Cache-Status: up; hit"), Origin.Ok("second", "Cache-Control: no-store"));
        var client = Client("api", o => o.AddCacheStatus = true);
        Assert.Equal($"200 first (up; hit|api; {Stored})", await SendAsync(client, Cached.Query(origin.Uri("/a"), "{}")));
        Assert.Equal("200 first (up; hit|api; hit; ttl=60)", await SendAsync(client, Cached.Query(origin.Uri("/a"), "{}")));
        Assert.Equal("504  (api; detail=only-if-cached)", await SendAsync(client, Cached.Query(origin.Uri("/b"), "{}", "Cache-Control: only-if-cached")));
        Assert.Equal("200 second (api; fwd=uri-miss; fwd-status=200; detail=no-store)", await SendAsync(client, Cached.Query(origin.Uri("/b"), "{}")));
        Assert.Equal(["miss QUERY api", "hit QUERY api", "refused QUERY api", "miss QUERY api"], _meter.Requests);
    }

    [Theory]
    [InlineData("rfcs", "rfcs", "rfcs")]
    [InlineData("my api", "my api", "\"my api\"")]
    [InlineData("Schlüssel", "HttpQuery", "HttpQuery")]
    [InlineData("a\nb", "HttpQuery", "HttpQuery")]
    [InlineData("", "HttpQuery", "HttpQuery")]
    public async Task The_name_of_the_client_is_that_of_its_cache(string client, string label, string name)
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh));
        Assert.Equal($"200 first ({name}; {Stored})", await SendAsync(Client(client, o => o.AddCacheStatus = true), Cached.Get(origin.Uri("/"))));
        Assert.Equal([$"miss GET {label}"], _meter.Requests);
    }

    [Fact]
    public async Task A_response_to_a_redirected_request_is_a_miss()
    {
        await using var origin = Origin.Start(request => request.StartsWith("GET /a ", StringComparison.Ordinal) ? "HTTP/1.1 302 Found\nLocation: /b\nContent-Length: 0\n\n" : Origin.Ok("there", Cached.Fresh));
        var client = Client("api", o => o.AddCacheStatus = true);
        for (var i = 0; i < 2; i++) Assert.Equal("200 there (api; fwd=uri-miss; fwd-status=200; detail=redirected)", await SendAsync(client, Cached.Get(origin.Uri("/a"))));
        Assert.Equal(["miss GET api", "miss GET api"], _meter.Requests);
    }

    [Fact]
    public async Task A_response_that_only_the_end_of_the_connection_ends_is_a_miss()
    {
        await using var origin = Origin.Start();
        var asking = SendAsync(Client("api", o => o.AddCacheStatus = true), Cached.Get(origin.Uri("/")));
        var exchange = await origin.NextAsync();
        await exchange.SendAsync($"HTTP/1.1 200 OK\n{Cached.Fresh}\n\nopen");
        exchange.Close();
        Assert.Equal("200 open (api; fwd=uri-miss; fwd-status=200; detail=unframed)", await asking);
        Assert.Equal(["miss GET api"], _meter.Requests);
    }

    [Fact]
    public async Task A_response_to_a_user_that_was_not_known_is_a_miss()
    {
        await using var origin = Origin.Start(Origin.Ok("of anna", Cached.Fresh));
        CredentialHandler.User = "anna";
        var client = Client("api", o => o.AddCacheStatus = true, builder => builder.AddHttpMessageHandler(() => new CredentialHandler(CredentialHandlerKind.InPlace)));
        for (var i = 0; i < 2; i++) Assert.Equal("200 of anna (api; fwd=uri-miss; fwd-status=200; detail=unknown-user)", await SendAsync(client, Cached.Get(origin.Uri("/"))));
        Assert.Equal(["miss GET api", "miss GET api"], _meter.Requests);
    }

    [Theory]
    [InlineData(10, "hit; ttl=60", "hit")]
    [InlineData(11, "fwd=uri-miss; fwd-status=200; detail=too-long", "miss")]
    public async Task A_response_that_is_longer_than_the_limit_passes_whole(int length, string second, string label)
    {
        var content = new string('a', length);
        await using var origin = Origin.Start(Origin.Ok(content, Cached.Fresh));
        var client = Client("api", o => (o.AddCacheStatus, o.MaximumResponseLength) = (true, 10));
        Assert.StartsWith($"200 {content} (api; fwd=uri-miss; fwd-status=200; ", await SendAsync(client, Cached.Get(origin.Uri("/"))), StringComparison.Ordinal);
        Assert.Equal($"200 {content} (api; {second})", await SendAsync(client, Cached.Get(origin.Uri("/"))));
        Assert.Equal(["miss GET api", $"{label} GET api"], _meter.Requests);
    }

    [Fact]
    public async Task A_response_of_unknown_length_that_is_longer_than_the_limit_passes_whole()
    {
        await using var origin = Origin.Start($"HTTP/1.1 200 OK\n{Cached.Fresh}\nTransfer-Encoding: chunked\n\n6\nfirst \n6\nsecond\n0\n\n");
        var client = Client("api", o => o.MaximumResponseLength = 10);
        for (var i = 0; i < 2; i++) Assert.Equal("200 first second ()", await SendAsync(client, Cached.Get(origin.Uri("/"))));
        Assert.Equal(["miss GET api", "miss GET api"], _meter.Requests);
        Assert.Equal(0, _meter.Pending);
    }

    [Fact]
    public async Task The_second_of_two_requests_is_answered_though_the_first_response_is_not_read()
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        var client = Client("api", o => o.AddCacheStatus = true);
        using var unread = await client.SendAsync(Cached.Query(origin.Uri("/"), "{}"), HttpCompletionOption.ResponseHeadersRead, Test);
        var second = SendAsync(client, Cached.Query(origin.Uri("/"), "{}"));
        Assert.False(second.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal("200 second (api; fwd=uri-miss; fwd-status=200; stored; collapsed=?0; ttl=60)", await second);
        Assert.Equal("first", await unread.Content.ReadAsStringAsync(Test));
    }

    [Fact]
    public async Task Responses_that_are_never_read_nor_disposed_hold_others_for_a_moment_only()
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh), Origin.Ok("third", Cached.Fresh));
        var client = Client("api");
        await client.SendAsync(Cached.Get(origin.Uri("/")), HttpCompletionOption.ResponseHeadersRead, Test);
        var second = client.SendAsync(Cached.Get(origin.Uri("/")), HttpCompletionOption.ResponseHeadersRead, Test);
        Task<string>[] others = [SendAsync(client, Cached.Get(origin.Uri("/"))), SendAsync(client, Cached.Get(origin.Uri("/")))];

        _time.Advance(TimeSpan.FromMilliseconds(50));
        await second;
        Assert.DoesNotContain(others, other => other.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(["200 third ()", "200 third ()"], await Task.WhenAll(others));
        Assert.Equal(3, origin.Count);
    }

    [Fact]
    public async Task A_response_that_is_read_slowly_gives_way_to_a_newer_one()
    {
        var (slow, quick) = (new string('a', 900_000), new string('b', 1_000_000));
        await using var origin = Origin.Start(request => Origin.Ok(request.StartsWith("GET /slow ", StringComparison.Ordinal) ? slow : quick, Cached.Fresh));
        var client = Client("api", o => o.MaximumPendingSize = 1024 * 1024);
        using var response = await client.SendAsync(Cached.Get(origin.Uri("/slow")), HttpCompletionOption.ResponseHeadersRead, Test);
        await using var stream = await response.Content.ReadAsStreamAsync(Test);
        await stream.ReadExactlyAsync(new byte[100_000], Test);
        Assert.InRange(_meter.Pending, 100_000, 200_000);

        for (var i = 0; i < 2; i++) Assert.Equal("200 " + quick, await client.TextAsync(Cached.Get(origin.Uri("/quick"))));
        Assert.Equal(2, origin.Count);

        using var rest = new StreamReader(stream);
        Assert.Equal(800_000, (await rest.ReadToEndAsync(Test)).Length);
        await client.TextAsync(Cached.Get(origin.Uri("/slow")));
        Assert.Equal(3, origin.Count);
        Assert.Equal(0, _meter.Pending);
    }

    [Fact]
    public async Task A_response_that_is_disposed_in_the_middle_leaves_no_memory_behind()
    {
        await using var origin = Origin.Start(Origin.Ok(new string('a', 900_000), Cached.Fresh));
        var client = Client("api");
        using (var response = await client.SendAsync(Cached.Get(origin.Uri("/")), HttpCompletionOption.ResponseHeadersRead, Test))
        {
            var stream = await response.Content.ReadAsStreamAsync(Test);
            await stream.ReadExactlyAsync(new byte[100_000], Test);
            Assert.NotEqual(0, _meter.Pending);
        }
        Assert.Equal(0, _meter.Pending);
    }

    [Fact]
    public async Task A_response_that_is_forgotten_gives_its_memory_back()
    {
        var client = Client("api", below: builder => builder.ConfigurePrimaryHttpMessageHandler(() => new StubHandler(request => new(System.Net.HttpStatusCode.OK)
        {
            RequestMessage = request,
            Content = new ByteArrayContent(new byte[10]),
            Headers = { CacheControl = new() { MaxAge = TimeSpan.FromMinutes(1) } },
        })));
        await ReadOneByteAsync(client);
        for (var i = 0; i < 50 && _meter.Pending > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(10, Test);
        }
        Assert.Equal(0, _meter.Pending);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private async Task ReadOneByteAsync(HttpClient client)
    {
        var response = await client.SendAsync(Cached.Get(new("http://origin.test/")), HttpCompletionOption.ResponseHeadersRead, Test);
        var stream = await response.Content.ReadAsStreamAsync(Test);
        Assert.Equal(1, await stream.ReadAsync(new byte[1], Test));
        Assert.Equal(4096, _meter.Pending);
    }

    private HttpClient Client(string name, Action<PrivateCacheOptions>? configure = null, Action<IHttpClientBuilder>? below = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        var builder = services.AddHttpClient(name).AddQueryCache(configure);
        below?.Invoke(builder);
        _services = services.BuildServiceProvider();
        _meter.Listen(_services.GetRequiredService<IMeterFactory>());
        return _services.GetRequiredService<IHttpClientFactory>().CreateClient(name);
    }

    /// <summary>Status, content, and the lines of Cache-Status.</summary>
    private static async Task<string> SendAsync(HttpClient client, HttpRequestMessage request)
    {
        using var sent = request;
        using var response = await client.SendAsync(request, Test);
        var lines = response.Headers.NonValidated.TryGetValues("Cache-Status", out var values) ? string.Join('|', values) : "";
        return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Test)} ({lines})";
    }
}
