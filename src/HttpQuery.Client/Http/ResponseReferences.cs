using System.Net.Http.Headers;

namespace HttpQuery.Http;

/// <summary>Keeps the URI references of a response right when the response is handed to a request with another URI.</summary>
internal static class ResponseReferences
{
    /// <summary>Replaces a relative <c>Location</c> and <c>Content-Location</c> by absolute URIs.</summary>
    /// <param name="response">The response.</param>
    /// <param name="requested">The URI that was requested.</param>
    public static void Resolve(HttpResponseMessage response, Uri requested)
    {
        Resolve(response.Headers, "Location", requested);
        Resolve(response.Content.Headers, "Content-Location", requested);
    }

    private static void Resolve(HttpHeaders headers, string name, Uri requested)
    {
        if (!headers.NonValidated.TryGetValues(name, out var lines) || lines.Count != 1) return;
        var text = lines.ToString();
        if (!Uri.TryCreate(requested, text, out var uri) || text.StartsWith(uri.Scheme + ':', StringComparison.OrdinalIgnoreCase)) return;
        headers.Remove(name);
        headers.TryAddWithoutValidation(name, uri.AbsoluteUri);
    }
}
