using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using HttpQuery.Client.Tests.PrivateCache;
using HttpQuery.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using static HttpQuery.Client.Tests.Redirection.Redirects;

namespace HttpQuery.Client.Tests.Diagnostics;

/// <summary>The meter, the log and the tags of a client's handlers, and what happened on the response.</summary>
public sealed class ClientTelemetryTests : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _log = new();
    private readonly ConcurrentQueue<string> _counts = new();
    private readonly MeterListener _listener = new();
    private readonly FakeTimeProvider _time = new();
    private ServiceProvider? _services;

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        if (_services is not null) await _services.DisposeAsync();
    }

    [Fact]
    public async Task A_redirect_is_counted_with_its_status_and_the_content_that_is_sent_again_as_a_replay()
    {
        await using var origin = Origin.Start(Paths(("/a", To("/b")), ("/b", To("/c?secret=1", 303)), ("/c?secret=1", Origin.Ok("found"))));
        await CreateClient().TextAsync(Cached.Query(origin.Uri("/a"), "{}"));
        Assert.Equal(
            [
                "httpquery.client.redirects httpquery.redirect.result=followed http.response.status_code=307 httpquery.client.name=api",
                "httpquery.client.replays httpquery.replay.reason=redirect httpquery.client.name=api",
                "httpquery.client.redirects httpquery.redirect.result=followed http.response.status_code=303 httpquery.client.name=api",
            ],
            _counts);
        Assert.Equal(
            [
                $"Debug HttpClient 'api': QUERY was redirected with 307. QUERY is sent to http://localhost:{origin.Port}.",
                "Debug HttpClient 'api': the content of a query is sent again. Reason: redirect.",
                $"Debug HttpClient 'api': QUERY was redirected with 303. GET is sent to http://localhost:{origin.Port}.",
            ],
            _log);
    }

    [Theory]
    [InlineData("/loop", "loop")]
    [InlineData("ftp://other.test/secret", "invalid_location")]
    [InlineData("http://other.test/secret", "content_to_other_origin")]
    [InlineData("/more", "too_many")]
    public async Task A_redirect_that_is_not_followed_is_counted_by_its_reason_and_warned_of_once_a_minute(string location, string result)
    {
        await using var origin = Origin.Start(Paths(
            ("/loop", To(location, 307)), ("/more", To("/even-more")), ("/even-more", To("/most"))));
        var client = CreateClient(options => options.Redirects.MaximumCount = 1);
        for (var i = 0; i < 3; i++)
        {
            if (i == 2) _time.Advance(TimeSpan.FromMinutes(1));
            await client.TextAsync(Cached.Query(origin.Uri("/loop"), "{}"));
        }
        Assert.Equal(3, _counts.Count(line => line.Contains($"httpquery.redirect.result={result} ", StringComparison.Ordinal)));
        var warnings = _log.Where(line => line.StartsWith("Warning", StringComparison.Ordinal)).ToArray();
        Assert.Equal(["1", "2"], warnings.Select(line => line.Split(' ')[^1].TrimEnd('.')));
        Assert.All(warnings, line => Assert.DoesNotContain("secret", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Methods_and_reasons_are_labels_with_few_values()
    {
        await using var origin = Origin.Start(To("/a", 307));
        using var request = new HttpRequestMessage(new("INVENTED"), origin.Uri("/a"));
        await CreateClient().TextAsync(request);
        Assert.Contains("_OTHER was redirected", Assert.Single(_log), StringComparison.Ordinal);
        Assert.Equal(
            Enum.GetValues<QueryRedirectRefusal>().Length,
            Enum.GetValues<QueryRedirectRefusal>().Select(ClientTelemetry.LabelOf).Distinct().Count());
        Assert.Equal(
            Enum.GetValues<QueryRedirectRefusal>().Length,
            Enum.GetValues<QueryRedirectRefusal>().Select(ClientTelemetry.TextOf).Distinct().Count());
    }

    [Fact]
    public async Task The_callers_activity_gets_tags_and_HttpClient_has_an_activity_for_each_hop()
    {
        var activities = new ConcurrentQueue<string>();
        using var source = new ActivitySource(nameof(ClientTelemetryTests));
        using var listener = new ActivityListener
        {
            ShouldListenTo = candidate => candidate.Name is "System.Net.Http" || ReferenceEquals(candidate, source),
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("url.full") is string url) activities.Enqueue($"{activity.ParentId} {new Uri(url).AbsolutePath}");
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var origin = Origin.Start(Paths(("/a", To("/b")), ("/b", To("http://other.test/c"))));
        var client = CreateClient();
        using var own = source.StartActivity("search")!;
        await client.TextAsync(Cached.Query(origin.Uri("/a"), "{}"));

        Assert.Equal((1, "content_to_other_origin"), (own.GetTagItem("httpquery.redirects"), own.GetTagItem("httpquery.redirect.result")));
        Assert.Equal([$"{own.Id} /a", $"{own.Id} /b"], activities.Where(line => line.StartsWith(own.Id!, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_request_that_is_not_redirected_leaves_no_trace()
    {
        await using var origin = Origin.Start(Origin.Ok("found"));
        using var request = Cached.Query(origin.Uri("/a"), "{}");
        using var activity = new Activity("search").Start();
        using var response = await CreateClient().SendAsync(request, Test);
        Assert.Empty(_counts);
        Assert.Empty(_log);
        Assert.Empty(activity.TagObjects);
        Assert.Empty(request.Options);
        Assert.Equal(new QueryResponseInfo(), response.GetQueryInfo());
    }

    [Fact]
    public async Task What_happened_is_that_of_the_last_attempt()
    {
        await using var origin = Origin.Start(To("/b"), Origin.Ok("found"), Origin.Ok("direct"));
        var redirects = new QueryRedirectHandler { InnerHandler = new SocketsHttpHandler() };
        using var http = new HttpMessageInvoker(redirects);
        using var request = Cached.Query(origin.Uri("/a"), "{}");
        using var first = await http.SendAsync(request, Test);
        Assert.Equal(1, first.GetQueryInfo().Redirects);
        using var second = await http.SendAsync(request, Test);
        Assert.Equal(0, second.GetQueryInfo().Redirects);
    }

    [Fact]
    public async Task A_validated_response_is_from_the_cache_and_the_next_one_from_the_origin_is_not()
    {
        await using var origin = Origin.Start(
            Origin.Ok("one", "ETag: \"1\"", "Cache-Control: no-cache"), Origin.Response("304 Not Modified", "", "ETag: \"1\""), Origin.Ok("two", "Cache-Control: no-store"));
        var client = CreateClient();
        foreach (var (text, isFromCache) in new[] { ("one", false), ("one", true), ("two", false) })
        {
            using var response = await client.SendAsync(Cached.Query(origin.Uri("/a"), "{}"), Test);
            Assert.Equal((text, isFromCache), (await response.Content.ReadAsStringAsync(Test), response.GetQueryInfo().FromCache));
        }
    }

    [Fact]
    public async Task A_hit_leaves_no_trace_on_the_callers_message_and_knows_how_a_validation_was_sent()
    {
        var stub = new StubHandler(request =>
        {
            var isValidation = request.Headers.Contains("If-None-Match");
            var response = new HttpResponseMessage(isValidation ? System.Net.HttpStatusCode.NotModified : System.Net.HttpStatusCode.OK) { RequestMessage = request };
            response.Headers.TryAddWithoutValidation("ETag", "\"1\"");
            response.Headers.TryAddWithoutValidation("Cache-Control", isValidation ? "max-age=60" : "no-cache");
            if (!isValidation) response.Content = new StringContent("found");
            return response;
        });
        using var client = Cached.Client(inner: new Informing { InnerHandler = stub });
        foreach (var (isFromCache, redirects) in new[] { (false, 7), (true, 7), (true, 0) })
        {
            using var request = Cached.Query(new("http://localhost/"), "{}");
            using var response = await client.SendAsync(request, Test);
            Assert.Equal("found", await response.Content.ReadAsStringAsync(Test));
            Assert.Equal((isFromCache, redirects), (response.GetQueryInfo().FromCache, response.GetQueryInfo().Redirects));
            if (redirects == 0) Assert.Empty(request.Options);
        }
    }

    private HttpClient CreateClient(Action<HttpQueryClientOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFilter((category, _) => category == ClientTelemetry.LogCategory).AddProvider(new Log(_log)));
        services.AddHttpClient("api").AddHttpQuery(configure);
        _services = services.BuildServiceProvider();
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name is ClientTelemetry.MeterName && ReferenceEquals(instrument.Meter.Scope, meters)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _counts.Enqueue(string.Join(' ', [instrument.Name, .. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")])));
        _listener.Start();
        return _services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
    }

    // Stands for a handler of ours below the cache.
    private sealed class Informing : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            QueryResponseInfo.Update(response, 7, (info, count) => info with { Redirects = count });
            return response;
        }
    }

    private sealed class Log(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
