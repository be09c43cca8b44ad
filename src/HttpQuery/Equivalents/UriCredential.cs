using HttpQuery.Identity;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Equivalents;

/// <summary>Finds targets that may contain a credential. The URI of an equivalent resource would contain it, too, and so be one.</summary>
internal static class UriCredential
{
    // Access tokens (RFC 6750 §2.3), and what they and keys are often called. Names compare without case.
    private static readonly string[] Names =
        ["access_token", "id_token", "token", "jwt", "api_key", "apikey", "api-key", "sig", "signature", "password", "secret"];

    /// <summary>Whether a parameter of the URI query is called like a credential, or the user is known by no header and no
    /// certificate.</summary>
    public static bool IsLikely(HttpContext context, IList<string> credentialHeaders)
    {
        var request = context.Request;
        if (!request.QueryString.HasValue) return false;
        return Names.Any(request.Query.ContainsKey)
            || (request.Headers.Cookie.Count == 0
                && credentialHeaders.All(name => request.Headers[name].Count == 0)
                && IdentityWatch.GetCertificate(context.Features) is null
                && UserDigest.IsPersonal(context, credentialHeaders));
    }
}
