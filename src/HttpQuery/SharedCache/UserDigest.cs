using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace HttpQuery.SharedCache;

/// <summary>Whom a request speaks for, as a digest: who has other claims, credentials or another certificate is somebody else.</summary>
internal static class UserDigest
{
    /// <returns>Empty where nobody is known.</returns>
    public static byte[] Of(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization;
        var certificate = (context.Features[typeof(ITlsConnectionFeature)] as ITlsConnectionFeature)?.ClientCertificate;
        var isAuthenticated = false;

        // Not by the context, which would make somebody up.
        var identities = (context.Features[typeof(IHttpAuthenticationFeature)] as IHttpAuthenticationFeature)?.User?.Identities ?? [];
        foreach (var identity in identities) isAuthenticated |= identity.IsAuthenticated;
        if (!isAuthenticated && authorization.Count == 0 && certificate is null) return [];

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, "authorization");
        foreach (var line in authorization) Add(hash, line);
        Add(hash, "certificate");
        if (certificate is not null) hash.AppendData(certificate.RawData);
        foreach (var identity in identities) Add(hash, identity);
        return hash.GetHashAndReset();
    }

    /// <summary>Of something of the application's own.</summary>
    public static byte[] Of(params ReadOnlySpan<string?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts) Add(hash, part);
        return hash.GetHashAndReset();
    }

    private static void Add(IncrementalHash hash, ClaimsIdentity identity)
    {
        if (!identity.IsAuthenticated) return;
        Add(hash, "identity");
        Add(hash, identity.AuthenticationType);
        Add(hash, identity.Name);
        foreach (var claim in identity.Claims)
        {
            Add(hash, claim.Type);
            Add(hash, claim.Value);
            Add(hash, claim.Issuer);
        }
    }

    // A length goes before what it counts, and nothing is not the same as empty: nothing runs into anything else.
    private static void Add(IncrementalHash hash, string? text)
    {
        hash.AppendData(BitConverter.GetBytes(text?.Length ?? -1));
        if (text is not null) hash.AppendData(Encoding.Unicode.GetBytes(text));
    }
}
