using HttpQuery.Caching;

namespace HttpQuery.PrivateCache;

/// <summary>The message of a request in the background (RFC 5861 §3).</summary>
internal static class BackgroundMessage
{
    /// <summary>Makes the message from the one that got the stale response.</summary>
    public static HttpRequestMessage Of(HttpRequestMessage request, LookedUpRequest asked)
    {
        var content = asked.Bytes!.Value;
        var copy = new HttpRequestMessage(HttpMethod.Parse(BackgroundRequest.MethodOf(asked.Method)), request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        if (request.Content is not null) copy.Content = new ReadOnlyMemoryContent(content);

        // The options may say for which user the request is.
        foreach (var (key, value) in request.Options) ((IDictionary<string, object?>)copy.Options)[key] = value;
        foreach (var (name, lines) in BackgroundRequest.HeadersOf(asked.Fields, content.Length))
        {
            if (!copy.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines)) copy.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines);
        }
        return copy;
    }
}
