using HttpQuery.Caching;
using HttpQuery.Caching.Rules;
using HttpQuery.Http;
using HttpQuery.Identity;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.OutputCaching;

/// <summary>Finds the requests that output caching would answer wrongly.</summary>
internal static class RequestCacheability
{
    /// <summary>Returns the reason why a request bypasses the cache, or <see langword="null"/>.</summary>
    public static string? FindObstacle(OutputCacheContext context, IList<string> credentialHeaders)
    {
        var http = context.HttpContext;
        var headers = http.Request.Headers;
        if (RequestTarget.GetAuthority(http).Length == 0) return "it names no host, or several";
        if (UserDigest.IsPersonal(http, credentialHeaders)) return "it is for one user";
        if (NeedsAuthorization(http.GetEndpoint())) return "its endpoint needs authorization";
        if (http.RequestServices.GetService<IAuthorizationPolicyProvider>() is not null
            && !AuthorizationState.HasRun(http))
            return "authorization has not run before the cache";
        if (headers.IfMatch.Count + headers.IfUnmodifiedSince.Count + headers.Range.Count + headers.IfRange.Count > 0)
            return "it has a condition that output caching does not support";
        if (RequestDirectives.Parse(headers.CacheControl).NoStore) return "it says no-store";
        return KeyDelimiters.Occur(context) ? "a part of its key contains a delimiter" : null;
    }

    /// <summary>Whether a stored response may be too old for a request: output caching does not tell its age (RFC 9111 §5.2.1).</summary>
    public static bool RequiresNewResponse(HttpRequest request)
    {
        var directives = RequestDirectives.Parse(request.Headers.CacheControl, request.Headers.Pragma);
        return directives.NoCache || directives.MaxAge is not null || directives.MinFresh is not null;
    }

    // The request has no user: UseOutputCache runs before UseAuthorization, or a requirement checks something that is not in the key.
    private static bool NeedsAuthorization(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IAuthorizeData>() is not null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null;
}
