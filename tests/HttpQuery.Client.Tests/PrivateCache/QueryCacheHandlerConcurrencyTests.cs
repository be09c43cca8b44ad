using System.Net;
using HttpQuery.CacheKeys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Time.Testing;
using Polly;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>Requests that are concurrent, in the background, redirected, cancelled, or synchronous.</summary>
public sealed class QueryCacheHandlerConcurrencyTests
{
    private const string Swr = "Cache-Control: max-age=10, stale-while-revalidate=60";

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_identical_requests_at_once_reach_the_origin_once()
    {
        await using var origin = Origin.Start();
        using var client = Cached.Client();

        var first = client.TextAsync(Cached.Query(origin.Uri("/"), """{"a":1}"""));
        var exchange = await origin.NextAsync();
        var second = client.TextAsync(Cached.Query(origin.Uri("/"), """{"a":1}"""));
        await exchange.SendAsync(Origin.Ok("whole", Cached.Fresh));

        Assert.Equal("200 whole", await first);
        Assert.Equal("200 whole", await second);
        Assert.Equal(1, origin.Count);
    }

    [Fact]
    public async Task When_the_first_is_abandoned_the_second_is_answered()
    {
        await using var origin = Origin.Start();
        using var client = Cached.Client();

        var first = client.SendAsync(Cached.Get(origin.Uri("/")), HttpCompletionOption.ResponseHeadersRead, Test);
        var exchange = await origin.NextAsync();
        var second = client.TextAsync(Cached.Get(origin.Uri("/")));
        await exchange.SendAsync(Origin.Ok("first", Cached.Fresh));
        (await first).Dispose();
        await (await origin.NextAsync()).SendAsync(Origin.Ok("second", Cached.Fresh));

        Assert.Equal("200 second", await second);
    }

    [Fact]
    public async Task Cancelling_one_of_two_identical_requests_cancels_that_one_alone()
    {
        await using var origin = Origin.Start();
        using var client = Cached.Client();
        using var leaving = new CancellationTokenSource();

        var first = client.SendAsync(Cached.Get(origin.Uri("/")), leaving.Token);
        await origin.NextAsync();
        var second = client.TextAsync(Cached.Get(origin.Uri("/")));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await (await origin.NextAsync()).SendAsync(Origin.Ok("second", Cached.Fresh));

        Assert.Equal("200 second", await second);
    }

    [Fact]
    public async Task Cancelling_the_one_that_waits_leaves_the_first_alone()
    {
        await using var origin = Origin.Start();
        using var client = Cached.Client();
        using var leaving = new CancellationTokenSource();

        var first = client.TextAsync(Cached.Get(origin.Uri("/")));
        var exchange = await origin.NextAsync();
        var second = client.SendAsync(Cached.Get(origin.Uri("/")), leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await exchange.SendAsync(Origin.Ok("first", Cached.Fresh));

        Assert.Equal("200 first", await first);
        Assert.Equal(1, origin.Count);
    }

    [Fact]
    public async Task A_stale_response_is_served_at_once_and_refreshed_by_one_request_in_the_background()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var origin = Origin.Start();
        using var client = Cached.Client(time: time);
        var asking = client.TextAsync(Cached.Query(origin.Uri("/"), "{}"));
        await (await origin.NextAsync()).SendAsync(Origin.Ok("first", Swr, "ETag: \"1\""));
        await asking;
        time.Advance(TimeSpan.FromSeconds(20));

        for (var i = 0; i < 10; i++) Assert.Equal("200 first", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
        var exchange = await origin.NextAsync();
        Assert.EndsWith("\n\n{}", exchange.Request, StringComparison.Ordinal);
        Assert.Contains("If-None-Match: \"1\"\n", exchange.Request, StringComparison.Ordinal);

        // A request with other content arrives after all requests of the ten.
        var other = client.TextAsync(Cached.Query(origin.Uri("/"), "[]"));
        var next = await origin.NextAsync();
        Assert.EndsWith("\n\n[]", next.Request, StringComparison.Ordinal);
        await next.SendAsync(Origin.Ok("other"));
        await other;
        Assert.Equal(3, origin.Count);
    }

    [Fact]
    public async Task After_a_request_in_the_background_has_failed_the_next_stale_response_starts_another()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var calls = 0;
        using var client = Cached.Client(time: time, inner: new StubHandler(request => ++calls == 2
            ? throw new HttpRequestException("down")
            : new(HttpStatusCode.OK)
            {
                RequestMessage = request,
                Headers = { { "Cache-Control", "max-age=10, stale-while-revalidate=60" } },
                Content = new StringContent("answer " + calls),
            }));

        Assert.Equal("200 answer 1", await client.TextAsync(Cached.Get(new("http://localhost/"))));
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("200 answer 1", await client.TextAsync(Cached.Get(new("http://localhost/"))));
        Assert.Equal("200 answer 1", await client.TextAsync(Cached.Get(new("http://localhost/"))));
        Assert.Equal("200 answer 3", await client.TextAsync(Cached.Get(new("http://localhost/"))));
        Assert.Equal(3, calls);
    }

    // Another request owns the pooled context when the first one is over. A handler below would send that request's message.
    [Fact]
    public async Task A_request_in_the_background_does_not_run_in_the_resilience_context_of_the_first()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var (above, below) = (new List<ResilienceContext?>(), new List<ResilienceContext?>());
        var services = new ServiceCollection();
        var builder = services.AddHttpClient("api");
        builder.AddResilienceHandler("above", pipeline => pipeline.AddTimeout(TimeSpan.FromMinutes(1)));
        builder.AddHttpMessageHandler(() => new ContextRecordingHandler(above));
        builder.AddHttpMessageHandler(() => new QueryCacheHandler(null, time));
        builder.AddResilienceHandler("below", pipeline => pipeline.AddTimeout(TimeSpan.FromMinutes(1)));
        builder.AddHttpMessageHandler(() => new ContextRecordingHandler(below));
        builder.ConfigurePrimaryHttpMessageHandler(() => new StubHandler(request => new()
        {
            RequestMessage = request,
            Headers = { { "Cache-Control", "max-age=10, stale-while-revalidate=60" } },
            Content = new StringContent("answer"),
        }));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("200 answer", await client.TextAsync(Cached.Query(new("http://localhost/"), "{}")));
            time.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Equal((2, 2), (above.Count, below.Count));
        Assert.NotNull(below[1]);
        Assert.NotSame(above[1], below[1]);
    }

    [Fact]
    public async Task A_stale_response_to_HEAD_is_refreshed_by_GET()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var origin = Origin.Start(Origin.Ok("first", Swr));
        using var client = Cached.Client(time: time);
        await client.TextAsync(Cached.Get(origin.Uri("/")));
        await origin.NextAsync();
        time.Advance(TimeSpan.FromSeconds(20));

        using (await client.SendAsync(new(HttpMethod.Head, origin.Uri("/")), Test)) { }

        Assert.StartsWith("GET / ", (await origin.NextAsync()).Request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "no-transform")]
    [InlineData("HEAD", "no-transform")]
    [InlineData("QUERY", "no-transform")]
    [InlineData("QUERY", "x=\"1, 2\", No-Transform")]
    [InlineData("QUERY", "x=1")]
    public async Task A_request_in_the_background_freshens_what_its_request_was_answered_with(string method, string directives)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var origin = new List<string>();
        using var client = Cached.Client(new() { Normalizations = QueryNormalizations.JsonSpelling }, time, new StubHandler(request =>
        {
            origin.Add($"{request.Method} {request.Headers.CacheControl?.NoTransform}");
            return new()
            {
                RequestMessage = request,
                Headers = { { "Cache-Control", "max-age=10, stale-while-revalidate=60" }, { "X-Count", $"{origin.Count}" } },
                Content = new StringContent("answer"),
            };
        }));
        async Task<string> AskAsync(string by)
        {
            using var request = by is "QUERY" ? Cached.Query(new("http://localhost/"), "{}", "Cache-Control: " + directives) : Cached.Get(new("http://localhost/"), "Cache-Control: " + directives);
            request.Method = new(by);
            using var response = await client.SendAsync(request, Test);
            return response.Headers.GetValues("X-Count").Single();
        }

        await AskAsync(method is "HEAD" ? "GET" : method);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("1", await AskAsync(method));
        Assert.Equal("2", await AskAsync(method));
        Assert.Equal(2, origin.Count);
        Assert.Equal(origin[0], origin[1]);
    }

    [Fact]
    public async Task Only_if_cached_sends_nothing_in_the_background()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var origin = Origin.Start(Origin.Ok("first", Swr));
        using var client = Cached.Client(time: time);
        await client.TextAsync(Cached.Get(origin.Uri("/")));
        time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal("200 first", await client.TextAsync(Cached.Get(origin.Uri("/"), "Cache-Control: only-if-cached")));
        Assert.Equal("200 first", await client.TextAsync(Cached.Get(origin.Uri("/other"))));
        Assert.Equal(2, origin.Count);
    }

    [Theory]
    [InlineData("200")]
    [InlineData("204")]
    [InlineData("304")]
    public async Task A_response_that_names_no_request_is_stored(string second)
    {
        var count = 0;
        using var client = Cached.Client(inner: new StubHandler(request => ++count == 1 && second is "304"
            ? new() { Headers = { { "Cache-Control", "max-age=0" }, { "ETag", "\"1\"" } }, Content = new StringContent("whole") }
            : new((HttpStatusCode)int.Parse(second, System.Globalization.CultureInfo.InvariantCulture)) { Headers = { { "Cache-Control", "max-age=60" }, { "ETag", "\"1\"" } }, Content = new StringContent(second is "200" ? "whole" : "") }));

        for (var i = 0; i < 3; i++) Assert.Equal(second is "204" ? "204 " : "200 whole", await client.TextAsync(Cached.Query(new("http://localhost/"), "{}")));
        Assert.Equal(second is "304" ? 2 : 1, count);
    }

    [Theory]
    [InlineData("stale-if-error=60", true)]
    [InlineData("must-revalidate", false)]
    public async Task A_dead_origin_gives_a_stale_response_only_where_that_is_allowed(string directive, bool isAllowed)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var origin = Origin.Start(Origin.Ok("first", $"Cache-Control: max-age=10, {directive}", "ETag: \"1\""));
        var uri = origin.Uri("/");
        using var client = Cached.Client(time: time);
        await client.TextAsync(Cached.Query(uri, "{}"));
        await origin.DisposeAsync();
        time.Advance(TimeSpan.FromSeconds(20));

        using var request = Cached.Query(uri, "{}", "If-None-Match: \"mine\"");
        if (isAllowed) Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(request, Test)).StatusCode);
        else await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, Test));
        Assert.Equal("\"mine\"", Assert.Single(request.Headers.IfNoneMatch).Tag);
    }

    [Theory]
    [InlineData("307 Temporary Redirect", "/elsewhere")]
    [InlineData("303 See Other", "/elsewhere")]
    [InlineData("303 See Other", "/")]
    public async Task A_response_that_was_redirected_below_is_not_stored_under_the_first_URI(string status, string location)
    {
        await using var origin = Origin.Start(
            Origin.Response(status, "", "Location: " + location), Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        using var client = Cached.Client();

        Assert.Equal("200 first", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
        Assert.Equal("200 second", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
    }

    [Fact]
    public async Task A_validation_that_is_redirected_and_answered_304_is_sent_again_without_our_conditions()
    {
        await using var origin = Origin.Start(
            Origin.Ok("first", "Cache-Control: max-age=0", "ETag: \"1\""),
            Origin.Response("307 Temporary Redirect", "", "Location: /elsewhere"),
            "HTTP/1.1 304 Not Modified\nETag: \"1\"\n\n",
            Origin.Ok("elsewhere", Cached.Fresh));
        using var client = Cached.Client();

        Assert.Equal("200 first", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
        Assert.Equal("200 elsewhere", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
        for (var i = 0; i < 3; i++) await origin.NextAsync();
        Assert.DoesNotContain("If-None-Match", (await origin.NextAsync()).Request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_misses_hits_and_validates()
    {
        await using var origin = Origin.Start(
            Origin.Ok("first", "Cache-Control: max-age=60", "ETag: \"1\""), "HTTP/1.1 304 Not Modified\nETag: \"1\"\n\n");
        using var client = Cached.Client();

        await Task.Run(() =>
        {
            for (var i = 0; i < 3; i++)
            {
                using var request = Cached.Query(origin.Uri("/"), "{}");
                if (i == 2) request.Headers.CacheControl = new() { NoCache = true };
                using var response = client.Send(request, Test);
                using var reader = new StreamReader(response.Content.ReadAsStream(Test));
                Assert.Equal("first", reader.ReadToEnd());
                Assert.Equal(i + 1 > 2 ? 2 : 1, origin.Count);
            }
        }, Test);
    }

    [Fact]
    public async Task Send_that_waits_for_another_request_needs_no_thread_of_its_context()
    {
        await using var origin = Origin.Start();
        using var client = Cached.Client();
        var first = client.TextAsync(Cached.Get(origin.Uri("/")));
        var exchange = await origin.NextAsync();

        var second = BlockedSynchronizationContext.RunAsync(() =>
        {
            using var response = client.Send(Cached.Get(origin.Uri("/")), Test);
            return response.StatusCode;
        });
        await exchange.SendAsync(Origin.Ok("whole", Cached.Fresh));

        Assert.Equal("200 whole", await first);
        Assert.Equal(HttpStatusCode.OK, await second);
    }

    [Fact]
    public async Task Disposing_the_client_disposes_what_is_below()
    {
        var below = new SocketsHttpHandler();
        Cached.Client(inner: below).Dispose();

        using var invoker = new HttpMessageInvoker(below, disposeHandler: false);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => invoker.SendAsync(new(HttpMethod.Get, "http://localhost/"), Test));
    }

    private sealed class ContextRecordingHandler(List<ResilienceContext?> contexts) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            contexts.Add(request.GetResilienceContext());
            return base.SendAsync(request, cancellationToken);
        }
    }
}
