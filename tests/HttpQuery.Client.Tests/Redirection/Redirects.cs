using HttpQuery.Client.Tests.PrivateCache;

namespace HttpQuery.Client.Tests.Redirection;

/// <summary>Clients that follow redirects, and helpers that many tests use.</summary>
internal static class Redirects
{
    /// <summary>Creates a client with its own redirects above <paramref name="inner"/>, by default real sockets with default settings.</summary>
    public static HttpClient CreateClient(QueryRedirectOptions? options = null, HttpMessageHandler? inner = null, TimeProvider? time = null) =>
        new(new QueryRedirectHandler(options, time) { InnerHandler = inner ?? new SocketsHttpHandler() });

    /// <summary>A redirect without a body.</summary>
    public static string To(string location, int status = 307, params string[] fields) =>
        Origin.Response($"{status} Redirect", "", ["Location: " + location, .. fields]);

    /// <summary>Responds to each target with the text for its path, and with 404 to others.</summary>
    public static Func<string, string> Paths(params (string Path, string Response)[] responses) => request =>
    {
        var path = request.Split(' ')[1];
        return responses.FirstOrDefault(response => response.Path == path).Response ?? Origin.Response("404 Not Found", "");
    };

    /// <summary>Returns the text of a request without its Host header, which names a random port.</summary>
    public static string WithoutHost(string request) =>
        string.Join('\n', request.Split('\n').Where(line => !line.StartsWith("Host: ", StringComparison.Ordinal)));

    /// <summary>Returns the requests that an origin got so far, without their Host headers.</summary>
    public static async Task<string[]> ReceivedAsync(this Origin origin, int count)
    {
        var requests = new List<string>();
        while (requests.Count < count) requests.Add(WithoutHost((await origin.NextAsync()).Request));
        return [.. requests];
    }
}
