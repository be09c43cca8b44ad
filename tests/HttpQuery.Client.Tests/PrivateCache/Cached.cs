namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>Clients with a private cache, and requests that many tests send.</summary>
internal static class Cached
{
    public const string Fresh = "Cache-Control: max-age=60";

    /// <summary>Creates a client with its own cache above <paramref name="inner"/>, by default real sockets with default settings.</summary>
    public static HttpClient Client(PrivateCacheOptions? options = null, TimeProvider? time = null, HttpMessageHandler? inner = null) =>
        new(new QueryCacheHandler(options, time) { InnerHandler = inner ?? new SocketsHttpHandler() });

    public static HttpRequestMessage Get(Uri uri, params string[] headers) => With(new(HttpMethod.Get, uri), headers);

    public static HttpRequestMessage Query(Uri uri, string content, params string[] headers) =>
        With(new(HttpMethod.Query, uri) { Content = Wire.Content("application/json", content) }, headers);

    /// <summary>Sends a request, and returns status and content.</summary>
    public static async Task<string> TextAsync(this HttpClient client, HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
        }
    }

    private static HttpRequestMessage With(HttpRequestMessage request, string[] headers)
    {
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            request.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 1)..].Trim());
        }
        return request;
    }
}
