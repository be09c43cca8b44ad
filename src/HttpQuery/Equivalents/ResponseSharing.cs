using HttpQuery.Caching.Rules;
using HttpQuery.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Equivalents;

/// <summary>Keeps the response for one user out of caches that share it with all.</summary>
/// <remarks>Caches that know only GET often ignore that a response to a request with <c>Authorization</c> is not for others (RFC 9111
/// §3.5).</remarks>
internal static class ResponseSharing
{
    /// <summary>Adds <c>private</c> if the request is that of a known user, or carries a credential or a cookie, unless the response says
    /// how caches may share it.</summary>
    public static void Restrict(HttpContext context, IList<string> credentialHeaders, bool wasUserAccessed)
    {
        if (!wasUserAccessed && context.Request.Headers.Cookie.Count == 0 && !UserDigest.IsPersonal(context, credentialHeaders)) return;
        var headers = context.Response.Headers;
        headers.CacheControl = Restrict(headers.CacheControl);
        if (headers.TryGetValue("CDN-Cache-Control", out var targeted)) headers["CDN-Cache-Control"] = Restrict(targeted);
    }

    private static StringValues Restrict(StringValues lines)
    {
        var directives = ResponseDirectives.Parse(lines);
        if (directives.Public || directives.SharedMaxAge is not null || directives.NoStore || directives.Private) return lines;
        return StringValues.IsNullOrEmpty(lines) ? "private" : $"{lines}, private";
    }
}
