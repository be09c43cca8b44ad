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
            var (a, b) = (new List<double>(), new List<double>());
            for (var round = 0; round <= Rounds; round++)
            {
                var (first, second) = (await MeasureAsync(plain, path, content), await MeasureAsync(httpQuery, path, content));
                if (round == 0) continue;
                a.Add(first);
                b.Add(second);
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Median(a):F1} | {Median(b):F1} | {Median(b) - Median(a):F1} |"));
        }

        static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
    }

    private static async Task<double> MeasureAsync(WebApplication app, string path, string content)
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.First()).Port);
        var stream = socket.GetStream();
        var request = Encoding.ASCII.GetBytes(
            $"QUERY {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\n\r\n{content}");
        var buffer = new byte[4096];

        await SendAsync(1_000);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await SendAsync(Requests);
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Requests;

        async Task SendAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await stream.WriteAsync(request);

                // The whole answer comes in one packet: it is small, and written at once.
                if (await stream.ReadAsync(buffer) == 0) throw new IOException("The server closed the connection.");
            }
        }
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
