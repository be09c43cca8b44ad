using HttpQuery.Caching;

namespace HttpQuery.PrivateCache;

/// <summary>A request's own conditions, while those of the cache stand in their place.</summary>
internal sealed class RequestConditions
{
    private readonly StoredFields _own;

    private RequestConditions(StoredFields own) => _own = own;

    public static RequestConditions Replace(HttpRequestMessage request, ValidationConditions conditions)
    {
        var own = new RequestConditions(HeaderSnapshot.Create(request.Headers, null));
        ConditionHeaders.Replace(new RequestHeadersAdapter(request), conditions);
        return own;
    }

    /// <summary>Puts all headers back as they came: handlers below may have added some.</summary>
    public void RestoreAll(HttpRequestMessage request)
    {
        request.Headers.Clear();
        foreach (var (name, lines) in _own) request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines);
    }

    /// <summary>Puts the request's own conditions back.</summary>
    public void Restore(HttpRequestMessage request) => ConditionHeaders.Restore(new RequestHeadersAdapter(request), _own);
}
