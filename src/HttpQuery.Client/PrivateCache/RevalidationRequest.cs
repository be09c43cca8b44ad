using HttpQuery.Caching;
using HttpQuery.Caching.Adapters;

namespace HttpQuery.PrivateCache;

/// <summary>Creates the request of a background revalidation (RFC 5861 §3).</summary>
internal static class RevalidationRequest
{
    // Microsoft.Extensions.Http.Resilience pools this context, with the message and cancellation of the first request.
    // Another request may own it when the first one is over.
    private const string ResilienceContext = "Resilience.Http.ResilienceContext";

    /// <summary>Creates a copy of the message that got the stale response.</summary>
    public static HttpRequestMessage Create(HttpRequestMessage request, RequestSnapshot snapshot)
    {
        var content = snapshot.Bytes!.Value;
        var method = HttpMethod.Parse(BackgroundRequest.GetMethod(snapshot.Method));
        var copy = new HttpRequestMessage(method, request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        if (request.Content is not null) copy.Content = new ReadOnlyMemoryContent(content);

        // The options may name the user of the request.
        IDictionary<string, object?> options = copy.Options;
        foreach (var (key, value) in request.Options.Where(option => option.Key is not ResilienceContext)) options[key] = value;
        foreach (var (name, lines) in BackgroundRequest.GetHeaders(snapshot.Headers, content.Length))
        {
            if (!copy.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines))
                copy.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines);
        }
        return copy;
    }
}
