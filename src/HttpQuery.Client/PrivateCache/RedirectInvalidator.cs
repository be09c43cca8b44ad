using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;

namespace HttpQuery.PrivateCache;

/// <summary>Invalidates stored responses after an unsafe request that ended at another URI below the cache (RFC 9111 §4.4).</summary>
/// <remarks>The cache does not see redirects between the first URI and the last.</remarks>
internal static class RedirectInvalidator
{
    private const int Redirect = 307;

    /// <summary>Invalidates the original URI, which responded with a redirect, and the URI where the request ended.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="snapshot">The original request.</param>
    /// <param name="sent">The message in its final form.</param>
    /// <param name="response">Its response, or <see langword="null"/> if there is none.</param>
    public static async ValueTask InvalidateAsync(
        QueryCache cache, RequestSnapshot snapshot, HttpRequestMessage sent, HttpResponseMessage? response)
    {
        await cache.InvalidateAsync(CreateRequest(snapshot.Method, snapshot.Target), Redirect, HeaderCollection.Empty)
            .ConfigureAwait(false);
        if (!RequestTarget.TryRead(sent, out var target)) return;

        // The response belongs to the unsafe request itself, whichever server sent it.
        var method = RequestSnapshot.GetMethod(sent);
        var last = CreateRequest(InvalidationRules.IsSafe(method) ? snapshot.Method : method, target);
        if (response is not null && !InvalidationRules.IsSafe(method))
        {
            var headers = HeaderSnapshot.Create(response.Headers, response.Content.Headers);
            await cache.InvalidateAsync(last, (int)response.StatusCode, headers).ConfigureAwait(false);
        }

        // The Location of a redirect invalidates only URIs of the same origin.
        if (target.Scheme == snapshot.Target.Scheme && target.Authority == snapshot.Target.Authority)
            await cache.InvalidateAsync(last, Redirect, HeaderCollection.Empty).ConfigureAwait(false);
    }

    private static CacheRequest CreateRequest(string method, in RequestTarget target) => new()
    {
        Method = method,
        Scheme = target.Scheme,
        Authority = target.Authority,
        Target = target.Target,
        Headers = HeaderCollection.Empty,
        Content = null,
    };
}
