using System.Diagnostics.Metrics;
using System.Text;

namespace QueryGateway.Management;

/// <summary>Collects the metrics of this process, and writes them as Prometheus reads them (text format 0.0.4). Histograms appear as their count and sum.</summary>
/// <remarks>Clients cannot make it grow: <see cref="MetricLabels"/> keeps their data out, and <see cref="MetricFamily"/> has a limit.</remarks>
internal sealed class MetricsPage : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _rendering = new();
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);

    public MetricsPage(IMeterFactory meters)
    {
        // Another application in this process has another factory.
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && MetricLabels.OfMeter(instrument.Meter.Name) is { } labels) listener.EnableMeasurementEvents(instrument, (FamilyOf(instrument), labels));
        };
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, state) => Record((double)value, tags, state));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    public string Render()
    {
        // Not under the other lock: an observed instrument may take locks under which others record.
        lock (_rendering)
        {
            lock (_lock)
            {
                foreach (var family in _families.Values) family.BeginCollection();
            }
            _listener.RecordObservableInstruments();

            var text = new StringBuilder();
            lock (_lock)
            {
                foreach (var (name, family) in _families) family.Write(name, text);
            }
            return text.ToString();
        }
    }

    private void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var (family, allowed) = ((MetricFamily, MetricLabels))state!;
        var labels = allowed.Write(tags);
        lock (_lock) family.Record(labels, value);
    }

    private MetricFamily FamilyOf(Instrument instrument)
    {
        var name = new StringBuilder(MetricLabels.Name(instrument.Name));
        if (instrument.Unit is "s") name.Append("_seconds");
        if (instrument.Unit is "By") name.Append("_bytes");
        var kind = KindOf(instrument);
        if (kind is "counter") name.Append("_total");
        lock (_lock)
        {
            return _families.TryGetValue(name.ToString(), out var family) ? family : _families[name.ToString()] = new(kind, instrument.IsObservable, TypeOf(instrument) == typeof(Gauge<>));
        }

        static string KindOf(Instrument instrument)
        {
            var type = TypeOf(instrument);
            if (type == typeof(Counter<>) || type == typeof(ObservableCounter<>)) return "counter";
            return type == typeof(Histogram<>) ? "summary" : "gauge";
        }

        static Type TypeOf(Instrument instrument) => instrument.GetType().GetGenericTypeDefinition();
    }
}
