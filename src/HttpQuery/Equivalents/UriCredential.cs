using HttpQuery.Identity;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Equivalents;

/// <summary>Finds targets that may contain a credential. The URI of an equivalent resource would contain it, too, and so be one.</summary>
internal static class UriCredential
{
    /// <summary>Whether the URI query has an access token (RFC 6750 §2.3), or the user is known by no header and no certificate.</summary>
    public static bool IsLikely(HttpContext context, IList<string> credentialHeaders)
    {
        var request = context.Request;
        if (!request.QueryString.HasValue) return false;
        return request.QueryString.Value!.Contains("access_token=", StringComparison.OrdinalIgnoreCase)
            || (request.Headers.Cookie.Count == 0
                && credentialHeaders.All(name => request.Headers[name].Count == 0)
                && IdentityWatch.GetCertificate(context.Features) is null
                && UserDigest.IsPersonal(context, credentialHeaders));
    }
}
