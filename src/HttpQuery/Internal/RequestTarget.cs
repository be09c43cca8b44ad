using HttpQuery.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.Internal;

/// <summary>What a request is for, as it was sent: the decoded path would let two targets meet.</summary>
internal static class RequestTarget
{
    /// <summary>The target in origin form; one that came in another form (RFC 9112 §3.2) is brought into it.</summary>
    public static string Of(HttpContext context)
    {
        if (TargetUri.OriginFormOf(context.Features.Get<IHttpRequestFeature>()?.RawTarget) is { } target) return target;
        var request = context.Request;
        return request.PathBase.ToUriComponent() + request.Path.ToUriComponent() + request.QueryString;
    }

    /// <summary>Host and port as the application receives them: <c>Request.Host</c> would change their spelling.</summary>
    /// <returns>Empty where the request names no host, or several.</returns>
    public static string AuthorityOf(HttpContext context) => context.Request.Headers.Host is [{ } only] ? only : "";

    /// <summary>Whether the application sees another path or query than was sent: something before has changed them, or the path has escapes, which the server has decoded.</summary>
    public static bool IsRewritten(HttpContext context, string target)
    {
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = target.AsSpan(0, mark < 0 ? target.Length : mark);
        var query = target.AsSpan(path.Length);
        var request = context.Request;
        var pathBase = request.PathBase.Value.AsSpan();
        var rest = request.Path.Value.AsSpan();
        return !query.SequenceEqual(request.QueryString.Value) || path.Length != pathBase.Length + rest.Length || !path.StartsWith(pathBase) || !path.EndsWith(rest);
    }
}
