using System.Buffers;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.OutputCaching;

/// <summary>U+001E and U+001F, which output caching puts between the parts of its keys. A part that contains one makes the key
/// empty, and all requests with an empty key count as one.</summary>
internal static class KeyDelimiters
{
    private static readonly SearchValues<char> Delimiters = SearchValues.Create("\u001e\u001f");
    private static readonly SearchValues<string> Escaped = SearchValues.Create(["%1e", "%1f"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a delimiter occurs in any part of the request that a policy can put into the key, or in values that earlier
    /// policies have put there.</summary>
    public static bool Occur(OutputCacheContext context)
    {
        var (request, rules) = (context.HttpContext.Request, context.CacheVaryByRules);
        var query = request.QueryString.Value.AsSpan();
        if (IsIn(request.Scheme) || IsIn(request.Host.Value) || IsIn(request.PathBase.Value) || IsIn(request.Path.Value)
            || IsIn(query) || query.ContainsAny(Escaped))
            return true;
        if (IsIn(rules.CacheKeyPrefix) || IsIn(rules.HeaderNames) || IsIn(rules.QueryKeys) || IsIn(rules.RouteValueNames)) return true;
        return request.Headers.Any(header => IsIn(header.Key) || IsIn(header.Value))
            || request.RouteValues.Any(value => IsIn(value.Key) || IsIn(value.Value?.ToString()))
            || rules.VaryByValues.Any(value => IsIn(value.Key) || IsIn(value.Value));
    }

    private static bool IsIn(ReadOnlySpan<char> text) => text.ContainsAny(Delimiters);

    private static bool IsIn(StringValues texts)
    {
        foreach (var text in texts)
        {
            if (IsIn(text.AsSpan())) return true;
        }
        return false;
    }
}
