using System.Net.Http.Headers;
using HttpQuery.Caching;
using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.PrivateCache;

/// <summary>Copies the headers of a message, with those of its content, because handlers below the cache change them.</summary>
internal static class HeaderSnapshot
{
    public static HeaderCollection Create(HttpHeaders headers, HttpContentHeaders? contentHeaders) =>
        new([.. List(headers), .. contentHeaders is null ? [] : List(contentHeaders)]);

    private static IEnumerable<KeyValuePair<string, StringValues>> List(HttpHeaders headers)
    {
        foreach (var (name, values) in headers.NonValidated) yield return new(name, values.ToArray());
    }
}
