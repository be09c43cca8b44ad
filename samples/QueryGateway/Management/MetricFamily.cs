using System.Globalization;
using System.Text;

namespace QueryGateway.Management;

/// <summary>The series of one metric: one for each set of labels.</summary>
/// <param name="kind">The type that Prometheus reads: <c>counter</c>, <c>gauge</c> or <c>summary</c>.</param>
/// <param name="isObserved">Whether each collection measures everything anew.</param>
/// <param name="isLast">Whether a measurement replaces the one before it.</param>
internal sealed class MetricFamily(string kind, bool isObserved, bool isLast)
{
    // Series. The labels that are let through have some ten methods, thirty status codes and three versions, of which a gateway sees a small part.
    // If a new label has values without end, a page of twenty such families is still below 1 MB.
    internal const int MaximumSeries = 200;

    // Counts the sets of labels beyond the limit.
    private const string Other = "{series=\"other\"}";

    private readonly SortedDictionary<string, Sample> _samples = new(StringComparer.Ordinal);

    /// <summary>Forgets the earlier values where the collection measures them all.</summary>
    public void BeginCollection()
    {
        if (isObserved) _samples.Clear();
    }

    public void Record(string labels, double value)
    {
        if (!_samples.TryGetValue(labels, out var earlier) && _samples.Count >= MaximumSeries)
        {
            labels = Other;
            earlier = _samples.GetValueOrDefault(labels);
        }
        _samples[labels] = new(isLast ? value : earlier.Sum + value, earlier.Count + 1);
    }

    public void Write(string name, StringBuilder text)
    {
        if (_samples.Count == 0) return;
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {kind}\n");
        foreach (var (labels, sample) in _samples)
        {
            if (kind is "summary") text.Append(CultureInfo.InvariantCulture, $"{name}_sum{labels} {sample.Sum:R}\n{name}_count{labels} {sample.Count}\n");
            else text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {sample.Sum:R}\n");
        }
    }

    private readonly record struct Sample(double Sum, long Count);
}
