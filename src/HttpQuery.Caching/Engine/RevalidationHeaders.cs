using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>The headers of a request in the background, made from those of the request that got the stale response (RFC 5861 §3).</summary>
internal static class RevalidationHeaders
{
    /// <summary>Leaves out what concerns only that client: its conditions, its range, and how fresh a response it wanted. <c>no-transform</c> stays: it is part of the key.</summary>
    public static IEnumerable<KeyValuePair<string, StringValues>> Of(IEnumerable<KeyValuePair<string, StringValues>> headers)
    {
        var cacheControl = StringValues.Empty;
        foreach (var (name, lines) in headers)
        {
            if (name.Equals("Cache-Control", StringComparison.OrdinalIgnoreCase)) cacheControl = StringValues.Concat(cacheControl, lines);
            else if (!name.StartsWith("If-", StringComparison.OrdinalIgnoreCase) && !name.Equals("Range", StringComparison.OrdinalIgnoreCase) && !name.Equals("Pragma", StringComparison.OrdinalIgnoreCase)) yield return new(name, lines);
        }
        var isKept = RequestDirectives.Parse(new StoredFields(new KeyValuePair<string, StringValues>("Cache-Control", cacheControl))).NoTransform;
        yield return new("Cache-Control", isKept ? "max-age=0, no-transform" : "max-age=0");
    }
}
