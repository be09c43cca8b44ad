#pragma warning disable xUnit1051
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Client.Tests.Diagnostics;

/// <summary>Metrics, log lines and tags of discovery, fallback, the switch to GET and retried connections.</summary>
public sealed class SubstituteTelemetryTests : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _counts = new();
    private readonly LogRecorder _log = new();

    [Fact]
    public async Task A_fallback_is_counted_logged_and_tagged()
    {
        await using var origin = Origin.Start(request => request.StartsWith("QUERY", StringComparison.Ordinal)
            ? "HTTP/1.1 501 Not Implemented\nContent-Length: 0\n\n" : Origin.Ok("done"));
        await using var services = Build();
        using var activity = new Activity("caller").Start();
        for (var i = 0; i < 2; i++) await SendAsync(services, Cached.Query(origin.Uri("/pods?secret=1"), "\"secret\""));

        Assert.Equal(
            [
                "replays httpquery.replay.reason=fallback",
                "fallbacks httpquery.fallback.reason=not_implemented http.request.method=POST",
                "fallbacks httpquery.fallback.reason=learned http.request.method=POST",
            ],
            _counts);
        Assert.Equal("POST", activity.GetTagItem("httpquery.fallback.method"));
        Assert.Equal(
            [
                "Debug HttpClient 'api': the content of a query is sent again. Reason: fallback.",
                "Debug HttpClient 'api': POST is sent in place of QUERY. Reason: not_implemented.",
                $"Information HttpClient 'api': QUERY does not work at http://localhost:{origin.Port} (not_implemented). "
                + "Queries to the paths that were named for the fallback are sent in another way. QUERY is tried again after 00:10:00.",
                "Debug HttpClient 'api': POST is sent in place of QUERY. Reason: learned.",
            ],
            _log.Lines);
    }

    [Fact]
    public async Task A_switch_to_GET_is_counted_logged_and_tagged()
    {
        var isGone = false;
        await using var origin = Origin.Start(request => request.StartsWith("QUERY", StringComparison.Ordinal)
            ? Origin.Ok("rows", "Location: /stored/secret")
            : isGone ? "HTTP/1.1 410 Gone\nContent-Length: 0\n\n" : Origin.Ok("stored"));
        await using var services = Build();
        using var activity = new Activity("caller").Start();
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(services, Cached.Query(origin.Uri("/rfcs"), "\"secret\""));
            isGone = i == 1;
        }

        Assert.Equal(
            [
                "switches httpquery.switch.result=used",
                "switches httpquery.switch.result=returned",
                "replays httpquery.replay.reason=location",
            ],
            _counts);
        Assert.Equal(true, activity.GetTagItem("httpquery.switched_to_get"));
        Assert.Equal(
            [
                "Debug HttpClient 'api': a GET of an earlier Location got 200, which is used as the response to the query.",
                "Debug HttpClient 'api': a GET of an earlier Location got 410, which is not used as the response to the query.",
                "Debug HttpClient 'api': the content of a query is sent again. Reason: location.",
            ],
            _log.Lines);
    }

    [Fact]
    public async Task Discovery_is_counted_logged_and_tagged()
    {
        await using var origin = Origin.Start(request => request.Contains("text/csv", StringComparison.Ordinal)
            ? Origin.Ok("rows", "Accept-Query: \"")
            : Origin.Response("415 Unsupported Media Type", "", "Accept-Query: text/csv"));
        await using var services = Build();
        using var activity = new Activity("caller").Start();
        await SendAsync(services, new(HttpMethod.Query, origin.Uri("/rfcs"))
        {
            Content = new QueryContent(
                new("application/sql", () => new StringContent("secret")),
                new("text/csv", () => Wire.Content("text/csv", "secret"))),
        });
        await services.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAcceptQueryAsync(origin.Uri("/rfcs"));

        Assert.Equal(
            [
                "discoveries httpquery.discovery.result=learned",
                "discoveries httpquery.discovery.result=renegotiated",
                "replays httpquery.replay.reason=unsupported_media_type",
                "discoveries httpquery.discovery.result=ignored",
                "discoveries httpquery.discovery.result=remembered",
            ],
            _counts);
        Assert.Equal(true, activity.GetTagItem("httpquery.renegotiated"));
        Assert.Equal(
            [
                "Debug HttpClient 'api': the content of a query is sent again. Reason: unsupported_media_type.",
                "Debug HttpClient 'api': the server refused application/sql with 415. The query is sent as text/csv.",
            ],
            _log.Lines);
    }

    [Fact]
    public async Task A_retried_connection_is_counted_and_logged()
    {
        await using var origin = Origin.Start("", Origin.Ok("done"));
        await using var services = Build();
        await SendAsync(services, Cached.Query(origin.Uri("/rfcs"), "{}"));
        Assert.Equal(["replays httpquery.replay.reason=connection_closed"], _counts);
        Assert.Equal(["Debug HttpClient 'api': the content of a query is sent again. Reason: connection_closed."], _log.Lines);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _log.Dispose();
    }

    private static async Task SendAsync(ServiceProvider services, HttpRequestMessage request) =>
        await services.GetRequiredService<IHttpClientFactory>().CreateClient("api").TextAsync(request);

    private ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(_log).SetMinimumLevel(LogLevel.Debug));
        services.AddHttpClient("api").AddHttpQuery(options =>
        {
            options.UseCache = false;
            options.UseFallback = options.UseLocation = true;
            options.Fallback.Paths.Add("/pods");
        });
        var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name is "HttpQuery.Client" && ReferenceEquals(instrument.Meter.Scope, factory))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            var labels = tags.ToArray().Where(tag => tag.Key is not "httpquery.client.name").Select(tag => $" {tag.Key}={tag.Value}");
            _counts.Enqueue(instrument.Name["httpquery.client.".Length..] + string.Concat(labels));
        });
        _listener.Start();
        return provider;
    }

    private sealed class LogRecorder : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public string[] Lines => [.. _lines];

        public ILogger CreateLogger(string categoryName) => categoryName is "HttpQuery.Client" ? this
            : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel} {formatter(state, exception)}");

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
