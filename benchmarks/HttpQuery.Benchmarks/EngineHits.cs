using System.Diagnostics;
using System.Globalization;
using System.Text;
using HttpQuery.Caching;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Benchmarks;

/// <summary>The engine alone: from a request with its content in memory to the answer, out of a store in memory.</summary>
internal static class EngineHits
{
    private const int Operations = 50_000;
    private const int Rounds = 15;

    public static async Task RunAsync()
    {
        var cache = new QueryCache(new() { Rules = new() { Mode = CacheMode.Shared }, Name = "Engine" }, new MemoryCacheStore());
        Console.WriteLine("| query content, B | hit, µs: median (quartiles) | allocated, B |");
        Console.WriteLine("|---|---|---|");
        foreach (var length in new[] { 0, 200, 2_000, 20_000 })
        {
            var request = new CacheRequest
            {
                Method = length == 0 ? "GET" : "QUERY",
                Scheme = "http",
                Authority = "origin.test",
                Target = "/rfcs",
                Fields = length == 0 ? StoredFields.Empty : new StoredFields([new("Content-Type", "application/json"), new("Accept", "*/*"), new("User-Agent", "bench")]),
                Content = length == 0 ? ReadOnlyMemory<byte>.Empty : Encoding.ASCII.GetBytes("{\"match\":\"" + new string('x', length - 12) + "\"}"),
            };
            using (var transaction = await cache.BeginAsync(request))
            {
                KeyValuePair<string, StringValues>[] fields = [new("Cache-Control", "max-age=3600"), new("Content-Type", "application/json"), new("Date", DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture))];
                await transaction.ReceiveAsync(200, fields);
                await transaction.CompleteAsync(new byte[900]);
            }
            await MeasureAsync(cache, request);
            var runs = new List<(double Microseconds, double Bytes)>();
            for (var round = 0; round < Rounds; round++) runs.Add(await MeasureAsync(cache, request));
            var times = runs.Select(run => run.Microseconds).Order().ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {length} | {times[Rounds / 2]:F2} ({times[Rounds / 4]:F2} to {times[Rounds * 3 / 4]:F2}) | {runs.Select(run => run.Bytes).Order().ElementAt(Rounds / 2):F0} |"));
        }
    }

    private static async Task<(double Microseconds, double Bytes)> MeasureAsync(QueryCache cache, CacheRequest request)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Operations; i++)
        {
            using var transaction = await cache.BeginAsync(request);
            if (transaction.Answer().Status != 200) throw new InvalidOperationException("No hit.");
        }
        return (Stopwatch.GetElapsedTime(started).TotalMicroseconds / Operations, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Operations);
    }
}
