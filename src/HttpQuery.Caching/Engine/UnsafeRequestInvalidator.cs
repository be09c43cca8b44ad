using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Engine;

/// <summary>Applies the invalidations of a response to an unsafe request (RFC 9111 §4.4, RFC 9875 §3).</summary>
internal static class UnsafeRequestInvalidator
{
    public static async ValueTask InvalidateAsync(RequestContext context, int status, HeaderCollection headers)
    {
        var (request, epochs) = (context.Request, context.Cache.Epochs);
        if (!InvalidationRules.Invalidates(request.Method, status)) return;

        // The target need not be a URI in the form that was sent; Location and Content-Location are URIs.
        var subjects = new HashSet<QueryCacheKey> { CacheKeySet.GetResourceKey(request) };
        if (Uri.TryCreate($"{request.Scheme}://{request.Authority}{request.Target}", UriKind.Absolute, out var target))
        {
            foreach (var uri in InvalidationRules.Targets(request.Method, status, target, headers))
                subjects.Add(CacheKeySet.GetResourceKey(uri));
        }
        foreach (var group in InvalidationRules.InvalidatedGroups(request.Method, headers))
            subjects.Add(EpochKeys.GetTagKey(context.GetTag(group)));

        // All at once, because the client waits for them.
        await Task.WhenAll(subjects.Select(subject => epochs.InvalidateAsync(subject).AsTask())).ConfigureAwait(false);
    }
}
