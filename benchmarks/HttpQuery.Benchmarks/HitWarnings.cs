using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Benchmarks;

/// <summary>Warnings in the log of Kestrel while many connections get hits of the cache for QUERY. A hit leaves content unread, and a client that goes at once makes the server look for its rest.</summary>
internal static class HitWarnings
{
    private const int Hits = 10_000;
    private const int HitsOfConnection = 5;
    private const int Clients = 16;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    // Bytes: with the head, in packets of their own, in more than one packet.
    private static readonly int[] Lengths = [20, 200, 2_000, 20_000, 100_000];

    public static async Task RunAsync()
    {
        var warnings = new ConcurrentDictionary<string, int>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddProvider(new Counter(warnings));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHttpQueryCache();
        await using var app = builder.Build();

        // The server looks for unread content when the client has gone: under load that happens now and then, here each time.
        app.Use(async (context, next) =>
        {
            await next(context);
            if (!context.Request.Headers.ContainsKey("Last")) return;
            var closed = context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().ConnectionClosed;
            context.Response.OnCompleted(() => Task.Delay(Longest, closed).ContinueWith(_ => { }, TaskScheduler.Default));
        });
        app.UseRouting();
        app.UseHttpQueryCache();
        app.MapMethods("/shared", ["QUERY"], async (HttpContext context) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.ContentLength = 2;
            await context.Response.WriteAsync("ok");
        }).CacheQuery(policy => policy.Expire(TimeSpan.FromHours(1)));
        await app.StartAsync();
        var port = new Uri(app.Urls.First()).Port;

        Console.WriteLine($"{Hits} hits over {Hits / HitsOfConnection} connections, {Clients} at a time; each client closes as soon as it has its last answer.");
        Console.WriteLine("| query content, B | hits | warnings |");
        Console.WriteLine("|---|---|---|");
        var sum = 0;
        foreach (var length in Lengths)
        {
            warnings.Clear();
            var hits = (await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => AskAsync(port, length, Hits / Lengths.Length / Clients))))).Sum();
            sum += warnings.Values.Sum();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {length} | {hits} | {warnings.Values.Sum()}{string.Concat(warnings.Select(pair => $"; {pair.Key}"))} |"));
        }
        Console.WriteLine($"Gate: no warning: {(sum == 0 ? "kept" : "NOT kept")}");
    }

    private static async Task<int> AskAsync(int port, int length, int count)
    {
        byte[] head = Head(""), lastHead = Head("Last: 1\r\n"), content = new byte[length];
        var buffer = new byte[4096];
        var hits = 0;
        while (hits < count)
        {
            using var socket = new TcpClient { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            var stream = socket.GetStream();
            for (var i = 0; i < HitsOfConnection && hits < count; i++)
            {
                var isLast = i == HitsOfConnection - 1 || hits == count - 1;
                byte[] request = [.. isLast ? lastHead : head, .. content];

                // Whole, in two parts between head and content, and with the last byte apart.
                var first = (hits % 3) switch { 0 => request.Length, 1 => request.Length - length, _ => request.Length - 1 };
                await stream.WriteAsync(request.AsMemory(0, first));
                if (first < request.Length) await stream.WriteAsync(request.AsMemory(first));
                var answer = "";
                while (!answer.EndsWith("\r\n\r\nok", StringComparison.Ordinal))
                {
                    var read = await stream.ReadAsync(buffer);
                    if (read == 0) throw new IOException($"The server closed the connection: {answer}");
                    answer += Encoding.ASCII.GetString(buffer, 0, read);
                }

                // The first answers may come from the endpoint.
                if (answer.Contains("; hit", StringComparison.Ordinal)) hits++;
            }
        }
        return hits;

        byte[] Head(string field) => Encoding.ASCII.GetBytes($"QUERY /shared HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n{field}Content-Length: {length}\r\n\r\n");
    }

    private sealed class Counter(ConcurrentDictionary<string, int> warnings) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose() { }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            warnings.AddOrUpdate(exception?.Message ?? eventId.ToString(), 1, (_, count) => count + 1);
    }
}
