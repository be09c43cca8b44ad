using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Benchmarks;

/// <summary>Requests with JSON to a server process: processor time and allocated bytes of the client, which is this process.</summary>
internal static class ClientRequests
{
    private const int Requests = 256;
    private const int Rounds = 161;
    private const int WarmUps = 20;
    private const int InFlight = 16;
    private const string Off = "off";

    private static readonly string Result =
        "[" + string.Join(',', Enumerable.Range(0, 18).Select(i => $"{{\"number\":{9110 + i},\"title\":\"An entry of the index\"}}")) + "]";

    /// <summary>POST beside QUERY, then QUERY beside QUERY with one part on. Each pair goes in turns.</summary>
    public static async Task RunAsync()
    {
        using var server = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, "requests-server") { RedirectStandardOutput = true })!;
        try
        {
            var origin = new Uri($"http://127.0.0.1:{await server.StandardOutput.ReadLineAsync()}");
            await using var services = CreateClients(origin);
            Console.WriteLine(
                "| A, then B | A, CPU µs | B, CPU µs | B / A: median (quartiles) | A, B/request | B, B/request | B - A, B/request |");
            Console.WriteLine("|---|---|---|---|---|---|---|");
            var pairs = CreatePairs(services).ToArray();

            // Code that all pairs share must be compiled before the first is measured.
            foreach (var (_, a, b) in pairs) await WarmUpAsync(a, b);
            foreach (var (name, a, b) in pairs)
            {
                var pair = await MeasureAsync(a, b);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {pair.A.Microseconds:F1} | {pair.B.Microseconds:F1} "
                    + $"| {pair.Ratio:F3} ({pair.Lower:F2} to {pair.Upper:F2}) "
                    + $"| {pair.A.Bytes:F0} | {pair.B.Bytes:F0} | {pair.B.Bytes - pair.A.Bytes:F0} |"));
            }
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
        await using var app = builder.Build();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            var headers = context.Response.Headers;
            headers.ContentType = "application/json";
            headers.CacheControl = context.Request.Path == "/stored" ? "max-age=3600" : "no-store";
            if (context.Request.Path == "/formats") headers["Accept-Query"] = "application/json";
            if (context.Request.Path == "/located" && context.Request.Method is "QUERY") headers.Location = "/result/1";
            headers.ContentLength = Result.Length;
            await context.Response.WriteAsync(Result);
        });
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Urls.First()).Port);
        await Task.Delay(Timeout.Infinite);
    }

    private static ServiceProvider CreateClients(Uri origin)
    {
        var services = new ServiceCollection();
        Add("post", null);
        Add(Off, _ => { });
        Add("retry", options => options.UseConnectionRetry = true);
        Add("redirects", options => options.UseRedirects = true);
        Add("cache", options => options.UseCache = true);
        Add("discovery", options => options.UseDiscovery = true);
        Add("location", options => options.UseLocation = true);
        Add("fallback", options =>
        {
            options.UseFallback = true;
            options.Fallback.Paths.Add("/plain");
        });
        Add("defaults", options => options.UseConnectionRetry = options.UseRedirects = options.UseCache = options.UseDiscovery = true);
        return services.BuildServiceProvider();

        // The logging of the factory is the same in all, so it would only make the ratios smaller.
        void Add(string name, Action<HttpQueryClientOptions>? turnOn)
        {
            var client = services.AddHttpClient(name, http => http.BaseAddress = origin).RemoveAllLoggers()
                .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler());
            if (turnOn is null) return;
            client.AddHttpQuery(options =>
            {
                options.UseConnectionRetry = options.UseRedirects = options.UseCache = options.UseDiscovery = false;
                turnOn(options);
            });
        }
    }

    private static IEnumerable<(string Name, Func<Task> A, Func<Task> B)> CreatePairs(IServiceProvider services)
    {
        foreach (var (size, length) in new[] { ("200 B", 200), ("2 KB", 2_000) })
        {
            var text = new string('x', length - 32);
            var post = Client("post");
            yield return ($"POST, then QUERY with all parts off, {size}", () => PostAsync(post, new(1, text)), Ask(Off, "/plain", text));
        }

        var small = new string('x', 168);
        var off = Ask(Off, "/plain", small);
        yield return ("off, then off (noise)", off, Ask(Off, "/plain", small));
        yield return ("off, then retry of connections", off, Ask("retry", "/plain", small));
        yield return ("off, then redirects", off, Ask("redirects", "/plain", small));
        yield return ("off, then cache: `no-store`", off, Ask("cache", "/plain", small));

        // Each query is a new one.
        var (next, cache) = (0, Client("cache"));
        yield return (
            "off, then cache: miss that is stored",
            Ask(Off, "/stored", small),
            () => AskAsync(cache, "/stored", new(Interlocked.Increment(ref next), small)));
        yield return ("off, then cache: hit", Ask(Off, "/stored", small), Ask("cache", "/stored", small));
        yield return ("off, then discovery: `Accept-Query` known", Ask(Off, "/formats", small), Ask("discovery", "/formats", small));
        var discovery = Client("discovery");
        yield return (
            "off, then discovery: `QueryContent`, `Accept-Query` known",
            Ask(Off, "/formats", small),
            () => AskInFormatsAsync(discovery, new(1, small)));
        yield return ("off, then fallback: QUERY known to work", off, Ask("fallback", "/plain", small));
        yield return ("off, then location: none sent", off, Ask("location", "/plain", small));
        yield return ("off, then location: switched to GET", Ask(Off, "/located", small), Ask("location", "/located", small));
        yield return ("off, then the defaults: `no-store`", off, Ask("defaults", "/plain", small));

        HttpClient Client(string name) => services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

        Func<Task> Ask(string name, string path, string text)
        {
            var client = Client(name);
            return () => AskAsync(client, path, new(1, text));
        }
    }

    private static async Task PostAsync(HttpClient client, Search search)
    {
        using var response = await client.PostAsJsonAsync("/plain", search);
        response.EnsureSuccessStatusCode();
        Check(await response.Content.ReadFromJsonAsync<Entry[]>());
    }

    private static async Task AskAsync(HttpClient client, string path, Search search) =>
        Check(await client.QueryFromJsonAsync<Search, Entry[]>(path, search));

    private static async Task AskInFormatsAsync(HttpClient client, Search search)
    {
        using var content = new QueryContent(
            new("application/sql", () => new StringContent("select")), new("application/json", () => JsonContent.Create(search)));
        Check(await client.QueryFromJsonAsync<Entry[]>("/formats", content));
    }

    private static void Check(Entry[]? entries)
    {
        if (entries is not { Length: 18 }) throw new InvalidOperationException("Not the result.");
    }

    private static async Task WarmUpAsync(Func<Task> a, Func<Task> b)
    {
        for (var warmUp = 0; warmUp < WarmUps; warmUp++)
        {
            await MeasureAsync(a);
            await MeasureAsync(b);
        }
    }

    private static async Task<Pair> MeasureAsync(Func<Task> a, Func<Task> b)
    {
        await WarmUpAsync(a, b);
        var runs = new List<(Cost A, Cost B)>();
        for (var round = 0; round < Rounds; round++)
        {
            // The one that goes first changes, too.
            var early = await MeasureAsync(round % 2 == 0 ? a : b);
            var late = await MeasureAsync(round % 2 == 0 ? b : a);
            runs.Add(round % 2 == 0 ? (early, late) : (late, early));
        }
        var ratios = runs.Select(run => run.B.Microseconds / run.A.Microseconds).Order().ToArray();
        return new(
            new(Median(run => run.A.Microseconds), Median(run => run.A.Bytes)),
            new(Median(run => run.B.Microseconds), Median(run => run.B.Bytes)),
            ratios[Rounds / 4], ratios[Rounds / 2], ratios[Rounds * 3 / 4]);

        double Median(Func<(Cost A, Cost B), double> value) => runs.Select(value).Order().ElementAt(Rounds / 2);
    }

    private static async Task<Cost> MeasureAsync(Func<Task> send)
    {
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var time = Environment.CpuUsage.TotalTime;
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async _ =>
        {
            for (var i = 0; i < Requests / InFlight; i++) await send();
        }));
        return new(
            (Environment.CpuUsage.TotalTime - time).TotalMicroseconds / Requests,
            (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)Requests);
    }

    private sealed record Search(int Number, string Text);

    private sealed record Entry(int Number, string Title);

    private readonly record struct Cost(double Microseconds, double Bytes);

    private readonly record struct Pair(Cost A, Cost B, double Lower, double Ratio, double Upper);
}
