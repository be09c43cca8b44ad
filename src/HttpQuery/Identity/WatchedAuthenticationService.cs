using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Identity;

/// <summary>The application's authentication service. The <see cref="IdentityWatch"/> of the request records each call.</summary>
internal sealed class WatchedAuthenticationService(IAuthenticationService inner) : IAuthenticationService
{
    public async Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme)
    {
        IdentityWatch.RecordAccess(context);
        var result = await inner.AuthenticateAsync(context, scheme);

        // A stand-in in tests may return null.
        if (result is { Principal: { } principal }) AuthenticatedPrincipals.Add(context, principal);
        return result;
    }

    public Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties)
    {
        IdentityWatch.RecordAccess(context);
        return inner.ChallengeAsync(context, scheme, properties);
    }

    public Task ForbidAsync(HttpContext context, string? scheme, AuthenticationProperties? properties)
    {
        IdentityWatch.RecordAccess(context);
        return inner.ForbidAsync(context, scheme, properties);
    }

    public Task SignInAsync(HttpContext context, string? scheme, ClaimsPrincipal principal, AuthenticationProperties? properties)
    {
        IdentityWatch.RecordAccess(context);
        return inner.SignInAsync(context, scheme, principal, properties);
    }

    public Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties)
    {
        IdentityWatch.RecordAccess(context);
        return inner.SignOutAsync(context, scheme, properties);
    }
}
