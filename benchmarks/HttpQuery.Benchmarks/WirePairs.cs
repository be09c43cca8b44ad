using System.Globalization;

namespace HttpQuery.Benchmarks;

/// <summary>Measures two requests on Kestrel in turns, each over one connection.</summary>
internal static class WirePairs
{
    private const int Requests = 2_000;
    private const int Rounds = 31;

    public static void PrintHead() => Console.WriteLine("""
        | A, then B | A, CPU µs | B, CPU µs | B / A: median (quartiles) | A, B/request | B, B/request |
        |---|---|---|---|---|---|
        """);

    /// <summary>Prints medians of both, and of the ratios pair by pair.</summary>
    public static async Task PrintAsync(string name, WireConnection a, WireConnection b)
    {
        await a.MeasureAsync(10 * Requests);
        await b.MeasureAsync(10 * Requests);
        var runs = new List<((double Nanoseconds, double Bytes) A, (double Nanoseconds, double Bytes) B)>();
        for (var round = 0; round < Rounds; round++) runs.Add((await a.MeasureAsync(Requests), await b.MeasureAsync(Requests)));

        var ratios = runs.Select(run => run.B.Nanoseconds / run.A.Nanoseconds).Order().ToArray();
        var (first, second) = (Median(run => run.A.Nanoseconds) / 1000, Median(run => run.B.Nanoseconds) / 1000);
        var (bytes, otherBytes) = (Median(run => run.A.Bytes), Median(run => run.B.Bytes));
        var (low, middle, high) = (ratios[Rounds / 4], ratios[Rounds / 2], ratios[Rounds * 3 / 4]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {first:F1} | {second:F1} | {middle:F2} ({low:F2} to {high:F2}) | {bytes:F0} | {otherBytes:F0} |"));

        double Median(Func<((double Nanoseconds, double Bytes) A, (double Nanoseconds, double Bytes) B), double> value) =>
            runs.Select(value).Order().ElementAt(Rounds / 2);
    }
}
