using System.Diagnostics.CodeAnalysis;

namespace QueryGateway.Forwarding;

/// <summary>The forms of a request target (RFC 9112 §3.2).</summary>
internal static class RequestTargetForm
{
    /// <summary>Reads a path, or an absolute http or https URI without user name; no other target is forwarded.</summary>
    /// <param name="target">The target as it came.</param>
    /// <param name="originForm">Path and query, unchanged.</param>
    /// <param name="authority">The authority of an absolute URI, else <see langword="null"/>.</param>
    public static bool TryRead(string target, [NotNullWhen(true)] out string? originForm, out string? authority)
    {
        (originForm, authority) = (target, null);
        if (target is ['/', ..]) return true;
        originForm = null;
        if (AuthorityStart(target) is not { } start) return false;

        var rest = target.AsSpan(start);
        var path = rest.IndexOfAny('/', '?');
        authority = (path < 0 ? rest : rest[..path]).ToString();
        if (authority.Length == 0 || authority.Contains('@', StringComparison.Ordinal)) return false;
        originForm = path < 0 ? "/" : rest[path] is '/' ? rest[path..].ToString() : $"/{rest[path..]}";
        return true;
    }

    /// <summary>Whether the target names the server itself: <c>*</c>, or in absolute form a URI without path and query (§3.2.4).</summary>
    public static bool IsServer(string target) => target is "*" || (AuthorityStart(target) is { } start && target.AsSpan(start).IndexOfAny('/', '?') < 0);

    private static int? AuthorityStart(string target)
    {
        foreach (var scheme in (ReadOnlySpan<string>)["http://", "https://"])
        {
            if (target.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return scheme.Length;
        }
        return null;
    }
}
