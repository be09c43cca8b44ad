using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.Http;

/// <summary>The target of a request as it was sent. With the decoded path, two different targets could become equal.</summary>
internal static class RequestTarget
{
    /// <summary>Returns the target in origin form. Other forms (RFC 9112 §3.2) are converted.</summary>
    public static string Get(HttpContext context)
    {
        if (TargetUri.ToOriginForm(context.Features.Get<IHttpRequestFeature>()?.RawTarget) is { } target) return target;
        var request = context.Request;
        return request.PathBase.ToUriComponent() + request.Path.ToUriComponent() + request.QueryString;
    }

    /// <summary>Returns host and port as the application receives them: <c>Request.Host</c> would change their spelling.</summary>
    /// <returns>Empty if the request names no host, or several.</returns>
    public static string GetAuthority(HttpContext context) => context.Request.Headers.Host is [{ } only] ? only : "";

    /// <summary>Returns host and port in one spelling: lower case, without the default port.</summary>
    public static string GetNormalizedAuthority(HttpContext context)
    {
        var authority = GetAuthority(context).ToLowerInvariant();
        var defaultPort = context.Request.IsHttps ? ":443" : ":80";
        return authority.EndsWith(defaultPort, StringComparison.Ordinal) ? authority[..^defaultPort.Length] : authority;
    }

    /// <summary>Whether the application sees a path or query other than the one that was sent: earlier code has changed them, or
    /// the server has decoded escapes in the path.</summary>
    public static bool IsRewritten(HttpContext context, string target)
    {
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = target.AsSpan(0, mark < 0 ? target.Length : mark);
        var query = target.AsSpan(path.Length);
        var request = context.Request;
        var pathBase = request.PathBase.Value.AsSpan();
        var rest = request.Path.Value.AsSpan();
        return !query.SequenceEqual(request.QueryString.Value)
            || path.Length != pathBase.Length + rest.Length || !path.StartsWith(pathBase) || !path.EndsWith(rest);
    }
}
