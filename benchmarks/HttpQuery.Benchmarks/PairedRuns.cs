using System.Diagnostics;
using System.Globalization;

namespace HttpQuery.Benchmarks;

/// <summary>Runs two operations in turns, A B A B, so that what else the machine does falls on both alike.</summary>
internal static class PairedRuns
{
    private const int Rounds = 41;
    private const int Operations = 200_000;

    public static void PrintHead() => Console.WriteLine("""
        | case | A, ns | B, ns | B - A, ns: median (quartiles) | B / A | B allocates, B |
        |---|---|---|---|---|---|
        """);

    /// <summary>Prints medians of both, and of the differences pair by pair.</summary>
    public static void Print(string name, Func<Task> a, Func<Task> b)
    {
        Measure(a);
        Measure(b);
        var pairs = new List<(double A, double B)>();
        for (var round = 0; round < Rounds; round++) pairs.Add((Measure(a), Measure(b)));

        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure(b);
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / Operations;
        var differences = pairs.Select(pair => pair.B - pair.A).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {Median(pairs.Select(pair => pair.A)):F0} | {Median(pairs.Select(pair => pair.B)):F0} | {differences[Rounds / 2]:F0} ({differences[Rounds / 4]:F0} to {differences[Rounds * 3 / 4]:F0}) | {Median(pairs.Select(pair => pair.B / pair.A)):F2} | {allocated} |"));
    }

    private static double Measure(Func<Task> operation)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Operations; i++) operation().GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / Operations;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
