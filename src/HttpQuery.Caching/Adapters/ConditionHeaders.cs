using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Adapters;

/// <summary>Sends a request with the conditions of the cache in place of the client's (RFC 9111 §4.3.1).</summary>
internal static class ConditionHeaders
{
    // A range would make the origin send a partial response, which cannot be stored.
    private static readonly string[] Names = ["If-None-Match", "If-Modified-Since", "Range", "If-Range"];

    /// <summary>Removes the client's conditions and its range, and sets the cache's conditions.</summary>
    public static void Replace(IRequestHeaders headers, ValidationConditions conditions)
    {
        foreach (var name in Names) headers.Set(name, default);
        if (conditions.IfNoneMatch is { } tag) headers.Set("If-None-Match", tag);
        if (conditions.IfModifiedSince is { } date) headers.Set("If-Modified-Since", date);
    }

    /// <summary>Restores the client's conditions and its range.</summary>
    /// <param name="headers">The headers to change.</param>
    /// <param name="own">A copy of the headers from before <see cref="Replace"/>.</param>
    public static void Restore(IRequestHeaders headers, IReadOnlyHeaders own)
    {
        foreach (var name in Names) headers.Set(name, own[name]);
    }
}
