using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueryGateway.Management;
using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>The metrics page and the log stay small and impersonal, whatever clients invent.</summary>
public class MetricsTests
{
    [Fact]
    public async Task What_clients_invent_makes_no_series()
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nCache-Control: max-age=600\nContent-Length: 0\n\n");
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", "http://127.0.0.1:0", "--h2c", "http://127.0.0.1:0");
        await InventAsync(gateway, "first");
        var before = Series(await PageAsync(gateway));

        for (var i = 0; i < 10; i++) await InventAsync(gateway, string.Create(CultureInfo.InvariantCulture, $"inv{i}ented"));

        var page = await PageAsync(gateway);
        Assert.Equal(before, Series(page));
        Assert.DoesNotContain("inv", page.Replace("invalid", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("http_client_request_duration_seconds_count{http_request_method=\"GET\"", page, StringComparison.Ordinal);
        Assert.Contains("http_request_method=\"_OTHER\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_a_client_is_in_the_log()
    {
        var log = new StringBuilder();
        await using var origin = Origin.Start((request, stream) =>
        {
            // Some are answered, some are not.
            if (request.Head.Contains("dies", StringComparison.Ordinal)) return Task.FromResult(false);
            return AnswerAsync(stream);
        });
        // The levels of appsettings.json, but for the one that operators change first.
        string[] args = ["--management", "http://127.0.0.1:0", "--h2c", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Information", .. Stated("Microsoft.AspNetCore", "Yarp")];
        await using var gateway = await RunningGateway.StartAsync(origin.Url, builder => Keep(builder, log), args);

        await InventAsync(gateway, "secret");
        await InventAsync(gateway, "secret-dies");
        await gateway.ManageAsync("POST /purge", ["Content-Type: application/json"], "{\"tag\":\"secret\"}");
        await gateway.ManageAsync("POST /purge", ["Content-Type: application/json"], "{\"secret\":");
        await gateway.ManageAsync("GET /secret", [], host: "secret.test");

        lock (log) Assert.NotEqual("", log.ToString());
        lock (log) Assert.DoesNotContain("secret", log.ToString(), StringComparison.OrdinalIgnoreCase);

        static async Task<bool> AnswerAsync(Stream stream)
        {
            await stream.WriteAsync(Origin.Octets("HTTP/1.1 200 OK\nCache-Control: max-age=600\nContent-Length: 0\n\n"));
            return true;
        }
    }

    [Fact]
    public void A_family_has_a_limit_and_counts_the_rest_in_one_series()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var page = new MetricsPage(meters);
        var meter = meters.Create("HttpQuery");
        var counter = meter.CreateCounter<long>("c");
        var histogram = meter.CreateHistogram<double>("h", "s");
        meter.CreateObservableGauge("g", () => Enumerable.Range(0, MetricFamily.MaximumSeries + 5).Select(i => new Measurement<int>(1, Label(i))));

        for (var i = 0; i < MetricFamily.MaximumSeries; i++) Measure(i);
        Assert.Equal(MetricFamily.MaximumSeries, Lines(page, "c_total{").Length);
        Assert.DoesNotContain("c_total{series=\"other\"}", page.Render(), StringComparison.Ordinal);

        for (var i = 0; i < MetricFamily.MaximumSeries + 3; i++) Measure(i);
        for (var again = 0; again < 2; again++)
        {
            Assert.Equal(MetricFamily.MaximumSeries + 1, Lines(page, "c_total{").Length);
            Assert.Contains("c_total{series=\"other\"} 3", Lines(page, "c_total{"));
            Assert.Contains("c_total{httpquery_x=\"0\"} 2", Lines(page, "c_total{"));
            Assert.Contains("h_seconds_count{series=\"other\"} 3", Lines(page, "h_seconds_count{"));
            Assert.Contains("h_seconds_sum{series=\"other\"} 6", Lines(page, "h_seconds_sum{"));

            // What is observed is not added to what was observed before.
            Assert.Contains("g{series=\"other\"} 5", Lines(page, "g{"));
            Assert.Contains("g{httpquery_x=\"0\"} 1", Lines(page, "g{"));
        }

        void Measure(int i)
        {
            counter.Add(1, Label(i));
            histogram.Record(2, Label(i));
        }

        static KeyValuePair<string, object?> Label(int i) => new("httpquery.x", i);
    }

    [Fact]
    public void A_label_that_is_not_let_through_is_added_up()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var page = new MetricsPage(meters);
        var meter = meters.Create("HttpQuery");
        meter.CreateObservableGauge("g", () => Enumerable.Range(0, 7).Select(i => new Measurement<int>(1, new KeyValuePair<string, object?>("user.name", i))));
        meters.Create("Another").CreateCounter<int>("unknown").Add(1);

        Assert.Equal("# TYPE g gauge\ng 7\n", page.Render());
        Assert.Equal("# TYPE g gauge\ng 7\n", page.Render());
    }

    // A host, a port, a path, a query string, a method, fields, an authority, a scheme: by each way that there is.
    private static async Task InventAsync(RunningGateway gateway, string name)
    {
        var port = 1000 + (name.GetHashCode(StringComparison.Ordinal) & 0x3FFF);
        await RawHttp.SendAsync(gateway.Port, $"GET /{name}?{name}", [$"User-Agent: {name}", $"X-{name}: {name}", $"Accept: text/{name}"], host: $"{name}.test:{port}");
        await RawHttp.SendAsync(gateway.Port, $"QUERY /{name}", [$"Content-Type: text/{name}", $"Cookie: {name}"], name, $"{name}.test");
        await RawHttp.SendAsync(gateway.Port, $"{name} /{name}", [], name, $"{name}.test");
        await RawHttp.SendAsync(gateway.Port, $"GET http://{name}.test:{port}/{name}", [], host: $"{name}.test:{port}");
        await RawHttp.SendAsync(gateway.Port, "GET /bad", [$"Expect: {name}"], host: $"{name}_.test");
        await RawHttp.SendAsync(gateway.Port, $"GET /{name} HTTP/1.1\r\nHost: {name}\r\nContent-Length: {name}\r\n\r\n");
        await RawHttp.SendAsync(gateway.Port, $"GET /{name} {name}\r\n\r\n");
        await Http2Client.SendAsync(gateway.H2cPort, [(":method", name), (":scheme", "http"), (":authority", $"{name}.test"), (":path", $"/{name}")]);
        await Http2Client.SendAsync(gateway.H2cPort, [(":method", "GET"), (":scheme", name), (":authority", $"{name}.test"), (":path", $"/{name}")]);
        await Http2Client.SendAsync(gateway.H2cPort, [(":method", "CONNECT"), (":protocol", name), (":scheme", "http"), (":authority", $"{name}.test"), (":path", $"/{name}")]);
    }

    // The arguments that give the categories their levels of appsettings.json again.
    private static string[] Stated(params string[] categories)
    {
        var levels = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json")).Build().GetSection("Logging:LogLevel");
        return [.. categories.SelectMany(category => new[] { $"--Logging:LogLevel:{category}", levels[category] ?? "Information" })];
    }

    private static async Task<string> PageAsync(RunningGateway gateway) => (await gateway.ManageAsync("GET /metrics", [])).ContentText;

    private static string[] Series(string page) => [.. page.Split('\n').Where(line => line is [not '#', ..]).Select(line => line[..line.LastIndexOf(' ')]).Order(StringComparer.Ordinal)];

    private static string[] Lines(MetricsPage page, string start) => [.. page.Render().Split('\n').Where(line => line.StartsWith(start, StringComparison.Ordinal))];

    private static void Keep(WebApplicationBuilder builder, StringBuilder log)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new KeptLog(log));
    }

    private sealed class KeptLog(StringBuilder log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose() { }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (log) log.Append(CultureInfo.InvariantCulture, $"{eventId} {formatter(state, exception)} {exception}\n");
        }
    }
}
