using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Engine;

/// <summary>Scheme, authority and target of a request, as its origin receives them (docs/cache-key.md §3).</summary>
/// <param name="Scheme">The scheme, for example <c>https</c>.</param>
/// <param name="Authority">The value of <c>Host</c> or <c>:authority</c>: host and port, without the default port.</param>
/// <param name="Target">The target in origin form, never decoded.</param>
internal readonly record struct TargetUri(string Scheme, string Authority, string Target)
{
    /// <summary>Returns the URI as HttpClient sends it: no user information, no fragment, no scope of an IPv6 address, and a host name in
    /// ASCII.</summary>
    /// <param name="uri">An absolute URI.</param>
    public static TargetUri FromUri(Uri uri)
    {
        // IdnHost of an IPv6 address has no brackets and keeps the scope.
        var host = uri.HostNameType is UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        return new(uri.Scheme, uri.IsDefaultPort ? host : $"{host}:{uri.Port}", uri.PathAndQuery);
    }

    /// <summary>Converts a request target to origin form (RFC 9112 §3.2).</summary>
    /// <param name="target">A target in origin form or in absolute form.</param>
    /// <returns><see langword="null"/> for a target of another form.</returns>
    public static string? ToOriginForm(string? target)
    {
        if (target is null or ['/', ..]) return target;
        if (target.IndexOf("://", StringComparison.Ordinal) is not (> 0 and var scheme)) return null;
        var start = target.AsSpan(scheme + 3).IndexOfAny('/', '?');
        if (start < 0) return "/";
        var rest = target[(scheme + 3 + start)..];
        return rest is ['/', ..] ? rest : "/" + rest;
    }
}
