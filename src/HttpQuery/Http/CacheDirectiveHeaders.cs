using Microsoft.AspNetCore.Http;

namespace HttpQuery.Http;

/// <summary>The headers by which a response tells caches what to do with it.</summary>
internal static class CacheDirectiveHeaders
{
    /// <summary>Whether a header is <c>Cache-Control</c> for one network or for all (RFC 9213).</summary>
    public static bool IsTargeted(string name) => name.EndsWith("-Cache-Control", StringComparison.OrdinalIgnoreCase);

    /// <summary>Removes all of them: they were about another response.</summary>
    public static void Remove(IHeaderDictionary headers)
    {
        headers.Remove("Cache-Control");
        headers.Remove("Expires");
        RemoveNonStandard(headers);
        foreach (var name in headers.Keys.Where(IsTargeted).ToArray()) headers.Remove(name);
    }

    /// <summary>Removes those that single products read before <c>Cache-Control</c>.</summary>
    public static void RemoveNonStandard(IHeaderDictionary headers)
    {
        headers.Remove("Surrogate-Control");
        headers.Remove("X-Accel-Expires");
    }
}
