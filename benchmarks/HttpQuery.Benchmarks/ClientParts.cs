using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Benchmarks;

/// <summary>What each part of <c>AddHttpQuery</c> costs: QueryFromJsonAsync beside PostAsJsonAsync and reading, to one server in the same
/// process, in turns. Processor time and allocated bytes are those of client and server together.</summary>
internal static class ClientParts
{
    private const int Operations = 2_000, Rounds = 15;

    // To add a part, add a line.
    private static readonly (string Name, Action<HttpQueryClientOptions> Configure)[] Parts =
    [
        ("all parts off", options => (options.UseCache, options.UseRedirects) = (false, false)),
        ("redirects", options => options.UseCache = false),
        ("cache, miss", options => options.UseRedirects = false),
        ("redirects and cache, miss", _ => { }),
    ];

    public static async Task RunAsync()
    {
        await using var server = await StartAsync();
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var services = new ServiceCollection();
        services.AddHttpClient("post", http => http.BaseAddress = new(address));
        foreach (var (name, configure) in Parts) services.AddHttpClient(name, http => http.BaseAddress = new(address)).AddHttpQuery(configure);
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        var query = new Search("cache", 2014, 10);

        var post = factory.CreateClient("post");
        List<(string Name, Func<Task> Run)> cases =
        [
            ("POST", async () =>
            {
                using var response = await post.PostAsJsonAsync("/search", query);
                await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Entry[]>();
            }),
        ];
        foreach (var (name, _) in Parts)
        {
            var http = factory.CreateClient(name);
            cases.Add((name, () => http.QueryFromJsonAsync<Search, Entry[]>("/search", query)));
        }

        var runs = cases.Select(_ => new List<(double Microseconds, double Bytes)>()).ToArray();
        foreach (var (_, run) in cases) await MeasureAsync(run);
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < cases.Count; i++) runs[i].Add(await MeasureAsync(cases[i].Run));
        }

        Console.WriteLine("| case | CPU, µs: median | CPU / POST, median of the turns | allocated, B |");
        Console.WriteLine("|---|---|---|---|");
        for (var i = 0; i < cases.Count; i++)
        {
            var ratio = Median(runs[i].Zip(runs[0], (own, first) => own.Microseconds / first.Microseconds));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {cases[i].Name} | {Median(runs[i].Select(run => run.Microseconds)):F1} | {ratio:F3} | {Median(runs[i].Select(run => run.Bytes)):F0} |"));
        }
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        Entry[] entries = [.. Enumerable.Range(9110, 10).Select(number => new Entry(number, $"HTTP part {number}"))];
        app.MapMethods("/search", ["POST", "QUERY"], async context =>
        {
            await context.Request.ReadFromJsonAsync<Search>();
            await context.Response.WriteAsJsonAsync(entries);
        });
        await app.StartAsync();
        return app;
    }

    private static async Task<(double Microseconds, double Bytes)> MeasureAsync(Func<Task> run)
    {
        var (bytes, time) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime);
        for (var i = 0; i < Operations; i++) await run();
        var used = Environment.CpuUsage.TotalTime - time;
        return (used.TotalMicroseconds / Operations, (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)Operations);
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private sealed record Search(string Match, int FromYear, int Limit);

    private sealed record Entry(int Number, string Title);
}
