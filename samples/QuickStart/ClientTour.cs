using HttpQuery;

namespace QuickStart;

/// <summary>Sends queries with the handlers of <c>AddHttpQuery</c>, and prints what went over the wire and what the handlers did.</summary>
internal static class ClientTour
{
    /// <param name="output">Receives the exchanges.</param>
    /// <param name="steps">The number of steps before.</param>
    /// <returns>The number of steps, and how many of them went otherwise than expected.</returns>
    public static async Task<(int Steps, int Unexpected)> RunAsync(TextWriter output, int steps)
    {
        await using var app = FieldServer.Create(Tour.Arguments);
        await app.StartAsync();

        using var wire = new WireRecorder();
        var services = new ServiceCollection();
        services.AddHttpClient("rfcs", http => http.BaseAddress = new(app.Urls.First()))
            .ConfigurePrimaryHttpMessageHandler(() => wire.Handler)
            .AddHttpQuery(options =>
            {
                options.UseLocation = true;
                options.UseFallback = true;
                options.Fallback.Paths.Add("/search");
            });
        await using var provider = services.BuildServiceProvider();
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("rfcs");

        output.WriteLine();
        output.WriteLine("The same from a client with AddHttpQuery, against a server as clients meet it:");
        var unexpected = 0;
        foreach (var (explanation, path, limit, isExpected) in Steps())
        {
            using var response = await http.QueryAsJsonAsync(path, new RfcQuery { Match = "cache", Limit = limit });
            var info = response.GetQueryInfo();
            output.WriteLine();
            output.WriteLine($"{++steps}. {explanation}");
            output.WriteLine();
            output.WriteLine(wire.TakeExchange() is { Length: > 0 } exchange ? exchange : "   (nothing went over the wire)");
            output.WriteLine();
            output.WriteLine($"   GetQueryInfo(): FromCache {info.FromCache}, Redirects {info.Redirects}, "
                + $"SwitchedToGet {info.SwitchedToGet}, FallbackMethod {info.FallbackMethod?.Method ?? "none"}");
            if (response.IsSuccessStatusCode && isExpected(info)) continue;
            unexpected++;
            output.WriteLine("   This is not what was expected.");
        }
        return (steps, unexpected);
    }

    private static IEnumerable<(string Explanation, string Path, int Limit, Func<QueryResponseInfo, bool> IsExpected)> Steps() =>
    [
        ("The response may be cached for a minute, by its Cache-Control.", "/rfcs", 3, info => info is { FromCache: false, Redirects: 0 }),
        ("The same query again: the private cache has the response.", "/rfcs", 3, info => info.FromCache),
        ("Another query to a path that has moved: the redirect repeats the QUERY with its content.", "/old-rfcs", 2, info => info.Redirects == 1),
        ("The result is another resource: the redirect is followed by a GET, without content.", "/first-rfc", 1, info => info.Redirects == 1),
        ("A response that the cache must validate before each use. Its Location stands for the query.", "/latest-rfcs", 2,
            info => info is { FromCache: false, SwitchedToGet: false }),
        ("The same query again: the cache validates its response by a GET of that Location.", "/latest-rfcs", 2,
            info => info is { FromCache: true, SwitchedToGet: true }),
        ("A path that knows only POST: after the 405, the query is sent by POST, because the client allows it for this path.", "/search", 2,
            info => info.FallbackMethod == HttpMethod.Post),
        ("The next query to that path is sent by POST at once.", "/search", 1, info => info.FallbackMethod == HttpMethod.Post),
    ];
}
