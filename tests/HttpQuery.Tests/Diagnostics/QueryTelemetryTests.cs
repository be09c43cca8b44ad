using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Tests.Diagnostics;

/// <summary>What operators see of QUERY: outcomes, reasons and sizes, never content (RFC 10008 §4).</summary>
public class QueryTelemetryTests
{
    private const string Json = "application/json";
    private static readonly string[] Methods = ["GET", "QUERY"];

    public static TheoryData<string, string[], string?, int, string, string?> Outcomes => new()
    {
        { "/rfcs", ["Content-Type: application/json"], "{\"match\":\"secret\"}", 200, "succeeded", null },
        { "/tagged", ["Content-Type: application/json", "If-None-Match: *"], "{}", 304, "not_modified", null },
        { "/tagged", ["Content-Type: application/json", "If-Match: \"secret\""], "{}", 412, "precondition_failed", "precondition_failed" },
        { "/tagged", ["Content-Type: application/json", "Range: bytes=0-0"], "{}", 206, "partial", null },
        { "/tagged", ["Content-Type: application/json", "Range: bytes=99-"], "{}", 416, "rejected", "range_not_satisfiable" },
        { "/rfcs", [], "secret", 400, "rejected", "missing_content_type" },
        { "/rfcs", ["Content-Type: secret"], "secret", 400, "rejected", "malformed_content_type" },
        { "/rfcs", ["Content-Type: application/json"], "", 400, "rejected", "empty_content" },
        { "/rfcs", ["Content-Type: application/json"], "secret", 400, "rejected", "malformed_content" },
        { "/rfcs", ["Content-Type: text/secret"], "secret", 415, "rejected", "unsupported_media_type" },
        { "/rfcs", ["Content-Type: application/json; charset=secret"], "{}", 415, "rejected", "unsupported_charset" },
        { "/rfcs", ["Content-Type: application/json", "Content-Encoding: secret"], "{}", 415, "rejected", "unsupported_content_coding" },
        { "/csv", ["Content-Type: application/json", "Accept: text/secret"], "{}", 406, "rejected", "not_acceptable" },
        { "/unprocessable", ["Content-Type: application/json"], "{}", 422, "rejected", "unprocessable_query" },
        { "/missing", ["Content-Type: application/json"], "{}", 404, "rejected", "other" },
        { "/moved", ["Content-Type: application/json"], "{}", 307, "redirected", null },
        { "/failed", ["Content-Type: application/json"], "{}", 500, "failed", null },
    };

    [Theory, MemberData(nameof(Outcomes))]
    public async Task Each_request_is_counted_and_traced_with_its_outcome(string path, string[] fields, string? content, int status, string outcome, string? reason)
    {
        var seen = new Observations();
        await using var server = await StartAsync(seen);

        var response = await server.SendAsync($"QUERY {path}", content: content, fields: fields);
        Assert.Equal(status, response.Status);

        // The client may have its answer before the server is done with the request.
        var activity = await seen.ActivityAsync();
        var (_, value, tags) = Assert.Single(seen.Measurements, measurement => measurement.Name is "httpquery.server.requests");
        Assert.Equal(1, value);
        Assert.Equal((outcome, status, path), (tags["httpquery.outcome"], tags["http.response.status_code"], tags["http.route"]));
        Assert.Equal(reason, tags.GetValueOrDefault("httpquery.reason"));

        if (status < 500)
        {
            Assert.Equal((outcome, reason), (activity.GetTagItem("httpquery.outcome"), activity.GetTagItem("httpquery.reason")));
            Assert.Equal((long?)content?.Length, activity.GetTagItem("http.request.body.size"));
        }
        Assert.Equal(reason is not (null or "other"), seen.Lines.Any(line => line == $"A request to a path with a QUERY endpoint was refused with {status}: {reason}."));
        Assert.All(seen.Lines, line => Assert.DoesNotContain("secret", line, StringComparison.Ordinal));
        Assert.DoesNotContain(activity.TagObjects, tag => $"{tag.Value}".Contains("secret", StringComparison.Ordinal) && tag.Key.StartsWith("httpquery", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Content_is_measured_whether_its_length_is_declared_or_not()
    {
        var seen = new Observations();
        await using var server = await StartAsync(seen);

        Assert.Equal(200, (await server.SendAsync("QUERY /rfcs", Json, "{\"match\":\"a\"}")).Status);
        var chunked = await RawHttp.SendAsync(server.Port,
            $"QUERY /rfcs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {Json}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{{\"mat\r\n8\r\nch\":\"a\"}}\r\n0\r\n\r\n");
        Assert.Equal("found a", chunked.ContentText);
        Assert.Equal(400, (await RawHttp.SendAsync(server.Port,
            $"QUERY /rfcs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {Json}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n0\r\n\r\n")).Status);

        Assert.Equal([13, 13, 1], (await seen.MeasurementsAsync("httpquery.server.request.content.size", 3)).Select(measurement => measurement.Value));
    }

    [Theory, InlineData("/any-page"), InlineData("/query-page")]
    public async Task A_request_that_an_error_page_answers_is_counted_once_as_what_it_asked_for(string page)
    {
        var seen = new Observations();
        await using var server = await StartAsync(seen, app => app.UseStatusCodePagesWithReExecute(page).UseRouting());

        var response = await RawHttp.SendAsync(server.Port,
            $"QUERY /missing HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {Json}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n");
        Assert.Equal((404, "sorry"), (response.Status, response.ContentText));

        await seen.ActivityAsync();
        var (_, _, tags) = Assert.Single(seen.Measurements, measurement => measurement.Name is "httpquery.server.requests");
        Assert.Equal((404, "/missing"), (tags["http.response.status_code"], tags["http.route"]));
        var (_, length, _) = Assert.Single(seen.Measurements, measurement => measurement.Name is "httpquery.server.request.content.size");
        Assert.Equal(2, length);
    }

    [Fact]
    public async Task Other_methods_are_not_counted()
    {
        var seen = new Observations();
        await using var server = await StartAsync(seen);

        Assert.Equal(200, (await server.SendAsync("GET /rfcs")).Status);
        Assert.Equal(204, (await server.SendAsync("OPTIONS /rfcs")).Status);
        Assert.Equal(405, (await server.SendAsync("DELETE /rfcs")).Status);
        Assert.Equal(200, (await server.SendAsync("query /rfcs", Json, "{}")).Status);
        Assert.Single(await seen.MeasurementsAsync("httpquery.server.requests", 1));
    }

    private static Task<QueryServer> StartAsync(Observations seen, Action<WebApplication>? addPages = null) => QueryServer.StartAsync(
        app =>
        {
            addPages?.Invoke(app);
            app.Map("/any-page", () => "sorry");
            app.MapMethods("/query-page", Methods, () => "sorry");
            app.MapQuery("/rfcs", (RfcQuery query) => $"found {query.Match}");
            app.MapGet("/rfcs", () => "all");
            app.MapQuery("/tagged", (RfcQuery query) => "found").WithETag().WithRanges();
            app.MapQuery("/csv", (RfcQuery query) => "a,b").WithProduces("text/csv");
            app.MapQuery("/unprocessable", (RfcQuery query) => QueryResults.UnprocessableQuery("secret"));
            app.MapQuery("/missing", (RfcQuery query) => Results.NotFound());
            app.MapQuery("/moved", (RfcQuery query) => Results.Redirect("/rfcs", permanent: false, preserveMethod: true));
            app.MapQuery("/failed", string (RfcQuery query) => throw new InvalidOperationException("thrown"));
        },
        builder =>
        {
            builder.Logging.AddProvider(seen).SetMinimumLevel(LogLevel.Debug).AddFilter<Observations>((category, _) => category is "HttpQuery");
            builder.Services.AddSingleton(seen);
            builder.Services.AddMetrics();
            builder.Services.AddHostedService<Listening>();
        });

    /// <summary>Listens to the meters and activities of one application alone: tests run side by side.</summary>
    private sealed class Listening(Observations seen, IMeterFactory meters, DiagnosticListener source) : Microsoft.Extensions.Hosting.IHostedService, IDisposable
    {
        private readonly MeterListener _listener = new();
        private IDisposable? _subscription;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter is { Name: "HttpQuery" } meter && ReferenceEquals(meter.Scope, meters)) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
                seen.Measurements.Enqueue((instrument.Name, value, new(tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value)))));
            _listener.Start();
            _subscription = source.Subscribe(new Stops(seen)!);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
            _listener.Dispose();
            _subscription?.Dispose();
        }
    }

    private sealed class Stops(Observations seen) : IObserver<KeyValuePair<string, object>>
    {
        public void OnNext(KeyValuePair<string, object> value)
        {
            if (value.Key is "Microsoft.AspNetCore.Hosting.HttpRequestIn.Stop") seen.Stopped.TrySetResult(Activity.Current!);
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }

    private sealed class Observations : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(string Name, long Value, Dictionary<string, object?> Tags)> Measurements { get; } = [];

        public ConcurrentQueue<string> Lines { get; } = [];

        public TaskCompletionSource<Activity> Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<List<(string Name, long Value, Dictionary<string, object?> Tags)>> MeasurementsAsync(string name, int count)
        {
            for (var patience = 0; patience < 3_000 && Measurements.Count(measurement => measurement.Name == name) < count; patience++) await Task.Delay(10);
            return [.. Measurements.Where(measurement => measurement.Name == name)];
        }

        public Task<Activity> ActivityAsync() => Stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{formatter(state, exception)}{exception}"));

        public void Dispose()
        {
        }
    }
}
