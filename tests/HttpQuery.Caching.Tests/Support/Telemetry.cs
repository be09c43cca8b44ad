using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Caching.Tests.Support;

/// <summary>Keeps what a cache measures and logs.</summary>
internal sealed class Telemetry : IMeterFactory, ILoggerFactory, ILogger
{
    private readonly MeterListener _listener = new();
    private readonly Meter _meter;
    private readonly Lock _lock = new();

    public Telemetry()
    {
        _meter = new(new MeterOptions("HttpQuery") { Scope = this });
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == this) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            lock (_lock) Measurements.Add(new(instrument.Name, value, string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))));
        });
        _listener.Start();
    }

    public List<Measurement> Measurements { get; } = [];

    /// <summary>Lines such as <c>Debug: text</c>.</summary>
    public List<string> Lines { get; } = [];

    public LogLevel Level { get; set; } = LogLevel.Debug;

    /// <summary>The measurements of one instrument.</summary>
    public Measurement[] Of(string name)
    {
        lock (_lock) return [.. Measurements.Where(one => one.Name == name)];
    }

    /// <summary>Asks the gauges.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public Meter Create(MeterOptions options) => options.Name is "HttpQuery" ? _meter : throw new ArgumentException(options.Name);

    public ILogger CreateLogger(string categoryName) => categoryName is "HttpQuery.Cache" ? this : throw new ArgumentException(categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public bool IsEnabled(LogLevel logLevel) => logLevel >= Level;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock) Lines.Add($"{logLevel}: {formatter(state, exception)}");
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    internal sealed record Measurement(string Name, long Value, string Tags);
}
