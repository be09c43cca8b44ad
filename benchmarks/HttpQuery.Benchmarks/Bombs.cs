using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Benchmarks;

/// <summary>Processor time that a server spends on a QUERY with a decompression bomb, beside a plain QUERY of the same length. The endpoint reads no content, so the cache alone decodes it.</summary>
internal static class Bombs
{
    private const int Rounds = 9;
    private const int Requests = 20;
    private const int WarmUps = 300;
    private const double Gate = 3;

    private static int _number;

    private static readonly (string Name, string Coding, Func<int, byte[]> Make)[] Refused =
    [
        ("br, 16 MiB of zeros, window 2^22", "br", number => BombContents.Brotli(number, window: 22)),
        ("br, 16 MiB of zeros, window 2^24", "br", number => BombContents.Brotli(number, window: 24)),
        ("gzip, 16 MiB of zeros", "gzip", BombContents.Gzip),
        ("deflate, 16 MiB of zeros", "deflate", BombContents.Deflate),
        ("deflate, 13 literals and a copy in turn", "deflate", BombContents.ManySymbols),
        ("deflate, empty stored blocks, then zeros", "deflate", number => BombContents.BlocksThenZeros(number, writer => writer.Stored([]))),
        ("deflate, empty fixed blocks, then zeros", "deflate", number => BombContents.BlocksThenZeros(number, writer => writer.EmptyFixed())),
        ("deflate, empty blocks with two codes each, then zeros", "deflate", number => BombContents.BlocksThenZeros(number, writer => writer.ShortestCodes())),
        ("deflate, empty blocks with 257 codes each, then zeros", "deflate", number => BombContents.BlocksThenZeros(number, writer => writer.AllCodes())),
    ];

    // Within the limits of the cache key. Their key needs each decoded octet, so nothing can spare them.
    private static readonly (string Name, string Coding, Func<int, byte[]> Make)[] Within =
    [
        ("deflate, empty blocks with two codes each", "deflate", number => BombContents.BlocksAlone(number, writer => writer.ShortestCodes())),
        ("deflate, 65,536 zeros", "deflate", BombContents.SmallWithin),
        ("deflate, 15 literals and a copy in turn, ratio 121", "deflate", BombContents.ManySymbolsWithin),
        ("gzip, a JSON string, ratio 127", "gzip", BombContents.JsonWithin),
    ];

    public static async Task RunAsync()
    {
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, "bombs-server") { RedirectStandardOutput = true })!;
        try
        {
            var port = int.Parse((await server.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
            using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
            Console.WriteLine($"Medians of {Rounds} rounds of {Requests} requests in turns; processor time of the server process.");
            Console.WriteLine("| content | bytes sent | plain, CPU µs | bomb, CPU µs | bomb / plain: median (quartiles) |");
            Console.WriteLine("|---|---|---|---|---|");
            var exceeding = new List<string>();
            await WarmUpAsync(port, http);
            foreach (var bomb in Refused)
            {
                if (await CompareAsync(port, http, bomb) > Gate) exceeding.Add(bomb.Name);
            }
            Console.WriteLine("Within the limits, so without a gate:");
            foreach (var content in Within) await CompareAsync(port, http, content);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Gate: at most {Gate} times a plain QUERY: {(exceeding.Count == 0 ? "kept" : $"NOT kept by: {string.Join("; ", exceeding)}")}"));
        }
        finally
        {
            server.Kill();
        }
    }

    // The runtime compiles hot methods again while they run, which is not what is measured.
    private static async Task WarmUpAsync(int port, HttpClient http)
    {
        foreach (var (_, coding, make) in Refused.Concat(Within))
        {
            var contents = Enumerable.Range(0, WarmUps / 10).Select(i => make(++_number)).ToArray();
            await MeasureAsync(port, http, [.. contents.Select(Plain)], null);
            await MeasureAsync(port, http, contents, coding);
        }
        await Task.Delay(TimeSpan.FromSeconds(1));
    }

    private static async Task<double> CompareAsync(int port, HttpClient http, (string Name, string Coding, Func<int, byte[]> Make) content)
    {
        var runs = new List<(double Plain, double Bomb)>();
        var length = 0;
        for (var round = -1; round < Rounds; round++)
        {
            var bombs = Enumerable.Range(0, Requests).Select(_ => content.Make(++_number)).ToArray();
            length = bombs[0].Length;
            var run = (await MeasureAsync(port, http, [.. bombs.Select(Plain)], null), await MeasureAsync(port, http, bombs, content.Coding));
            if (round >= 0) runs.Add(run);
        }
        var ratios = runs.Select(run => run.Bomb / run.Plain).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {content.Name} | {length:N0} | {runs.Select(run => run.Plain).Order().ElementAt(Rounds / 2):F0} | {runs.Select(run => run.Bomb).Order().ElementAt(Rounds / 2):F0} | {ratios[Rounds / 2]:F1} ({ratios[Rounds / 4]:F1} to {ratios[Rounds * 3 / 4]:F1}) |"));
        return ratios[Rounds / 2];
    }

    // JSON of the same length, another one each time.
    private static byte[] Plain(byte[] bomb) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"{(++_number).ToString(CultureInfo.InvariantCulture).PadLeft(Math.Max(bomb.Length - 2, 12), 'x')}\""));

    public static async Task ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHttpQuery();
        builder.Services.AddRequestDecompression();
        builder.Services.AddHttpQueryCache();
        await using var app = builder.Build();
        app.UseRouting();
        app.UseHttpQueryCache();
        app.UseRequestDecompression();
        app.MapMethods("/raw", [HttpMethods.Query], (RequestDelegate)(context =>
        {
            context.Response.ContentLength = 0;
            return Task.CompletedTask;
        })).CacheQuery(policy => policy.Expire(TimeSpan.FromHours(1)));
        app.MapGet("/cpu", () => Environment.CpuUsage.TotalTime.TotalMicroseconds.ToString(CultureInfo.InvariantCulture));
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Urls.First()).Port);
        await Task.Delay(Timeout.Infinite);
    }

    // Microseconds for each request.
    private static async Task<double> MeasureAsync(int port, HttpClient http, byte[][] contents, string? coding)
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = socket.GetStream();
        var buffer = new byte[4096];
        var before = await CpuAsync();
        foreach (var content in contents)
        {
            var head = $"QUERY /raw HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{(coding is null ? "" : $"Content-Encoding: {coding}\r\n")}Content-Length: {content.Length}\r\n\r\n";
            await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. content]);
            var answer = new StringBuilder();
            while (!answer.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                var count = await stream.ReadAsync(buffer);
                if (count == 0) throw new IOException($"The server closed the connection: {answer}");
                answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
            if (!answer.ToString().StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)) throw new InvalidOperationException($"Not 200: {answer}");
        }
        return (await CpuAsync() - before) / contents.Length;

        async Task<double> CpuAsync() => double.Parse(await http.GetStringAsync("/cpu"), CultureInfo.InvariantCulture);
    }
}
