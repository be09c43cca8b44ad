using HttpQuery.Caching;

namespace HttpQuery.PrivateCache;

/// <summary>Invalidates stored responses after an unsafe request that went elsewhere below the cache (RFC 9111 §4.4).</summary>
/// <remarks>Redirects between the first URI and the last are not seen.</remarks>
internal static class RedirectInvalidator
{
    private const int Redirect = 307;

    /// <summary>Invalidates the URI that was snapshot, which answered with a redirect, and the one that the request ended at.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="snapshot">The request that was snapshot.</param>
    /// <param name="sent">The message as it ended.</param>
    /// <param name="response">Its response, or <see langword="null"/> if there is none.</param>
    public static async ValueTask InvalidateAsync(QueryCache cache, RequestSnapshot snapshot, HttpRequestMessage sent, HttpResponseMessage? response)
    {
        await cache.InvalidateAsync(RequestFor(snapshot.Method, snapshot.Target), Redirect, StoredFields.Empty).ConfigureAwait(false);
        if (!RequestTarget.TryRead(sent, out var target)) return;

        // An answer to the unsafe request itself, wherever it came from.
        var method = RequestSnapshot.GetMethod(sent);
        var last = RequestFor(InvalidationRules.IsSafe(method) ? snapshot.Method : method, target);
        if (response is not null && !InvalidationRules.IsSafe(method)) await cache.InvalidateAsync(last, (int)response.StatusCode, HeaderSnapshot.Create(response.Headers, response.Content.Headers)).ConfigureAwait(false);

        // The Location of a redirect counts within its origin.
        if (target.Scheme == snapshot.Target.Scheme && target.Authority == snapshot.Target.Authority) await cache.InvalidateAsync(last, Redirect, StoredFields.Empty).ConfigureAwait(false);
    }

    private static CacheRequest RequestFor(string method, in RequestTarget target) => new()
    {
        Method = method,
        Scheme = target.Scheme,
        Authority = target.Authority,
        Target = target.Target,
        Fields = StoredFields.Empty,
        Content = null,
    };
}
