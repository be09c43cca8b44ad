using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace QueryGateway.Management;

/// <summary>Counts what the meters of this process say, and writes it as Prometheus reads it (text format 0.0.4). Histograms appear as their count and sum.</summary>
internal sealed class MetricsPage : IDisposable
{
    private static readonly string[] Meters = ["HttpQuery", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http"];

    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);

    public MetricsPage(IMeterFactory meters)
    {
        // Those of another application in this process have another factory.
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Meters.Contains(instrument.Meter.Name) && (instrument.Meter.Scope is null || instrument.Meter.Scope == meters)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<byte>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<short>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<float>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<decimal>((instrument, value, tags, _) => Record(instrument, (double)value, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    public string Render()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_lock)
        {
            foreach (var (name, family) in _families)
            {
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {family.Kind}\n");
                foreach (var (labels, sample) in family.Samples)
                {
                    if (family.Kind is "summary") text.Append(CultureInfo.InvariantCulture, $"{name}_sum{labels} {sample.Sum:R}\n{name}_count{labels} {sample.Count}\n");
                    else text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {sample.Sum:R}\n");
                }
            }
        }
        return text.ToString();
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var kind = KindOf(instrument);
        var name = NameOf(instrument, kind);
        var labels = LabelsOf(tags);
        lock (_lock)
        {
            if (!_families.TryGetValue(name, out var family)) _families[name] = family = new(kind);
            var earlier = IsState(instrument) ? default : family.Samples.GetValueOrDefault(labels);
            family.Samples[labels] = new(earlier.Sum + value, earlier.Count + 1);
        }
    }

    private static string KindOf(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        if (type == typeof(Counter<>) || type == typeof(ObservableCounter<>)) return "counter";
        return type == typeof(Histogram<>) ? "summary" : "gauge";
    }

    // What is told as it stands, not as it changes.
    private static bool IsState(Instrument instrument) => instrument.IsObservable || instrument.GetType().GetGenericTypeDefinition() == typeof(Gauge<>);

    private static string NameOf(Instrument instrument, string kind)
    {
        var name = new StringBuilder(instrument.Name.Length + 16);
        foreach (var letter in instrument.Name) name.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        if (instrument.Unit is "s") name.Append("_seconds");
        if (instrument.Unit is "By") name.Append("_bytes");
        return kind is "counter" ? name.Append("_total").ToString() : name.ToString();
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var labels = new List<string>(tags.Length);
        foreach (var (name, value) in tags)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            labels.Add($"{string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'))}=\"{escaped}\"");
        }
        labels.Sort(StringComparer.Ordinal);
        return $"{{{string.Join(',', labels)}}}";
    }

    private sealed class Family(string kind)
    {
        public string Kind { get; } = kind;

        public SortedDictionary<string, Sample> Samples { get; } = new(StringComparer.Ordinal);
    }

    private readonly record struct Sample(double Sum, long Count);
}
