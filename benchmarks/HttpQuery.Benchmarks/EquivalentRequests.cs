using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Benchmarks;

/// <summary>The price of <c>Location</c> and <c>Content-Location</c> for each response, and a GET of the <c>Location</c> beside the QUERY,
/// without and with the shared cache.</summary>
internal static class EquivalentRequests
{
    private const int Pipelined = 20;
    private const string Host = "x";
    private const string Short = "{\"year\":2000}";
    private static readonly string Long = $$"""{"year":2000,"title":"{{new string('x', 2000)}}"}""";

    public static async Task RunAsync()
    {
        WirePairs.PrintHead();
        await using var stateless = await StartAsync(maximumStatelessLength: 256);
        await using var stored = await StartAsync(maximumStatelessLength: 0);
        await PrintAsync("plain, then with `Location` that contains the query", stateless, "/plain", "/located", Short);
        await PrintAsync("plain, then with `Location` of a stored query", stored, "/plain", "/located", Short);
        await PrintAsync("plain, 2 KB of content, then with `Location` of a stored query", stored, "/plain", "/located", Long);
        await PrintAsync("plain, then with `Content-Location`", stored, "/plain", "/kept", Short);
        await PrintGetAsync("QUERY, then GET of its `Location` that contains the query", stateless, "/located", Short, Pipelined);
        await PrintGetAsync("QUERY, then GET of its `Location` of a stored query", stored, "/located", Short, Pipelined);
        await PrintGetAsync("QUERY, 2 KB of content, then GET of its `Location`", stored, "/located", Long, Pipelined);

        // A hit has an Age, whose digits change, so these go one by one.
        await PrintGetAsync("QUERY hit, then GET hit at its `Location` that contains the query", stateless, "/cached", Short, pipelined: 1);
        await PrintGetAsync("QUERY hit, then GET hit at its `Location` of a stored query", stored, "/cached", Short, pipelined: 1);
        await PrintGetAsync("QUERY hit, 2 KB of content, then GET hit at its `Location`", stored, "/cached", Long, pipelined: 1);
    }

    private static async Task PrintAsync(string name, WebApplication app, string path, string other, string content)
    {
        using var a = await WireConnection.OpenAsync(GetPort(app), path, content, StatusCodes.Status200OK, Pipelined);
        using var b = await WireConnection.OpenAsync(GetPort(app), other, content, StatusCodes.Status200OK, Pipelined);
        await WirePairs.PrintAsync(name, a, b);
    }

    private static async Task PrintGetAsync(string name, WebApplication app, string path, string content, int pipelined)
    {
        var location = await LocateAsync(app, path, content);
        using var a = await WireConnection.OpenAsync(GetPort(app), path, content, StatusCodes.Status200OK, pipelined);
        using var b = await WireConnection.OpenAsync(GetPort(app), location, null, StatusCodes.Status200OK, pipelined);
        await WirePairs.PrintAsync(name, a, b);
    }

    // The URI stands for the query at this host.
    private static async Task<string> LocateAsync(WebApplication app, string path, string content)
    {
        using var http = new HttpClient { BaseAddress = new(app.Urls.First()) };
        using var request = new HttpRequestMessage(HttpMethod.Query, path) { Content = new StringContent(content) };
        (request.Headers.Host, request.Content.Headers.ContentType) = (Host, new("application/json"));
        using var response = await http.SendAsync(request);
        return response.Headers.Location?.ToString() ?? throw new InvalidOperationException($"No Location: {response}");
    }

    private static int GetPort(WebApplication app) => new Uri(app.Urls.First()).Port;

    private static async Task<WebApplication> StartAsync(int maximumStatelessLength)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHttpQuery(options =>
        {
            options.LocationKeys.Add("a secret for this benchmark alone");
            options.MaximumStatelessLocationLength = maximumStatelessLength;
        });
        builder.Services.AddHttpQueryCache();
        var app = builder.Build();
        app.UseRouting();
        app.UseWhen(context => context.Request.Path == "/cached", branch => branch.UseHttpQueryCache());
        var entries = Enumerable.Range(0, 10).Select(i => new Entry(i, $"An entry of the index, number {i}", 1990 + i)).ToArray();
        app.MapQuery("/plain", (EntryQuery query) => TypedResults.Ok(entries));
        app.MapQuery("/located", (EntryQuery query) => TypedResults.Ok(entries)).WithEquivalentResource();
        app.MapQuery("/kept", (EntryQuery query) => TypedResults.Ok(entries)).WithStoredResult();
        app.MapQuery("/cached", (EntryQuery query) => TypedResults.Ok(entries)).WithEquivalentResource()
            .CacheQuery(policy => policy.Expire(TimeSpan.FromHours(20)));
        await app.StartAsync();
        return app;
    }

    internal sealed record EntryQuery(int Year, string? Title);

    internal sealed record Entry(int Number, string Title, int Year);
}
