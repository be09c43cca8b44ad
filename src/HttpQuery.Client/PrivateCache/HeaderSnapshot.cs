using System.Net.Http.Headers;
using HttpQuery.Caching;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.PrivateCache;

/// <summary>The fields of a request, those of its content among them, as they were at the beginning: handlers below change them.</summary>
internal static class HeaderSnapshot
{
    public static StoredFields Create(HttpHeaders headers, HttpContentHeaders? contentHeaders) => new([.. List(headers), .. contentHeaders is null ? [] : List(contentHeaders)]);

    private static IEnumerable<KeyValuePair<string, StringValues>> List(HttpHeaders headers)
    {
        foreach (var (name, values) in headers.NonValidated) yield return new(name, values.ToArray());
    }
}
