using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Benchmarks;

/// <summary>The engine alone: from a request with its content in memory to the answer, out of a store in memory.</summary>
internal static class EngineHits
{
    public static async Task RunAsync(int rounds = 15)
    {
        var cache = new QueryCache(new() { Rules = new() { Mode = CacheMode.Shared }, Name = "Engine" }, new MemoryCacheStore());
        Console.WriteLine("| query content, B | hit, µs: median (quartiles) | SHA256.HashData of the content, µs | hit / SHA-256 | gate | allocated, B |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var (length, gate) in new[] { (0, ""), (200, ""), (2_000, "<= 0.6"), (20_000, "<= 0.2"), (200_000, "") })
        {
            var request = new CacheRequest
            {
                Method = length == 0 ? "GET" : "QUERY",
                Scheme = "http",
                Authority = "origin.test",
                Target = "/rfcs",
                Headers = length == 0 ? HeaderCollection.Empty : new HeaderCollection([new("Content-Type", "application/json"), new("Accept", "*/*"), new("User-Agent", "bench")]),
                Content = length == 0 ? ReadOnlySequence<byte>.Empty : new(Encoding.ASCII.GetBytes("{\"match\":\"" + new string('x', length - 12) + "\"}")),
            };
            HeaderCollection fields = new([new("Cache-Control", "max-age=3600"), new("Content-Type", "application/json"), new("Date", DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture))]);
            await StoreAsync(cache, request, fields, new byte[900]);
            var operations = Math.Min(50_000, 1_000_000_000 / (length + 1_000));
            await MeasureAsync(cache, request, operations);
            var runs = new List<(double Microseconds, double Bytes, double Sha)>();
            for (var round = 0; round < rounds; round++)
            {
                var hash = Hash(request, operations);
                var (microseconds, bytes) = await MeasureAsync(cache, request, operations);
                runs.Add((microseconds, bytes, hash));
            }
            var times = runs.Select(run => run.Microseconds).Order().ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {length} | {times[rounds / 2]:F2} ({times[rounds / 4]:F2} to {times[rounds * 3 / 4]:F2}) | {Median(runs, run => run.Sha):F2} | {Median(runs, run => run.Microseconds / run.Sha):F2} | {gate} | {Median(runs, run => run.Bytes):F0} |"));
        }

        static double Median(List<(double Microseconds, double Bytes, double Sha)> runs, Func<(double Microseconds, double Bytes, double Sha), double> value) => runs.Select(value).Order().ElementAt(runs.Count / 2);
    }

    /// <summary>Stores a response to a request that was not sent before.</summary>
    public static async Task StoreAsync(QueryCache cache, CacheRequest request, HeaderCollection fields, byte[] content)
    {
        if (await cache.LookUpAsync(request) is not CacheDecision.Forward { Exchange: var exchange }) throw new InvalidOperationException("Each query is to be a new one.");
        using (exchange)
        {
            if (await exchange.ReceiveAsync(new(200, fields)) is not ResponseAction.RelayAndStore { Capture: var capture }) throw new InvalidOperationException("The response is to be stored.");
            capture.Append(content);
            await capture.StoreAsync();
        }
    }

    private static double Hash(CacheRequest request, int operations)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < operations; i++) SHA256.HashData(request.Content!.Value.FirstSpan, digest);
        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / operations;
    }

    private static async Task<(double Microseconds, double Bytes)> MeasureAsync(QueryCache cache, CacheRequest request, int operations)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < operations; i++)
        {
            if (await cache.LookUpAsync(request) is not CacheDecision.Serve) throw new InvalidOperationException("No hit.");
        }
        return (Stopwatch.GetElapsedTime(started).TotalMicroseconds / operations, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)operations);
    }
}
