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

    /// <summary>Hits beside the floor and beside output caching's. What counts is the process in the middle of three.</summary>
    /// <param name="isShort">One process and few pairs, to work with.</param>
    public static async Task RunAsync(bool isShort)
    {
        var (processes, rounds) = isShort ? (1, 11) : (3, 41);
        var cases = Cases();
        var results = cases.Select(_ => new List<HitPair>()).ToArray();
        for (var process = 0; process < processes; process++)
        {
            using var pairs = await HitPairs.StartAsync();
            for (var i = 0; i < cases.Length; i++) results[i].Add(await pairs.MeasureAsync(cases[i].A, cases[i].B, rounds, cases[i].Requests));
        }

        Console.WriteLine($"Answers of {Answer.Length} bytes, {Connections} connections, {rounds} pairs in each of {processes} processes; processor time of the server process.");
        Console.WriteLine("| A, then B | A, CPU µs | B, CPU µs | B / A: median (quartiles) | A / B | medians of the processes | gate | A, B/request | B, B/request |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        for (var i = 0; i < cases.Length; i++)
        {
            var ordered = results[i].OrderBy(result => result.Ratio).ToArray();
            var middle = ordered[processes / 2];
            var medians = string.Join(", ", ordered.Select(result => result.Ratio.ToString("F2", CultureInfo.InvariantCulture)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {cases[i].Name} | {middle.A.Microseconds:F1} | {middle.B.Microseconds:F1} | {middle.Ratio:F3} ({middle.Lower:F2} to {middle.Upper:F2}) | {1 / middle.Ratio:F3} | {medians} | {cases[i].Gate} | {middle.A.Bytes:F0} | {middle.B.Bytes:F0} |"));
        }
    }

    private static (string Name, (string Path, string? Content) A, (string Path, string? Content) B, int Requests, string Gate)[] Cases()
    {
        return
        [
            ("floor, then GET hit", ("/floor", null), ("/shared", null), 8_000, "B / A <= 1.15"),
            Query("200 B", 200, 8_000, "1.20"),
            Query("2 KB", 2_000, 8_000, "1.25"),
            Query("20 KB", 20_000, 4_000, "1.30"),
            Query("200 KB", 200_000, 960, "1.30"),
            Output("GET hit", null, ""),
            Output("QUERY hit, 200 B", Content(200), "A / B >= 0.93"),
            Output("QUERY hit, 2 KB", Content(2_000), "A / B >= 0.90"),
        ];

        static (string, (string, string?), (string, string?), int, string) Query(string name, int length, int requests, string gate) =>
            ($"floor, then QUERY hit, {name}", ("/floor", Content(length)), ("/shared", Content(length)), requests, $"B / A <= {gate}");

        static (string, (string, string?), (string, string?), int, string) Output(string name, string? content, string gate) =>
            ($"output caching's GET hit, then {name}", ("/output", null), ("/shared", content), 8_000, gate);
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
        app.UseWhen(context => context.Request.Path == "/floor", branch => branch.UseMiddleware<HitFloor>((ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(Answer)));
        app.UseWhen(context => context.Request.Path == "/shared", branch => branch.UseHttpQueryCache());
        app.MapGet("/output", AnswerAsync).CacheOutput(policy => policy.Expire(TimeSpan.FromHours(1)));
        app.MapMethods("/shared", ["GET", "QUERY"], AnswerAsync).CacheQuery(policy => policy.Expire(TimeSpan.FromHours(1)));
        app.MapMethods("/floor", ["GET", "QUERY"], AnswerAsync);
        app.MapGet("/cost", () => string.Create(CultureInfo.InvariantCulture, $"{Environment.CpuUsage.TotalTime.TotalMicroseconds} {GC.GetTotalAllocatedBytes(precise: true)}"));
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
