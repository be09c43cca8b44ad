namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>Clients with a private cache, and what is sent through them often.</summary>
internal static class Cached
{
    public const string Fresh = "Cache-Control: max-age=60";

    /// <summary>A client with a cache of its own above <paramref name="inner"/>, by default real sockets with their default settings.</summary>
    public static HttpClient Client(PrivateCacheOptions? options = null, TimeProvider? time = null, HttpMessageHandler? inner = null) =>
        new(new QueryCacheHandler(options, time) { InnerHandler = inner ?? new SocketsHttpHandler() });

    public static HttpRequestMessage Get(Uri uri, params string[] fields) => With(new(HttpMethod.Get, uri), fields);

    public static HttpRequestMessage Query(Uri uri, string content, params string[] fields) =>
        With(new(HttpMethod.Query, uri) { Content = Wire.Content("application/json", content) }, fields);

    /// <summary>Status and content.</summary>
    public static async Task<string> TextAsync(this HttpClient client, HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
        }
    }

    private static HttpRequestMessage With(HttpRequestMessage request, string[] fields)
    {
        foreach (var field in fields)
        {
            var colon = field.IndexOf(':', StringComparison.Ordinal);
            request.Headers.TryAddWithoutValidation(field[..colon], field[(colon + 1)..].Trim());
        }
        return request;
    }
}
