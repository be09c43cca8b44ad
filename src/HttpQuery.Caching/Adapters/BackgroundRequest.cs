using System.Buffers;
using System.Globalization;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Adapters;

/// <summary>A request in the background, made from the request that got the stale response (RFC 5861 §3).</summary>
/// <remarks>It has the same target and content, but not the client's preferences: the client already has its response.</remarks>
internal static class BackgroundRequest
{
    /// <summary>The method: GET for HEAD, whose response has nothing to store.</summary>
    public static string GetMethod(string method) => method is "HEAD" ? "GET" : method;

    /// <summary>The content: a copy, because the first request's memory may be reused when that request is over.</summary>
    public static byte[] GetContent(CacheRequest request) => request.Content!.Value.ToArray();

    /// <summary>The headers, without the client's conditions, its range, and its preferences about freshness. <c>no-transform</c> stays:
    /// it is part of the key.</summary>
    /// <param name="headers">The headers of the first request, those of its content included.</param>
    /// <param name="length">The number of content bytes. Content that came in chunks is sent with its length.</param>
    public static IEnumerable<KeyValuePair<string, StringValues>> GetHeaders(
        IEnumerable<KeyValuePair<string, StringValues>> headers, int length)
    {
        var (cacheControl, hasContent) = (StringValues.Empty, length > 0);
        foreach (var (name, lines) in headers)
        {
            if (Is(name, "Cache-Control")) cacheControl = StringValues.Concat(cacheControl, lines);
            else if (Is(name, "Content-Length") || Is(name, "Transfer-Encoding")) hasContent = true;
            else if (!name.StartsWith("If-", StringComparison.OrdinalIgnoreCase) && !Is(name, "Range") && !Is(name, "Pragma"))
                yield return new(name, lines);
        }
        var isKept = RequestDirectives.Parse(
            new HeaderCollection(new KeyValuePair<string, StringValues>("Cache-Control", cacheControl))).NoTransform;
        yield return new("Cache-Control", isKept ? "max-age=0, no-transform" : "max-age=0");

        // Empty content is not the same as none: servers may ask for a length.
        if (hasContent) yield return new("Content-Length", length.ToString(CultureInfo.InvariantCulture));
    }

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
