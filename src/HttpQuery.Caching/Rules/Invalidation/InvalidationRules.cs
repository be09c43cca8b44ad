using HttpQuery.Caching.Headers;
using HttpQuery.StructuredFields;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Rules;

/// <summary>The stored responses that an unsafe request invalidates (RFC 9111 §4.4; RFC 9875).</summary>
internal static class InvalidationRules
{
    /// <summary>Returns whether a method is safe: GET, HEAD, OPTIONS, TRACE, QUERY, PROPFIND, REPORT or SEARCH. Method names are
    /// case-sensitive (RFC 9110 §9.1), so <c>query</c> is another method. Its safety is unknown, like that of all other
    /// methods.</summary>
    public static bool IsSafe(string method) =>
        method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "QUERY" or "PROPFIND" or "REPORT" or "SEARCH";

    /// <summary>Returns whether a request invalidates the stored responses of its target. The method is not known to be safe, and the
    /// response is not an error: 2xx or 3xx (RFC 9111 §4.4).</summary>
    public static bool Invalidates(string method, int status) => !IsSafe(method) && status is >= 200 and <= 399;

    /// <summary>The URIs whose responses become invalid, for every method and content.</summary>
    /// <param name="method">The method of the request.</param>
    /// <param name="status">The status code of the response.</param>
    /// <param name="target">The absolute target URI.</param>
    /// <param name="response">The headers of the response. Location and Content-Location also count if they have the same origin as the
    /// target (RFC 9111 §4.4).</param>
    /// <returns>The target first, without fragments, user information and duplicates; empty if the request invalidates nothing.</returns>
    /// <exception cref="ArgumentException"><paramref name="target"/> is relative.</exception>
    public static IReadOnlyList<Uri> Targets(string method, int status, Uri target, IReadOnlyHeaders response)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(response);
        if (!target.IsAbsoluteUri) throw new ArgumentException("A target URI is absolute.", nameof(target));
        if (!Invalidates(method, status)) return [];

        var targets = new OrderedDictionary<Uri, bool> { { Bare(target), true } };
        AddSameOrigin(targets, target, response["Location"]);
        AddSameOrigin(targets, target, response["Content-Location"]);
        return [.. targets.Keys];
    }

    /// <summary>The groups that a response belongs to (RFC 9875 §2). Each origin has its own groups.</summary>
    /// <param name="response">The headers of the response; a Cache-Groups header that is not a List of Strings is ignored.</param>
    public static IReadOnlyList<string> Groups(IReadOnlyHeaders response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Strings(response["Cache-Groups"]);
    }

    /// <summary>The groups of the target's origin whose responses become invalid (RFC 9875 §3).</summary>
    /// <param name="method">The method of the request; if it is safe, the header is ignored.</param>
    /// <param name="response">The headers of the response; a Cache-Group-Invalidation header that is not a List of Strings is
    /// ignored.</param>
    public static IReadOnlyList<string> InvalidatedGroups(string method, IReadOnlyHeaders response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return IsSafe(method) ? [] : Strings(response["Cache-Group-Invalidation"]);
    }

    private static void AddSameOrigin(OrderedDictionary<Uri, bool> targets, Uri target, StringValues references)
    {
        foreach (var reference in references)
        {
            // Two steps: in one step, a path that starts with a slash would be read as a file path.
            var text = reference.AsSpan().Trim(HttpSyntax.Whitespace).ToString();
            var isFound = text is ['/', ..]
                ? Uri.TryCreate(text, UriKind.Relative, out var relative) & Uri.TryCreate(target, relative, out var uri)
                : Uri.TryCreate(target, text, out uri);
            if (!isFound || !IsSameOrigin(target, uri!)) continue;
            targets.TryAdd(Bare(uri!), true);
        }
    }

    // RFC 9110 §4.3.1: an origin is scheme, host and port.
    private static bool IsSameOrigin(Uri left, Uri right) =>
        left.Scheme == right.Scheme && left.Port == right.Port && left.Host == right.Host;

    private static Uri Bare(Uri uri) => new(uri.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped));

    private static IReadOnlyList<string> Strings(StringValues lines)
    {
        if (lines.Count == 0) return [];
        var reader = new SfReader(lines.Count == 1 ? lines[0] : string.Join(", ", lines.ToArray()), SfFieldType.List);
        var strings = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
        while (reader.Read())
        {
            if (reader.NodeType is SfNodeType.Parameter) continue;
            if (reader.NodeType is not SfNodeType.Item || reader.ItemType is not SfItemType.String) return [];
            strings.TryAdd(reader.GetText(), true);
        }

        return reader.IsMalformed ? [] : [.. strings.Keys];
    }
}
