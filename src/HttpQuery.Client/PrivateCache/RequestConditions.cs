using HttpQuery.Caching;
using HttpQuery.Caching.Adapters;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;

namespace HttpQuery.PrivateCache;

/// <summary>Keeps a request's own conditions while the cache sends its own in their place.</summary>
internal sealed class RequestConditions
{
    private readonly HeaderCollection _own;

    private RequestConditions(HeaderCollection own) => _own = own;

    /// <summary>Replaces the conditions of a request, and returns its own.</summary>
    public static RequestConditions Replace(HttpRequestMessage request, ValidationConditions conditions)
    {
        var own = new RequestConditions(HeaderSnapshot.Create(request.Headers, null));
        ConditionHeaders.Replace(new RequestHeadersAdapter(request), conditions);
        return own;
    }

    /// <summary>Restores all headers. Handlers below the cache may have added some.</summary>
    public void RestoreAll(HttpRequestMessage request)
    {
        request.Headers.Clear();
        foreach (var (name, lines) in _own) request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines);
    }

    /// <summary>Restores the request's own conditions.</summary>
    public void Restore(HttpRequestMessage request) => ConditionHeaders.Restore(new RequestHeadersAdapter(request), _own);
}
