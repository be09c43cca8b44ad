using HttpQuery.Caching;

namespace HttpQuery.PrivateCache;

/// <summary>A request's own conditions, while those of the cache stand in their place.</summary>
internal sealed class RequestConditions
{
    private static readonly string[] Names = ["If-None-Match", "If-Modified-Since", "Range", "If-Range"];

    private readonly List<(string Name, string[] Lines)> _own = [];

    private RequestConditions()
    {
    }

    public static RequestConditions Replace(HttpRequestMessage request, ValidationConditions conditions)
    {
        var own = new RequestConditions();
        foreach (var name in Names)
        {
            if (request.Headers.NonValidated.TryGetValues(name, out var lines)) own._own.Add((name, [.. lines]));
            request.Headers.Remove(name);
        }
        if (conditions.IfNoneMatch is { } tag) request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        if (conditions.IfModifiedSince is { } date) request.Headers.TryAddWithoutValidation("If-Modified-Since", date);
        return own;
    }

    public void Restore(HttpRequestMessage request)
    {
        foreach (var name in Names) request.Headers.Remove(name);
        foreach (var (name, lines) in _own) request.Headers.TryAddWithoutValidation(name, lines);
    }
}
