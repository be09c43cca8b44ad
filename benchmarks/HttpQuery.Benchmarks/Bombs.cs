using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
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
    private const int Requests = 10;
    private const int Decoded = 16 << 20;
    private const double Gate = 3;

    private static readonly (string Name, string Coding, Func<int, byte[]> Make)[] Cases =
    [
        ("br, 16 MiB of zeros, window 2^22", "br", zeros => Brotli(zeros, window: 22)),
        ("br, 16 MiB of zeros, window 2^24", "br", zeros => Brotli(zeros, window: 24)),
        ("gzip, 16 MiB of zeros", "gzip", zeros => Coded(zeros, stream => new GZipStream(stream, CompressionLevel.Optimal))),
        ("deflate, 16 MiB of zeros", "deflate", zeros => Coded(zeros, stream => new ZLibStream(stream, CompressionLevel.Optimal))),
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
            var isKept = true;
            var number = 0;
            foreach (var (name, coding, make) in Cases)
            {
                var runs = new List<(double Plain, double Bomb)>();
                var length = 0;
                for (var round = -1; round < Rounds; round++)
                {
                    // Each has another length, decoded or as it is sent, so that nothing is recognized.
                    var bombs = Enumerable.Range(0, Requests).Select(_ => make(Decoded - ++number)).ToArray();
                    length = bombs[0].Length;
                    var plain = bombs.Select((bomb, i) => Encoding.ASCII.GetBytes($"\"{new string('x', Math.Max(bomb.Length, 20) - 2)}{number + i}\"")).ToArray();
                    var run = (await MeasureAsync(port, http, plain, null), await MeasureAsync(port, http, bombs, coding));
                    if (round >= 0) runs.Add(run);
                }
                var ratios = runs.Select(run => run.Bomb / run.Plain).Order().ToArray();
                isKept &= ratios[Rounds / 2] <= Gate;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {name} | {length:N0} | {runs.Select(run => run.Plain).Order().ElementAt(Rounds / 2):F0} | {runs.Select(run => run.Bomb).Order().ElementAt(Rounds / 2):F0} | {ratios[Rounds / 2]:F1} ({ratios[Rounds / 4]:F1} to {ratios[Rounds * 3 / 4]:F1}) |"));
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Gate: at most {Gate} times a plain QUERY: {(isKept ? "kept" : "NOT kept")}"));
        }
        finally
        {
            server.Kill();
        }
    }

    public static async Task ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHttpQuery();
        builder.Services.AddRequestDecompression();
        builder.Services.AddHttpQueryCache();
        await using var app = builder.Build();
        app.UseRequestDecompression();
        app.UseRouting();
        app.UseHttpQueryCache();
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

    private static byte[] Brotli(int zeros, int window)
    {
        using var encoder = new BrotliEncoder(quality: 5, window);
        var coded = new byte[4096];
        encoder.Compress(new byte[zeros], coded, out _, out var first, isFinalBlock: true);
        return coded[..first];
    }

    private static byte[] Coded(int zeros, Func<Stream, Stream> coder)
    {
        using var coded = new MemoryStream();
        using (var stream = coder(coded)) stream.Write(new byte[zeros]);
        return coded.ToArray();
    }
}
