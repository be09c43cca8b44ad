using System.Diagnostics;
using System.Globalization;

namespace HttpQuery.Benchmarks;

/// <summary>Two kinds of requests to one server process, in pairs by turns: processor time and allocated bytes of the server.</summary>
internal sealed class HitPairs : IDisposable
{
    private const int Connections = 32;

    private readonly Process _server;
    private readonly HttpClient _http;

    private HitPairs(Process server, int port) => (_server, Port, _http) = (server, port, new() { BaseAddress = new($"http://127.0.0.1:{port}") });

    public int Port { get; }

    public static async Task<HitPairs> StartAsync()
    {
        var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, "hits-server") { RedirectStandardOutput = true })!;
        return new(server, int.Parse((await server.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture));
    }

    /// <summary>Measures <paramref name="rounds"/> pairs of <paramref name="requests"/> requests each.</summary>
    public async Task<HitPair> MeasureAsync((string Path, string? Content) a, (string Path, string? Content) b, int rounds, int requests)
    {
        var (first, second) = (await OpenAsync(a.Path, a.Content), await OpenAsync(b.Path, b.Content));
        for (var warmUp = 0; warmUp < 3; warmUp++)
        {
            await MeasureAsync(first, requests);
            await MeasureAsync(second, requests);
        }
        var runs = new List<(Cost A, Cost B)>();
        for (var round = 0; round < rounds; round++)
        {
            // The one that goes first changes, too.
            var early = await MeasureAsync(round % 2 == 0 ? first : second, requests);
            var late = await MeasureAsync(round % 2 == 0 ? second : first, requests);
            runs.Add(round % 2 == 0 ? (early, late) : (late, early));
        }
        foreach (var connection in first.Concat(second)) connection.Dispose();
        return HitPair.Of(runs);
    }

    public void Dispose()
    {
        _server.Kill();
        _server.Dispose();
        _http.Dispose();
    }

    private async Task<WireConnection[]> OpenAsync(string path, string? content)
    {
        // The first one makes the hit, which the others' first answers are then.
        using (await WireConnection.OpenAsync(Port, path, content, 200)) { }
        return await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => WireConnection.OpenAsync(Port, path, content, 200)));
    }

    private async Task<Cost> MeasureAsync(WireConnection[] connections, int requests)
    {
        var before = await ReadAsync();
        await Task.WhenAll(connections.Select(connection => connection.MeasureAsync(requests / Connections)));
        var after = await ReadAsync();
        var count = requests / Connections * Connections;
        return new((after.Microseconds - before.Microseconds) / count, (after.Bytes - before.Bytes) / count);
    }

    // The process asks the system itself: what others see of it comes in steps of ten milliseconds.
    private async Task<Cost> ReadAsync()
    {
        var parts = (await _http.GetStringAsync("/cost")).Split(' ');
        return new(double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    internal readonly record struct Cost(double Microseconds, double Bytes);
}

/// <summary>Medians of pairs: microseconds and bytes per request of both, and quartiles of B / A.</summary>
internal readonly record struct HitPair(HitPairs.Cost A, HitPairs.Cost B, double Lower, double Ratio, double Upper)
{
    public static HitPair Of(List<(HitPairs.Cost A, HitPairs.Cost B)> runs)
    {
        var ratios = runs.Select(run => run.B.Microseconds / run.A.Microseconds).Order().ToArray();
        return new(
            new(Median(run => run.A.Microseconds), Median(run => run.A.Bytes)),
            new(Median(run => run.B.Microseconds), Median(run => run.B.Bytes)),
            ratios[ratios.Length / 4], ratios[ratios.Length / 2], ratios[ratios.Length * 3 / 4]);

        double Median(Func<(HitPairs.Cost A, HitPairs.Cost B), double> value) => runs.Select(value).Order().ElementAt(runs.Count / 2);
    }
}
