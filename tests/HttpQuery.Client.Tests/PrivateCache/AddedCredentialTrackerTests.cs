using System.Collections.Concurrent;
using System.Net;
using HttpQuery.Caching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>Handlers below the cache add credentials. No user reads the response of another, in either order of registration.</summary>
public sealed class AddedCredentialTrackerTests
{
    private const string Private = "Cache-Control: private, max-age=600";

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CredentialHandlerKind.InPlace)]
    [InlineData(CredentialHandlerKind.ApiKey)]
    [InlineData(CredentialHandlerKind.Cookie)]
    [InlineData(CredentialHandlerKind.Clone)]
    [InlineData(CredentialHandlerKind.Hedge)]
    [InlineData(CredentialHandlerKind.Retry)]
    [InlineData(CredentialHandlerKind.AddAndRemove)]
    public async Task Each_user_gets_its_own_response(CredentialHandlerKind kind)
    {
        foreach (var isQuery in new[] { false, true })
        {
            await using var origin = Origin.Start(request => Origin.Ok(NameOf(request), Private, "ETag: \"1\""));
            await using var services = Services(kind, cacheFirst: true);
            var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
            foreach (var user in new[] { "ann", "bob", "ann", null, "bob" }) Assert.Equal($"200 {user ?? "visitor"}", await SendAsync(client, user, Request(origin, isQuery)));
        }
    }

    [Theory]
    [InlineData(CredentialHandlerKind.InPlace)]
    [InlineData(CredentialHandlerKind.Clone)]
    [InlineData(CredentialHandlerKind.Hedge)]
    [InlineData(CredentialHandlerKind.Retry)]
    public async Task Without_a_container_each_user_gets_its_own_response(CredentialHandlerKind kind)
    {
        await using var origin = Origin.Start(request => Origin.Ok(NameOf(request), Private));
        using var client = Cached.Client(inner: new CredentialHandler(kind) { InnerHandler = new SocketsHttpHandler() });

        foreach (var user in new[] { "ann", "bob", "ann" }) Assert.Equal("200 " + user, await SendAsync(client, user, Request(origin, isQuery: true)));
    }

    [Theory]
    [InlineData("public, max-age=600")]
    [InlineData("max-age=600, s-maxage=600")]
    public async Task What_may_be_shared_is_stored(string directives)
    {
        await using var origin = Origin.Start(request => Origin.Ok("everyone", "Cache-Control: " + directives));
        await using var services = Services(CredentialHandlerKind.InPlace, cacheFirst: true);
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        foreach (var user in new[] { "ann", "bob", null }) Assert.Equal("200 everyone", await SendAsync(client, user, Request(origin, isQuery: true)));
        Assert.Equal(1, origin.Count);
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 2)]
    public async Task A_handler_that_is_added_first_stands_above_and_one_warning_says_so(bool cacheFirst, int count)
    {
        var log = new Log();
        await using var origin = Origin.Start(request => Origin.Ok(NameOf(request), Private));
        await using var services = Services(CredentialHandlerKind.InPlace, cacheFirst, log);
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        foreach (var user in new[] { "ann", "bob", "ann" }) Assert.Equal("200 " + user, await SendAsync(client, user, Request(origin, isQuery: false)));
        Assert.Equal(count, origin.Count);
        Assert.Equal(cacheFirst ? 1 : 0, log.Lines.Count);
        foreach (var line in log.Lines)
        {
            Assert.StartsWith("Warning HttpQuery.Cache: ", line, StringComparison.Ordinal);
            Assert.Contains("'api' (authorization)", line, StringComparison.Ordinal);
            Assert.Contains("call AddHttpMessageHandler before AddQueryCache", line, StringComparison.Ordinal);
            Assert.DoesNotMatch(@"\b(ann|bob)\b", line);
        }
    }

    [Theory]
    [InlineData(CredentialHandlerKind.InPlace)]
    [InlineData(CredentialHandlerKind.Clone)]
    public async Task A_response_to_a_visitor_is_not_served_once_credentials_were_seen_below(CredentialHandlerKind kind)
    {
        await using var origin = Origin.Start(request => Origin.Ok(NameOf(request), Private));
        using var client = Cached.Client(inner: new CredentialHandler(kind) { InnerHandler = new SocketsHttpHandler() });

        Assert.Equal("200 visitor", await SendAsync(client, null, Request(origin, isQuery: false)));
        Assert.Equal("200 visitor", await SendAsync(client, null, Request(origin, isQuery: false)));
        Assert.Equal(1, origin.Count);
        Assert.Equal("200 ann", await SendAsync(client, "ann", Request(origin, isQuery: true)));
        Assert.Equal("200 ann", await SendAsync(client, "ann", Request(origin, isQuery: false)));
        Assert.Equal("504 ", await SendAsync(client, "ann", Cached.Get(origin.Uri("/"), "Cache-Control: only-if-cached")));
    }

    [Fact]
    public async Task A_304_to_another_user_is_not_answered_from_the_store()
    {
        await using var origin = Origin.Start(request =>
            request.Contains("If-None-Match: \"1\"", StringComparison.Ordinal) ? "HTTP/1.1 304 Not Modified\nETag: \"1\"\n\n" : Origin.Ok(NameOf(request), "Cache-Control: private, max-age=0", "ETag: \"1\""));
        using var client = Cached.Client(inner: new CredentialHandler(CredentialHandlerKind.InPlace) { InnerHandler = new SocketsHttpHandler() });

        Assert.Equal("200 visitor", await SendAsync(client, null, Request(origin, isQuery: true)));
        using var request = Cached.Query(origin.Uri("/"), "{}", "If-None-Match: \"mine\"");
        CredentialHandler.User = "ann";
        using var response = await client.SendAsync(request, Test);

        Assert.Equal("ann", await response.Content.ReadAsStringAsync(Test));
        Assert.Equal(3, origin.Count);
        Assert.Equal("\"mine\"", request.Headers.IfNoneMatch.Single().Tag);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Both_the_request_and_the_message_that_was_answered_say_who_asked(bool isRequestSigned)
    {
        var calls = 0;
        using var client = Cached.Client(inner: new StubHandler(request =>
        {
            var copy = CredentialHandler.Copy(request);
            if (++calls > 1) (isRequestSigned ? request : copy).Headers.Authorization = new("Bearer", "ann");
            return request.Headers.IfNoneMatch.Count > 0
                ? new(HttpStatusCode.NotModified) { RequestMessage = copy, Headers = { { "ETag", "\"1\"" } } }
                : new() { RequestMessage = copy, Content = new StringContent($"{calls}"), Headers = { { "Cache-Control", "max-age=0" }, { "ETag", "\"1\"" } } };
        }));

        Assert.Equal("200 1", await client.TextAsync(Cached.Get(new("http://localhost/"))));
        Assert.Equal("200 3", await client.TextAsync(Cached.Get(new("http://localhost/"))));
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(null)]
    public async Task Nothing_stale_stands_in_for_another_user(HttpStatusCode? status)
    {
        var calls = 0;
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var client = Cached.Client(time: time, inner: new CredentialHandler(CredentialHandlerKind.InPlace)
        {
            InnerHandler = new StubHandler(request => ++calls == 1
                ? new() { RequestMessage = request, Content = new StringContent("visitor"), Headers = { { "Cache-Control", "private, max-age=1, stale-if-error=600" } } }
                : status is { } error ? new(error) { RequestMessage = request } : throw new HttpRequestException("down")),
        });
        await SendAsync(client, null, Cached.Get(new("http://localhost/")));
        time.Advance(TimeSpan.FromSeconds(10));

        if (status is null) await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(client, "ann", Cached.Get(new("http://localhost/"))));
        else Assert.Equal("500 ", await SendAsync(client, "ann", Cached.Get(new("http://localhost/"))));
    }

    [Fact]
    public async Task A_request_in_the_background_stores_nothing_of_its_user()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var origin = Origin.Start();
        using var client = Cached.Client(time: time, inner: new CredentialHandler(CredentialHandlerKind.InPlace) { InnerHandler = new SocketsHttpHandler() });
        var first = SendAsync(client, null, Request(origin, isQuery: true));
        await (await origin.NextAsync()).SendAsync(Origin.Ok("visitor", "Cache-Control: private, max-age=10, stale-while-revalidate=600"));
        await first;
        time.Advance(TimeSpan.FromSeconds(20));

        // The cache does not know the handler yet and takes ann for the visitor. The background request is for ann.
        Assert.Equal("200 visitor", await SendAsync(client, "ann", Request(origin, isQuery: true)));
        var background = await origin.NextAsync();
        Assert.Contains("Bearer ann", background.Request, StringComparison.Ordinal);
        await background.SendAsync(Origin.Ok("ann", "Cache-Control: private, max-age=600"));

        var other = SendAsync(client, "bob", Request(origin, isQuery: true));
        while (!other.IsCompleted && origin.Count < 3) await Task.Yield();
        if (origin.Count == 3) await (await origin.NextAsync()).SendAsync(Origin.Ok("bob"));
        Assert.NotEqual("200 ann", await other);
    }

    [Theory]
    [InlineData(HttpCompletionOption.ResponseHeadersRead)]
    [InlineData(HttpCompletionOption.ResponseContentRead)]
    public async Task A_caller_who_changes_the_request_before_the_content_is_read_stores_nothing(HttpCompletionOption option)
    {
        await using var origin = Origin.Start(Origin.Ok("first", Private), Origin.Ok("second", Private));
        using var client = Cached.Client();
        using var request = Cached.Get(origin.Uri("/"), "Authorization: Bearer ann");
        using var response = await client.SendAsync(request, option, Test);
        request.Headers.Authorization = new("Bearer", "bob");
        await response.Content.ReadAsByteArrayAsync(Test);

        // The bytes read before the change are ann's, and stored as such.
        var isStored = option is HttpCompletionOption.ResponseContentRead;
        Assert.Equal(isStored ? "200 first" : "200 second", await client.TextAsync(Cached.Get(origin.Uri("/"), "Authorization: Bearer ann")));
        Assert.Equal("200 second", await client.TextAsync(Cached.Get(origin.Uri("/"), "Authorization: Bearer bob")));
    }

    [Fact]
    public async Task A_caller_who_gives_the_request_other_content_before_the_response_is_read_stores_nothing()
    {
        await using var origin = Origin.Start(Origin.Ok("first", Private), Origin.Ok("second", Private));
        using var client = Cached.Client();
        using var request = Cached.Query(origin.Uri("/"), "{}");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Test);
        request.Content = Wire.Content("application/json", "[]");
        await response.Content.ReadAsByteArrayAsync(Test);

        Assert.Equal("200 second", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
    }

    [Fact]
    public async Task A_304_to_a_request_whose_user_cannot_be_told_is_not_answered_from_the_store()
    {
        var calls = 0;
        var options = new PrivateCacheOptions { Partition = request => request.Headers.UserAgent.Count > 0 ? throw new InvalidOperationException("no user") : null };
        using var client = Cached.Client(options, inner: new StubHandler(request =>
        {
            if (++calls > 1) request.Headers.UserAgent.Add(new("any", $"{calls}"));
            return request.Headers.IfNoneMatch.Count > 0
                ? new(HttpStatusCode.NotModified) { RequestMessage = request, Headers = { { "ETag", "\"1\"" } } }
                : new() { RequestMessage = request, Content = new StringContent($"{calls}"), Headers = { { "Cache-Control", "max-age=0" }, { "ETag", "\"1\"" } } };
        }));

        Assert.Equal("200 1", await client.TextAsync(Cached.Get(new("http://localhost/"))));
        Assert.Equal("200 3", await client.TextAsync(Cached.Get(new("http://localhost/"))));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("content")]
    [InlineData("language")]
    [InlineData("type")]
    [InlineData("target")]
    [InlineData("host")]
    [InlineData("throws")]
    public async Task A_response_to_another_message_is_not_stored(string change)
    {
        var calls = 0;
        var options = new PrivateCacheOptions { Partition = request => request.Headers.UserAgent.Count > 0 ? throw new InvalidOperationException("no user") : null };
        using var client = Cached.Client(options, inner: new StubHandler(request =>
        {
            var copy = CredentialHandler.Copy(request);
            if (change is "user") copy.Headers.Authorization = new("Bearer", "ann");
            else if (change is "content") copy.Content = Wire.Content("application/json", "[]");
            else if (change is "type") copy.Content!.Headers.ContentType = new("text/plain");
            else if (change is "language") copy.Headers.AcceptLanguage.Add(new("de"));
            else if (change is "target") copy.RequestUri = new("http://localhost/other");
            else if (change is "host") copy.Headers.Host = "other";
            else if (change is "throws") copy.Headers.UserAgent.Add(new("any", "1"));
            return new() { RequestMessage = copy, Content = new StringContent($"{++calls}"), Headers = { { "Cache-Control", "max-age=60" }, { "Vary", "Accept-Language, Accept-Encoding" } } };
        }));

        Assert.Equal("200 1", await client.TextAsync(Cached.Query(new("http://localhost/"), "{}")));
        Assert.Equal("200 2", await client.TextAsync(Cached.Query(new("http://localhost/"), "{}")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_response_to_a_faithful_copy_is_stored(bool asStream)
    {
        var calls = 0;
        using var client = Cached.Client(inner: new StubHandler(request =>
        {
            var copy = CredentialHandler.Copy(request);
            if (asStream)
            {
                copy.Content = new StreamContent(new MemoryStream("{}"u8.ToArray())) { Headers = { ContentType = new("application/json") } };
                copy.Content.CopyTo(Stream.Null, null, default);
            }
            copy.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            return new() { RequestMessage = copy, Content = new StringContent($"{++calls}"), Headers = { { "Cache-Control", "max-age=60" }, { "Vary", "Accept-Language, Accept-Encoding" } } };
        }));

        for (var i = 0; i < 2; i++) Assert.Equal("200 1", await client.TextAsync(Cached.Query(new("http://localhost/"), "{}")));
    }

    [Fact]
    public async Task A_handler_that_renews_a_token_does_not_end_caching()
    {
        await using var origin = Origin.Start(request => Origin.Ok(NameOf(request), Private));
        using var client = Cached.Client(inner: new CredentialHandler(CredentialHandlerKind.InPlace) { InnerHandler = new SocketsHttpHandler() });

        Assert.Equal("200 renewed", await SendAsync(client, "renewed", Cached.Get(origin.Uri("/"), "Authorization: Bearer old")));
        for (var i = 0; i < 2; i++) Assert.Equal("200 renewed", await SendAsync(client, "renewed", Cached.Get(origin.Uri("/"), "Authorization: Bearer renewed")));
        for (var i = 0; i < 2; i++) Assert.Equal("200 visitor", await SendAsync(client, null, Request(origin, isQuery: false)));
        Assert.Equal(3, origin.Count);
    }

    [Fact]
    public async Task Handlers_on_one_cache_learn_from_each_other()
    {
        await using var origin = Origin.Start(request => Origin.Ok(NameOf(request), Private));
        var cache = new QueryCache(new(), new MemoryCacheStore(1 << 20, 100));
        using var one = new HttpClient(new QueryCacheHandler(cache) { InnerHandler = new CredentialHandler(CredentialHandlerKind.InPlace) { InnerHandler = new SocketsHttpHandler() } });
        using var other = new HttpClient(new QueryCacheHandler(cache) { InnerHandler = new CredentialHandler(CredentialHandlerKind.InPlace) { InnerHandler = new SocketsHttpHandler() } });

        Assert.Equal("200 visitor", await SendAsync(one, null, Request(origin, isQuery: false)));
        Assert.Equal("200 ann", await SendAsync(one, "ann", Request(origin, isQuery: true)));
        Assert.Equal("200 bob", await SendAsync(other, "bob", Request(origin, isQuery: false)));
    }

    [Fact]
    public async Task A_304_to_a_request_that_may_be_signed_in_unseen_is_not_answered_from_the_store()
    {
        await using var origin = Origin.Start(request => request.Contains("If-None-Match: \"1\"", StringComparison.Ordinal)
            ? "HTTP/1.1 304 Not Modified\nETag: \"1\"\n\n" : Origin.Ok(NameOf(request), "Cache-Control: private, max-age=0", "ETag: \"1\""));
        var cache = new QueryCache(new(), new MemoryCacheStore(1 << 20, 100));
        using var one = new HttpClient(new QueryCacheHandler(cache) { InnerHandler = new CredentialHandler(CredentialHandlerKind.InPlace) { InnerHandler = new SocketsHttpHandler() } });
        using var other = new HttpClient(new QueryCacheHandler(cache) { InnerHandler = new CredentialHandler(CredentialHandlerKind.AddAndRemove) { InnerHandler = new SocketsHttpHandler() } });

        Assert.Equal("200 visitor", await SendAsync(other, null, Request(origin, isQuery: false)));
        Assert.Equal("200 ann", await SendAsync(one, "ann", Request(origin, isQuery: true)));
        Assert.Equal("200 bob", await SendAsync(other, "bob", Request(origin, isQuery: false)));
    }

    [Fact]
    public async Task After_a_304_from_elsewhere_the_caller_s_own_304_is_the_caller_s()
    {
        var calls = 0;
        using var client = Cached.Client(inner: new StubHandler(request => ++calls switch
        {
            1 => new() { RequestMessage = request, Content = new StringContent("stored"), Headers = { { "Cache-Control", "max-age=0" }, { "ETag", "\"1\"" } } },
            2 => new(HttpStatusCode.NotModified) { RequestMessage = new(HttpMethod.Get, "http://localhost/elsewhere") },
            _ => new(HttpStatusCode.NotModified) { RequestMessage = request },
        }));

        Assert.Equal("200 stored", await client.TextAsync(Cached.Get(new("http://localhost/"))));
        Assert.Equal("304 ", await client.TextAsync(Cached.Get(new("http://localhost/"), "If-None-Match: \"mine\"")));
        Assert.Equal(3, calls);
    }

    private static HttpRequestMessage Request(Origin origin, bool isQuery) => isQuery ? Cached.Query(origin.Uri("/"), "{}") : Cached.Get(origin.Uri("/"));

    private static async Task<string> SendAsync(HttpClient client, string? user, HttpRequestMessage request)
    {
        CredentialHandler.User = user;
        return await client.TextAsync(request);
    }

    // Returns the user that the origin sees.
    private static string NameOf(string request)
    {
        foreach (var start in new[] { "\nAuthorization: Bearer ", "\nX-Api-Key: ", "\nCookie: user=" })
        {
            var index = request.IndexOf(start, StringComparison.OrdinalIgnoreCase);
            if (index >= 0) return request[(index + start.Length)..request.IndexOf('\n', index + 1)];
        }
        return "visitor";
    }

    private static ServiceProvider Services(CredentialHandlerKind kind, bool cacheFirst, Log? log = null)
    {
        var services = new ServiceCollection();
        if (log is not null) services.AddLogging(logging => logging.AddProvider(log).AddFilter("System", LogLevel.None));
        var client = services.AddHttpClient("api");
        if (!cacheFirst) client.AddHttpMessageHandler(() => new CredentialHandler(kind));
        client.AddQueryCache(options => options.CredentialHeaders.Add("X-Api-Key"));
        if (cacheFirst) client.AddHttpMessageHandler(() => new CredentialHandler(kind));
        return services.BuildServiceProvider();
    }

    private sealed class Log : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(Log log, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                log.Lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)}");
        }
    }
}
