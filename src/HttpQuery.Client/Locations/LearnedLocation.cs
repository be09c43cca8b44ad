using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Locations;

/// <summary>The URI of the equivalent resource of one query (RFC 10008 §2.2).</summary>
/// <param name="Uri">The URI.</param>
/// <param name="Resource">The key of the URI that the query was sent to.</param>
/// <param name="Names">The request headers that the response varied by.</param>
/// <param name="Headers">The values of these headers.</param>
internal sealed record LearnedLocation(Uri Uri, QueryCacheKey Resource, HeaderNameSet Names, HeaderCollection Headers)
{
    private const int MaximumLength = 8192;

    /// <summary>Reads the <c>Location</c> of a response to a query.</summary>
    /// <param name="response">The response.</param>
    /// <param name="requested">The URI of the query.</param>
    /// <param name="headers">The headers of the query.</param>
    /// <param name="resource">The key of the URI of the query.</param>
    /// <returns><see langword="null"/> if there is no usable URI.</returns>
    public static LearnedLocation? Read(HttpResponseMessage response, Uri requested, HeaderCollection headers, QueryCacheKey resource)
    {
        if (!response.IsSuccessStatusCode || !response.Headers.NonValidated.TryGetValues("Location", out var lines)) return null;
        if (lines.Count != 1 || lines.ToString() is not { Length: > 0 and <= MaximumLength } text) return null;
        if (!Uri.TryCreate(requested, text, out var uri) || !IsUsable(uri, requested)) return null;

        string[] vary = response.Headers.NonValidated.TryGetValues("Vary", out var varyLines) ? [.. varyLines] : [];
        if (!VaryRules.TryParse(vary, out var names)) return null;
        return new(uri, resource, names, new(names.Select(name => KeyValuePair.Create(name, headers[name]))));
    }

    /// <summary>Tells whether the response varied by no header in which this query differs.</summary>
    public bool IsFor(HeaderCollection headers) => VaryRules.Matches(Names, Headers, headers);

    /// <summary>Tells whether two URIs have the same scheme, host and port.</summary>
    public static bool IsSameOrigin(Uri one, Uri other)
    {
        var (left, right) = (TargetUri.FromUri(one), TargetUri.FromUri(other));
        return left.Scheme == right.Scheme && left.Authority == right.Authority;
    }

    // A URI that names the target itself is not that of the query: a GET of it would return something else.
    private static bool IsUsable(Uri uri, Uri requested) =>
        (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && requested.Scheme == Uri.UriSchemeHttp))
        && uri.UserInfo.Length == 0
        && !uri.PathAndQuery.AsSpan().ContainsAnyExceptInRange('!', '~')
        && !(IsSameOrigin(uri, requested) && uri.PathAndQuery == requested.PathAndQuery);
}
