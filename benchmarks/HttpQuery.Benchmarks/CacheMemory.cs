using System.Globalization;
using System.Text;
using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Benchmarks;

/// <summary>What a store in memory takes for good, when far more queries have gone through it than it holds.</summary>
internal static class CacheMemory
{
    private const int Queries = 1_000_000;
    private const int ProgressEvery = 100_000;
    private const long Limit = 64 * 1024 * 1024;

    public static async Task RunAsync()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var store = new MemoryCacheStore(Limit, int.MaxValue);
        var cache = new QueryCache(new(), store);
        for (var i = 1; i <= Queries; i++)
        {
            await AskAsync(cache, i);
            if (i % ProgressEvery == 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i:N0} queries: {store.Count:N0} items of {store.Size:N0} bytes"));
        }

        var taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        const long Most = Limit * 3 / 2;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{taken:N0} bytes are taken, {(double)taken / Limit:F2} of the store's limit; at most {Most:N0} are allowed: {(taken <= Most ? "kept" : "NOT kept")}"));
        GC.KeepAlive(cache);
    }

    private static async Task AskAsync(QueryCache cache, int number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        var request = new CacheRequest
        {
            Method = "QUERY",
            Scheme = "https",
            Authority = "origin.test",
            Target = "/rfcs",
            Headers = new HeaderCollection(KeyValuePair.Create<string, StringValues>("Content-Type", "application/json")),
            Content = new(Encoding.ASCII.GetBytes($$"""{"match":"{{text}}"}""")),
        };
        var fields = new HeaderCollection(
            KeyValuePair.Create<string, StringValues>("Cache-Control", "max-age=3600"),
            KeyValuePair.Create<string, StringValues>("Content-Type", "application/json"),
            KeyValuePair.Create<string, StringValues>("ETag", $"\"{text}\""));

        // From 100 to 1,900 octets, the lengths mixed.
        await EngineHits.StoreAsync(cache, request, fields, new byte[100 + (number * 7919L % 1801)]);
    }
}
