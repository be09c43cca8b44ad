using HttpQuery.Caching;

namespace HttpQuery.PrivateCache;

/// <summary>The message of a request in the background (RFC 5861 §3).</summary>
internal static class RevalidationRequest
{
    // Microsoft.Extensions.Http.Resilience: pooled, with the request's own message and cancellation. It is another request's when the first one is over.
    private const string ResilienceContext = "Resilience.Http.ResilienceContext";

    /// <summary>Makes the message from the one that got the stale response.</summary>
    public static HttpRequestMessage Create(HttpRequestMessage request, RequestSnapshot snapshot)
    {
        var content = snapshot.Bytes!.Value;
        var copy = new HttpRequestMessage(HttpMethod.Parse(BackgroundRequest.MethodOf(snapshot.Method)), request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        if (request.Content is not null) copy.Content = new ReadOnlyMemoryContent(content);

        // The options may say for which user the request is.
        foreach (var (key, value) in request.Options.Where(option => option.Key is not ResilienceContext)) ((IDictionary<string, object?>)copy.Options)[key] = value;
        foreach (var (name, lines) in BackgroundRequest.HeadersOf(snapshot.Fields, content.Length))
        {
            if (!copy.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines)) copy.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines);
        }
        return copy;
    }
}
