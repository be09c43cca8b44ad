using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Principal;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace HttpQuery.Identity;

/// <summary>The verified user of a request, as a digest: another claim, credential or certificate is another user.</summary>
internal static class UserDigest
{
    // An actor may have an actor; what is nested deeper is cut, and the cut counts.
    private const int MaximumActors = 16;

    /// <summary>Digest of who is known: identities, the client certificate, and then the credentials too.</summary>
    /// <param name="context">The request.</param>
    /// <param name="credentialHeaders">Names of the headers that carry a credential. A credential alone makes no user: no one has verified it.</param>
    /// <returns>Empty where no user is known.</returns>
    public static byte[] Of(HttpContext context, IList<string> credentialHeaders)
    {
        var certificate = IdentityWatch.CertificateOf(context.Features);

        // Read the feature: HttpContext.User would create an anonymous principal.
        var user = (context.Features[typeof(IHttpAuthenticationFeature)] as IHttpAuthenticationFeature)?.User;
        if (certificate is null && !IsKnown(user)) return [];

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, credentialHeaders.Count);
        foreach (var name in credentialHeaders)
        {
            var lines = context.Request.Headers[name];
            Add(hash, lines.Count);
            foreach (var line in lines) Add(hash, line);
        }
        Add(hash, certificate?.RawData);
        var identities = user?.Identities.Where(IsKnown).ToArray() ?? [];
        Add(hash, identities.Length);
        foreach (var identity in identities) Add(hash, identity, MaximumActors);
        return hash.GetHashAndReset();
    }

    /// <summary>Whether a request carries a credential, or is made for a known user.</summary>
    public static bool IsPersonal(HttpContext context, IList<string> credentialHeaders)
    {
        foreach (var name in credentialHeaders)
            if (context.Request.Headers[name].Count > 0) return true;
        return Of(context, credentialHeaders).Length > 0;
    }

    /// <summary>Digest of a name that the application gives the user (<c>UserBy</c>).</summary>
    public static byte[] Of(string name)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, "named by the application");
        Add(hash, name);
        return hash.GetHashAndReset();
    }

    /// <summary>Whether a principal says anything: an identity that is authenticated, or that has claims, by which a policy may admit it.</summary>
    public static bool IsKnown(ClaimsPrincipal? user)
    {
        if (user is null) return false;
        foreach (var identity in user.Identities)
            if (IsKnown(identity)) return true;
        return false;
    }

    /// <summary>Whether the user's claims change with each token, so that a renewed token is another user.</summary>
    public static bool ChangesWithToken(HttpContext context)
    {
        var user = (context.Features[typeof(IHttpAuthenticationFeature)] as IHttpAuthenticationFeature)?.User;
        return user?.HasClaim(claim => claim.Type is "jti" or "iat" or "nbf" or "exp" or "auth_time" or "nonce" or "at_hash" or "uti" or "rh") is true;
    }

    /// <summary>Whether the classes of the user are known, so that the digest has all that they say.</summary>
    public static bool IsCertain(HttpContext context)
    {
        var user = (context.Features[typeof(IHttpAuthenticationFeature)] as IHttpAuthenticationFeature)?.User;
        return user is null || (IsKnownClass(user) && user.Identities.All(IsKnownClass));
    }

    // A class of the application's own may have members that count.
    private static bool IsKnownClass(object identity) => identity.GetType() is var type
        && (type == typeof(ClaimsPrincipal) || type == typeof(ClaimsIdentity) || type == typeof(GenericPrincipal) || type == typeof(GenericIdentity)
            || type.FullName is "System.Security.Principal.WindowsPrincipal" or "System.Security.Principal.WindowsIdentity" or "Microsoft.IdentityModel.Tokens.CaseSensitiveClaimsIdentity");

    private static bool IsKnown(ClaimsIdentity identity) =>
        identity.IsAuthenticated || identity.Actor is not null || identity.Label is not null || identity.BootstrapContext is not null || identity.Claims.Any();

    private static void Add(IncrementalHash hash, ClaimsIdentity identity, int actors)
    {
        Add(hash, identity.AuthenticationType);
        Add(hash, identity.IsAuthenticated ? 1 : 0);
        Add(hash, identity.Name);
        Add(hash, identity.NameClaimType);
        Add(hash, identity.RoleClaimType);
        Add(hash, identity.Label);
        Add(hash, identity.BootstrapContext?.ToString());
        var claims = identity.Claims.ToArray();
        Add(hash, claims.Length);
        foreach (var claim in claims) Add(hash, claim);
        Add(hash, identity.Actor is null ? 0 : actors);
        if (identity.Actor is not null && actors > 0) Add(hash, identity.Actor, actors - 1);
    }

    private static void Add(IncrementalHash hash, Claim claim)
    {
        Add(hash, claim.Type);
        Add(hash, claim.Value);
        Add(hash, claim.ValueType);
        Add(hash, claim.Issuer);
        Add(hash, claim.OriginalIssuer);
        Add(hash, claim.Properties.Count);
        foreach (var (name, value) in claim.Properties.OrderBy(property => property.Key, StringComparer.Ordinal))
        {
            Add(hash, name);
            Add(hash, value);
        }
    }

    // A count stands before each list, and a length before each text (-1 where there is none), so that nothing can imitate another.
    private static void Add(IncrementalHash hash, int number) => hash.AppendData(BitConverter.GetBytes(number));

    private static void Add(IncrementalHash hash, string? text)
    {
        Add(hash, text?.Length ?? -1);
        if (text is not null) hash.AppendData(Encoding.Unicode.GetBytes(text));
    }

    private static void Add(IncrementalHash hash, byte[]? bytes)
    {
        Add(hash, bytes?.Length ?? -1);
        if (bytes is not null) hash.AppendData(bytes);
    }
}
