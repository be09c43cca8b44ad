using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Benchmarks;

/// <summary>What a refinement of an endpoint costs, and what a 304 spares: pairs of requests on Kestrel, in turns and over one connection each.</summary>
internal static class WireAnswers
{
    private const string Accept = "Accept: text/csv;q=0.5, application/json, */*;q=0.1";
    private const string OtherTag = "If-None-Match: \"v0\"";
    private const string Tag = "If-None-Match: \"v1\"";

    private static readonly Entry[] Entries = [.. Enumerable.Range(0, 5_000).Select(i => new Entry(i, $"An entry of the index, number {i}", 1990 + (i % 37)))];

    private static readonly (string Name, Case A, Case B)[] Pairs =
    [
        ("a search among 5,000 entries, 2 KB, then 304 by the stated validator", new("/stated", 200, []), new("/stated", 304, [Tag])),
        ("plain, then validators stated without a condition", new("/plain", 200, []), new("/stated-plain", 200, [])),
        ("plain, then a condition that does not hold", new("/plain", 200, []), new("/stated-plain", 200, [OtherTag])),
        ("plain, then negotiated among two media types", new("/plain", 200, [Accept]), new("/negotiated", 200, [Accept])),
        ("plain, then 406", new("/plain", 200, []), new("/negotiated", 406, ["Accept: text/html"])),
        ("plain, then with the query's key", new("/plain", 200, []), new("/keyed", 200, [])),
        ("plain, then with an entity tag of the response", new("/plain", 200, []), new("/tagged", 200, [])),
        ("plain, then with ranges offered", new("/plain", 200, []), new("/ranged", 200, [])),
        ("plain, then a 206 of 100 octets", new("/plain", 200, []), new("/ranged", 206, ["Range: bytes=0-99"])),
    ];

    public static async Task RunAsync()
    {
        await using var app = await StartAsync();
        var port = new Uri(app.Urls.First()).Port;
        WirePairs.PrintHead();
        foreach (var (name, a, b) in Pairs)
        {
            using var first = await OpenAsync(port, a);
            using var second = await OpenAsync(port, b);
            await WirePairs.PrintAsync(name, first, second);
        }
    }

    private static Task<WireConnection> OpenAsync(int port, Case one) => WireConnection.OpenAsync(port, one.Path, "{\"year\":2000}", one.Status, pipelined: 20, one.Fields);

    // "Stated" works for its answer; the others answer with a constant, so that what is added can be seen.
    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHttpQuery();
        var app = builder.Build();
        var ten = Entries[..10];
        app.MapQuery("/plain", (EntryQuery query) => TypedResults.Ok(ten));
        app.MapQuery("/stated", async (EntryQuery query, HttpContext context) =>
            await context.CheckConditionsAsync(new EntityTag("v1")) ?? TypedResults.Ok(Entries.Where(entry => entry.Year == query.Year).OrderBy(entry => entry.Title, StringComparer.Ordinal).Take(30).ToArray()));
        app.MapQuery("/stated-plain", async (EntryQuery query, HttpContext context) => await context.CheckConditionsAsync(new EntityTag("v1")) ?? TypedResults.Ok(ten));
        app.MapQuery("/negotiated", (EntryQuery query) => TypedResults.Ok(ten)).WithResponseWriter<Entry[]>("text/csv", (entries, context) => context.Response.WriteAsync("x"));
        app.MapQuery("/keyed", (EntryQuery query) => TypedResults.Ok(ten)).WithQueryKey();
        app.MapQuery("/tagged", (EntryQuery query) => TypedResults.Ok(ten)).WithETag();
        app.MapQuery("/ranged", (EntryQuery query) => TypedResults.Ok(ten)).WithRanges();
        await app.StartAsync();
        return app;
    }

    private sealed record Case(string Path, int Status, string[] Fields);

    internal sealed record EntryQuery(int Year);

    internal sealed record Entry(int Number, string Title, int Year);
}
