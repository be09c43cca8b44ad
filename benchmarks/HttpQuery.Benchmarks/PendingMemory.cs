using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Benchmarks;

/// <summary>The memory that slow clients make the gateway hold, with its cache and without, and whether the cache works for others meanwhile.</summary>
internal static class PendingMemory
{
    private const int Runs = 3;
    private const int Queries = 500;
    private const int QueryLength = 1 << 20;
    private const int Readers = 40;
    private const int ResponseLength = 15 << 20;

    // MiB: the budget of the cache for what is under way, and what may come on top of it.
    private const double Budget = 64;
    private const double Tolerance = 32;

    private static readonly TimeSpan Hanging = TimeSpan.FromSeconds(3);
    private static readonly byte[] Large = new byte[ResponseLength];

    public static async Task RunAsync()
    {
        await using var origin = await StartOriginAsync();
        Console.WriteLine($"Medians of {Runs} processes each.");
        Console.WriteLine("| clients that hang | peak with --no-cache, MiB | peak with the cache, MiB | difference | stored before: small, 100 KB | stored meanwhile: small, 100 KB |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var isKept = true;
        foreach (var (name, hang) in new (string, Func<int, Task<List<IDisposable>>>)[]
        {
            ($"{Queries} QUERYs of 1 MiB, without their last byte", SendQueriesAsync),
            ($"{Readers} slow readers of 15 MiB", SendReadersAsync),
        })
        {
            var (without, with) = (new List<double>(), new List<double>());
            var outcomes = new List<bool[]>();
            for (var run = 0; run < Runs; run++)
            {
                without.Add((await MeasureAsync(origin, hang, isCached: false)).Peak);
                var (peak, outcome) = await MeasureAsync(origin, hang, isCached: true);
                with.Add(peak);
                outcomes.Add(outcome);
            }
            var (a, b) = (Median(without), Median(with));
            isKept &= b - a <= Budget + Tolerance && outcomes.All(outcome => outcome.All(isHit => isHit));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {a:F0} | {b:F0} | {b - a:F0} | {Hits(0)}, {Hits(1)} | {Hits(2)}, {Hits(3)} |"));

            string Hits(int question) => outcomes.All(outcome => outcome[question]) ? "hit" : "NOT a hit";
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Gate: at most {Budget + Tolerance} MiB more than --no-cache, and hits throughout: {(isKept ? "kept" : "NOT kept")}"));

        static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
    }

    private static async Task<(double Peak, bool[] Outcome)> MeasureAsync(WebApplication origin, Func<int, Task<List<IDisposable>>> hang, bool isCached)
    {
        string[] args = isCached ? [] : ["--no-cache"];
        using var gateway = await GatewayProcess.StartAsync(origin.Urls.First(), workstation: false, args);
        using var other = new HttpClient { BaseAddress = new($"http://127.0.0.1:{gateway.Port}"), Timeout = TimeSpan.FromSeconds(30) };
        var (small, longer) = (new string('q', 20), new string('q', 100_000));
        await IsHitAsync("/before", small);
        await IsHitAsync("/before", longer);
        var clients = await hang(gateway.Port);
        try
        {
            await Task.Delay(Hanging);
            bool[] outcome = isCached ? [await IsHitAsync("/before", small), await IsHitAsync("/before", longer), await AgainAsync("/meanwhile", small), await AgainAsync("/meanwhile", longer)] : [];
            return (gateway.Memory("VmHWM"), outcome);
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }

        async Task<bool> AgainAsync(string path, string content)
        {
            await IsHitAsync(path, content);
            return await IsHitAsync(path, content);
        }

        async Task<bool> IsHitAsync(string path, string content)
        {
            using var request = new HttpRequestMessage(HttpMethod.Query, path) { Content = new StringContent(content, Encoding.ASCII, "text/plain") };
            using var response = await other.SendAsync(request);
            response.EnsureSuccessStatusCode();
            return response.Headers.TryGetValues("Cache-Status", out var status) && string.Join(',', status).Contains("; hit", StringComparison.Ordinal);
        }
    }

    // Each sends all of its content but the last byte, and waits.
    private static async Task<List<IDisposable>> SendQueriesAsync(int port)
    {
        var clients = new List<IDisposable>();
        var content = new byte[QueryLength - 1];
        for (var i = 0; i < Queries; i++)
        {
            var client = await ConnectAsync(port, $"QUERY /q{i} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: {QueryLength}\r\n\r\n");
            clients.Add(client);
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                // Without the cache the gateway reads as fast as the origin does, which reads nothing here.
                await client.GetStream().WriteAsync(content, timeout.Token);
            }
            catch (OperationCanceledException) { }
        }
        return clients;
    }

    // Each reads some KB now and then: fast enough for the server, and far too slow to be over soon.
    private static async Task<List<IDisposable>> SendReadersAsync(int port)
    {
        var clients = new List<IDisposable>();
        for (var i = 0; i < Readers; i++)
        {
            var client = await ConnectAsync(port, $"GET /large/{i} HTTP/1.1\r\nHost: x\r\n\r\n");
            clients.Add(client);
            _ = ReadSlowlyAsync(client);
        }
        return clients;

        static async Task ReadSlowlyAsync(TcpClient client)
        {
            try
            {
                var buffer = new byte[4096];
                while (await client.GetStream().ReadAsync(buffer) > 0) await Task.Delay(100);
            }
            catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException) { }
        }
    }

    private static async Task<TcpClient> ConnectAsync(int port, string head)
    {
        var client = new TcpClient { NoDelay = true, ReceiveBufferSize = 4096 };
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        return client;
    }

    private static async Task<WebApplication> StartOriginAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.Headers.CacheControl = "max-age=600";
            if (context.Request.Path.StartsWithSegments("/large", StringComparison.Ordinal)) await context.Response.Body.WriteAsync(Large);
            else await context.Response.WriteAsync("ok");
        });
        await app.StartAsync();
        return app;
    }
}
