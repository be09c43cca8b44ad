using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Benchmarks;

/// <summary>Hits of the shared cache against those of ASP.NET Core's output caching for GET: processor time of a server process of its own, pairs in turns.</summary>
internal static class ServerHits
{
    private const int Connections = 32;
    private const int Requests = 40_000;
    private const int Rounds = 15;

    private static readonly string Answer = "[" + string.Join(',', Enumerable.Range(0, 18).Select(i => $"{{\"number\":{9110 + i},\"title\":\"An entry of the index\"}}")) + "]";

    public static async Task RunAsync()
    {
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, "hits-server") { RedirectStandardOutput = true })!;
        try
        {
            var port = int.Parse((await server.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
            Console.WriteLine($"Answers of {Answer.Length} bytes, {Connections} connections, medians of {Rounds} pairs of {Requests} requests in turns; processor time of the server process.");
            Console.WriteLine("| B | output caching GET hit, CPU µs | B, CPU µs | output caching / B: median (quartiles) | output caching, B/request | B, B/request |");
            Console.WriteLine("|---|---|---|---|---|---|");
            using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
            foreach (var (name, path, content) in new (string, string, string?)[]
            {
                ("GET hit", "/shared", null),
                ("QUERY hit, 200 B", "/shared", Content(200)),
                ("QUERY hit, 2 KB", "/shared", Content(2_000)),
                ("QUERY hit, 20 KB", "/shared", Content(20_000)),
                ("no cache, GET", "/plain", null),
                ("no cache, QUERY 2 KB, read and answered", "/plain", Content(2_000)),
            })
            {
                var (first, second) = (await OpenAsync(port, "/output", null), await OpenAsync(port, path, content));
                await MeasureAsync(server, first);
                await MeasureAsync(server, second);
                var runs = new List<(double A, double B)>();
                for (var round = 0; round < Rounds; round++) runs.Add((await MeasureAsync(server, first), await MeasureAsync(server, second)));
                var ratios = runs.Select(run => run.A / run.B).Order().ToArray();
                var (firstBytes, secondBytes) = (await AllocatedAsync(first), await AllocatedAsync(second));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {name} | {runs.Select(run => run.A).Order().ElementAt(Rounds / 2):F1} | {runs.Select(run => run.B).Order().ElementAt(Rounds / 2):F1} | {ratios[Rounds / 2]:F2} ({ratios[Rounds / 4]:F2} to {ratios[Rounds * 3 / 4]:F2}) | {firstBytes:F0} | {secondBytes:F0} |"));
                foreach (var connection in first.Concat(second)) connection.Dispose();

                async Task<double> AllocatedAsync(WireConnection[] connections)
                {
                    var before = long.Parse(await http.GetStringAsync("/allocated"), CultureInfo.InvariantCulture);
                    await MeasureAsync(server, connections);
                    return (long.Parse(await http.GetStringAsync("/allocated"), CultureInfo.InvariantCulture) - before) / (double)Requests;
                }
            }
        }
        finally
        {
            server.Kill();
        }
    }

    /// <summary>The same hits on this build and on another, in turns.</summary>
    /// <param name="before">The program of the other build.</param>
    public static async Task CompareAsync(string before)
    {
        using var old = Process.Start(new ProcessStartInfo(before, "hits-server") { RedirectStandardOutput = true })!;
        using var now = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, "hits-server") { RedirectStandardOutput = true })!;
        try
        {
            int[] ports = [int.Parse((await old.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture), int.Parse((await now.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture)];
            Console.WriteLine("| hit | before, CPU µs | now, CPU µs | now / before: median (quartiles) |");
            Console.WriteLine("|---|---|---|---|");
            foreach (var (name, content) in new (string, string?)[] { ("GET", null), ("QUERY, 200 B", Content(200)), ("QUERY, 2 KB", Content(2_000)), ("QUERY, 20 KB", Content(20_000)) })
            {
                var (first, second) = (await OpenAsync(ports[0], "/shared", content), await OpenAsync(ports[1], "/shared", content));
                await MeasureAsync(old, first);
                await MeasureAsync(now, second);
                var runs = new List<(double Old, double Now)>();
                for (var round = 0; round < Rounds; round++) runs.Add((await MeasureAsync(old, first), await MeasureAsync(now, second)));
                var ratios = runs.Select(run => run.Now / run.Old).Order().ToArray();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {name} | {runs.Select(run => run.Old).Order().ElementAt(Rounds / 2):F1} | {runs.Select(run => run.Now).Order().ElementAt(Rounds / 2):F1} | {ratios[Rounds / 2]:F2} ({ratios[Rounds / 4]:F2} to {ratios[Rounds * 3 / 4]:F2}) |"));
                foreach (var connection in first.Concat(second)) connection.Dispose();
            }
        }
        finally
        {
            old.Kill();
            now.Kill();
        }
    }

    public static async Task ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOutputCache();
        builder.Services.AddHttpQueryCache();
        await using var app = builder.Build();
        app.UseRouting();
        app.UseWhen(context => context.Request.Path == "/output", branch => branch.UseOutputCache());
        app.UseWhen(context => context.Request.Path == "/shared", branch => branch.UseHttpQueryCache());
        app.MapGet("/output", AnswerAsync).CacheOutput(policy => policy.Expire(TimeSpan.FromHours(1)));
        app.MapMethods("/shared", ["GET", "QUERY"], AnswerAsync).CacheQuery(policy => policy.Expire(TimeSpan.FromHours(1)));
        app.MapMethods("/plain", ["GET", "QUERY"], AnswerAsync);
        app.MapGet("/allocated", () => GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture));
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Urls.First()).Port);
        await Task.Delay(Timeout.Infinite);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(Answer);
    }

    private static string Content(int length)
    {
        var text = new StringBuilder("{\"filters\":[");
        while (text.Length < length - 60) text.Append(CultureInfo.InvariantCulture, $"{{\"field\":\"title\",\"match\":\"caching {text.Length}\"}},");
        return text.Append("{\"field\":\"").Append('x', Math.Max(1, length - text.Length - 14)).Append("\"}]}").ToString();
    }

    private static async Task<WireConnection[]> OpenAsync(int port, string path, string? content)
    {
        // The first one makes the hit, which the others' first answers are then.
        using (await WireConnection.OpenAsync(port, path, content, 200)) { }
        return await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => WireConnection.OpenAsync(port, path, content, 200)));
    }

    // Microseconds for each request.
    private static async Task<double> MeasureAsync(Process server, WireConnection[] connections)
    {
        var before = server.TotalProcessorTime;
        await Task.WhenAll(connections.Select(connection => connection.MeasureAsync(Requests / Connections)));
        server.Refresh();
        return (server.TotalProcessorTime - before).TotalMicroseconds / Requests;
    }
}
