using System.Diagnostics;
using System.Globalization;

namespace HttpQuery.Benchmarks;

/// <summary>Runs several operations in turns and gives medians; the first two are the limits that the others are held against, turn by turn.</summary>
internal static class Turns
{
    private const int Rounds = 21;
    private const int OctetsPerTurn = 8_000_000;

    public static IEnumerable<(string Name, string Result)> Measure((string Name, Action Run)[] operations, int octets)
    {
        var count = Math.Max(3, OctetsPerTurn / octets);
        var times = operations.Select(_ => new double[Rounds]).ToArray();
        foreach (var (_, run) in operations) Time(run, count);
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < operations.Length; i++) times[i][round] = Time(operations[i].Run, count);
        }

        for (var i = 0; i < operations.Length; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var n = 0; n < count; n++) operations[i].Run();
            var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / count;
            var median = Median(times[i]);
            yield return (operations[i].Name, string.Create(CultureInfo.InvariantCulture,
                $"{median / 1000:F1} | {octets / median:F2} | {Ratio(i, 0):F2} | {Ratio(i, 1):F2} | {allocated}"));
        }

        double Ratio(int operation, int limit) => Median([.. times[operation].Zip(times[limit], (time, other) => time / other)]);
    }

    private static double Time(Action run, int count)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++) run();
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / count;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
