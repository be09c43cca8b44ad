using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Benchmarks;

/// <summary>What the gateway remembers of names that clients invent: series on its metrics page, and memory.</summary>
internal static class InventedHosts
{
    private const int Names = 100_000;
    private const int Connections = 16;
    private const int WarmUp = 10_000;

    // MiB: for the heap to move in. A series for each host would take far more.
    private const double Gate = 64;

    public static async Task RunAsync()
    {
        await using var origin = await StartOriginAsync();
        var management = GatewayProcess.FreePort();
        using var gateway = await GatewayProcess.StartAsync(origin.Urls.First(), workstation: true, "--management", $"http://127.0.0.1:{management}");
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{management}") };
        await InventAsync(gateway.Port, 0, WarmUp);
        var (series, length, memory) = await MeasureAsync();
        Console.WriteLine("| after | series | page, bytes | memory (VmRSS), MiB |");
        Console.WriteLine("|---|---|---|---|");
        Print(WarmUp, series, length, memory);
        await InventAsync(gateway.Port, WarmUp, Names);
        var (laterSeries, laterLength, laterMemory) = await MeasureAsync();
        Print(WarmUp + Names, laterSeries, laterLength, laterMemory);
        var isKept = laterSeries <= series && laterMemory - memory <= Gate;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Gate: no further series, and at most {Gate} MiB more: {(isKept ? "kept" : "NOT kept")}"));

        async Task<(int Series, int Length, double Memory)> MeasureAsync()
        {
            var page = await http.GetStringAsync("/metrics");
            return (page.Split('\n').Count(line => line is [not '#', ..]), page.Length, gateway.Memory("VmRSS"));
        }

        static void Print(int names, int series, int length, double memory) =>
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {names:N0} hosts | {series} | {length:N0} | {memory:F0} |"));
    }

    // Each request has a host, a port, a path, a query string, a header of its own, and every second one a method of its own.
    private static Task InventAsync(int port, int start, int count) => Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = socket.GetStream();
        var buffer = new byte[4096];
        for (var i = start + connection; i < start + count; i += Connections)
        {
            var method = i % 2 == 0 ? "GET" : $"M{i}";
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{method} /p{i}?q{i}={i} HTTP/1.1\r\nHost: h{i}.test:{1 + (i % 60_000)}\r\nX-{i}: {i}\r\nUser-Agent: {i}\r\n\r\n"));
            var answer = "";
            while (!answer.EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                var read = await stream.ReadAsync(buffer);
                if (read == 0) throw new IOException("The gateway closed the connection.");
                answer += Encoding.ASCII.GetString(buffer, 0, read);
            }
            if (!answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)) throw new InvalidOperationException($"Not 200: {answer}");
        }
    }));

    private static async Task<WebApplication> StartOriginAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.ContentLength = 0;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return app;
    }
}
