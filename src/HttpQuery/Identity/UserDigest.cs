using System.Security.Claims;
using System.Security.Principal;
using HttpQuery.Caching;
using HttpQuery.Caching.Adapters;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace HttpQuery.Identity;

/// <summary>The verified user of a request, as a digest. Another claim, credential or certificate makes another user.</summary>
internal static class UserDigest
{
    // An actor may have an actor. Deeper levels are cut, and such a user is not certain.
    private const int MaximumActors = 16;

    /// <summary>Returns the digest of a known user: the identities, the client certificate, and then the credentials, too.</summary>
    /// <param name="context">The request.</param>
    /// <param name="credentialHeaders">Names of the headers with credentials. Unverified, a credential alone makes no user.</param>
    /// <returns>Empty if no user is known.</returns>
    public static byte[] Create(HttpContext context, IList<string> credentialHeaders)
    {
        var certificate = IdentityWatch.GetCertificate(context.Features);

        // Read the feature: HttpContext.User would create an anonymous principal.
        var user = (context.Features[typeof(IHttpAuthenticationFeature)] as IHttpAuthenticationFeature)?.User;
        var others = AuthenticatedPrincipals.GetOthers(context);
        if (certificate is null && others.Length == 0 && !IsKnown(user)) return [];

        using var digest = new IdentityDigest();
        digest.Add(credentialHeaders.Count);
        foreach (var name in credentialHeaders) digest.Add(name, context.Request.Headers[name]);
        digest.Add(certificate?.RawData);
        ClaimsIdentity[] identities = [.. user?.Identities.Where(IsKnown) ?? [], .. others];
        digest.Add(identities.Length);
        foreach (var identity in identities) Add(digest, identity, MaximumActors);
        return digest.Complete();
    }

    /// <summary>Whether a request carries a credential, or is made for a known user.</summary>
    public static bool IsPersonal(HttpContext context, IList<string> credentialHeaders)
    {
        foreach (var name in credentialHeaders)
            if (context.Request.Headers[name].Count > 0) return true;
        return Create(context, credentialHeaders).Length > 0;
    }

    /// <summary>Returns the digest of a name that the application gives the user (<c>UserBy</c>).</summary>
    public static byte[] Create(string name)
    {
        using var digest = new IdentityDigest();
        digest.Add("named by the application");
        digest.Add(name);
        return digest.Complete();
    }

    /// <summary>Whether a principal identifies a user: one identity is authenticated, or has data by which a policy may admit it.</summary>
    public static bool IsKnown(ClaimsPrincipal? user)
    {
        if (user is null) return false;
        foreach (var identity in user.Identities)
            if (IsKnown(identity)) return true;
        return false;
    }

    /// <summary>Whether the user's claims change with each token, so that a renewed token makes another user.</summary>
    public static bool ChangesWithToken(HttpContext context)
    {
        var user = (context.Features[typeof(IHttpAuthenticationFeature)] as IHttpAuthenticationFeature)?.User;
        return user?.HasClaim(
            claim => claim.Type is "jti" or "iat" or "nbf" or "exp" or "auth_time" or "nonce" or "at_hash" or "uti" or "rh") is true;
    }

    /// <summary>Whether the classes of the user are known, so that the digest contains all their data.</summary>
    public static bool IsCertain(HttpContext context)
    {
        var user = (context.Features[typeof(IHttpAuthenticationFeature)] as IHttpAuthenticationFeature)?.User;
        return (user is null || (IsKnownClass(user) && user.Identities.All(IsCertain)))
            && AuthenticatedPrincipals.GetOthers(context).All(IsCertain);
    }

    // Actors and claims may be of application-defined classes, too.
    private static bool IsCertain(ClaimsIdentity identity)
    {
        var actors = 0;
        for (var one = identity; one is not null; one = one.Actor)
        {
            if (actors++ > MaximumActors || !IsKnownClass(one) || one.Claims.Any(claim => claim.GetType() != typeof(Claim))) return false;
        }
        return true;
    }

    // An application-defined class may have members that tell users apart.
    private static bool IsKnownClass(object identity) => identity.GetType() is var type
        && (type == typeof(ClaimsPrincipal) || type == typeof(ClaimsIdentity)
            || type == typeof(GenericPrincipal) || type == typeof(GenericIdentity)
            || type.FullName is "System.Security.Principal.WindowsPrincipal" or "System.Security.Principal.WindowsIdentity"
                or "Microsoft.IdentityModel.Tokens.CaseSensitiveClaimsIdentity");

    private static bool IsKnown(ClaimsIdentity identity) =>
        identity.IsAuthenticated || identity.Actor is not null || identity.Label is not null
        || identity.BootstrapContext is not null || identity.Claims.Any();

    private static void Add(in IdentityDigest digest, ClaimsIdentity identity, int actors)
    {
        digest.Add(identity.AuthenticationType);
        digest.Add(identity.IsAuthenticated ? 1 : 0);
        digest.Add(identity.Name);
        digest.Add(identity.NameClaimType);
        digest.Add(identity.RoleClaimType);
        digest.Add(identity.Label);
        digest.Add(identity.BootstrapContext?.ToString());
        var claims = identity.Claims.ToArray();
        digest.Add(claims.Length);
        foreach (var claim in claims) Add(digest, claim);
        digest.Add(identity.Actor is null ? 0 : actors);
        if (identity.Actor is not null && actors > 0) Add(digest, identity.Actor, actors - 1);
    }

    private static void Add(in IdentityDigest digest, Claim claim)
    {
        digest.Add(claim.Type);
        digest.Add(claim.Value);
        digest.Add(claim.ValueType);
        digest.Add(claim.Issuer);
        digest.Add(claim.OriginalIssuer);
        digest.Add(claim.Properties.Count);
        foreach (var (name, value) in claim.Properties.OrderBy(property => property.Key, StringComparer.Ordinal))
        {
            digest.Add(name);
            digest.Add(value);
        }
    }
}
