using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Benchmarks;

/// <summary>Octets allocated per request on Kestrel, with <c>AddHttpQuery</c> and without, in turns and over one connection each.</summary>
/// <remarks>In process the response has no start, so what runs there (Accept-Query) is measured here.</remarks>
internal static class WireAllocation
{
    private const int Requests = 20_000;
    private const int Rounds = 5;

    private static readonly (string Name, string Path, string Content)[] Cases =
    [
        ("handler that reads nothing", "/raw", "{}"),
        ("bound query, 30 B", "/bound", "{\"match\":\"cache\",\"fromYear\":1}"),
        ("bound query, 2 KB", "/bound", "{\"match\":\"" + new string('x', 2000) + "\",\"fromYear\":1}"),
    ];

    public static async Task RunAsync()
    {
        await using var plain = await StartAsync(withHttpQuery: false);
        await using var httpQuery = await StartAsync(withHttpQuery: true);
        Console.WriteLine("| case | MapMethods alone | with HttpQuery | difference, B/request |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var (name, path, content) in Cases)
        {
            using var first = await WireConnection.OpenAsync(new Uri(plain.Urls.First()).Port, path, content, 200);
            using var second = await WireConnection.OpenAsync(new Uri(httpQuery.Urls.First()).Port, path, content, 200);
            var (a, b) = (new List<double>(), new List<double>());
            for (var round = 0; round <= Rounds; round++)
            {
                var (before, after) = (await first.MeasureAsync(Requests), await second.MeasureAsync(Requests));
                if (round == 0) continue;
                a.Add(before.Bytes);
                b.Add(after.Bytes);
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Median(a):F1} | {Median(b):F1} | {Median(b) - Median(a):F1} |"));
        }

        static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
    }

    private static async Task<WebApplication> StartAsync(bool withHttpQuery)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (withHttpQuery) builder.Services.AddHttpQuery();
        var app = builder.Build();
        app.MapMethods("/raw", [HttpMethods.Query], (RequestDelegate)(context =>
        {
            context.Response.ContentLength = 0;
            return Task.CompletedTask;
        }));
        app.MapMethods("/bound", [HttpMethods.Query], (RfcQuery query, HttpContext context) =>
        {
            context.Response.ContentLength = 0;
        });
        await app.StartAsync();
        return app;
    }

    internal sealed record RfcQuery(string? Match, int FromYear);
}
