using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace HttpQuery.Identity;

/// <summary>The users that a request was authenticated as. Middleware may use one without making it <c>HttpContext.User</c>.</summary>
internal sealed class AuthenticatedPrincipals
{
    // More would be a loop; the user is then uncertain.
    private const int Maximum = 16;

    private readonly List<ClaimsPrincipal> _principals = [];

    public static void Add(HttpContext context, ClaimsPrincipal principal)
    {
        var known = context.Features.Get<AuthenticatedPrincipals>();
        if (known is null) context.Features.Set(known = new());
        if (known._principals.Count <= Maximum) known._principals.Add(principal);
    }

    /// <summary>Whether each of them is part of the request's user.</summary>
    public static bool AreInUser(HttpContext context)
    {
        if (context.Features[typeof(AuthenticatedPrincipals)] is not AuthenticatedPrincipals { _principals: var principals }) return true;
        var user = (context.Features[typeof(IHttpAuthenticationFeature)] as IHttpAuthenticationFeature)?.User;
        return principals.Count <= Maximum && principals.All(principal => ReferenceEquals(principal, user) || IsPart(principal, user));
    }

    // Authorization merges principals into a new one with the same identities, and a transformation may copy the identities.
    private static bool IsPart(ClaimsPrincipal principal, ClaimsPrincipal? user) => user is not null
        && principal.Identities.All(identity => !identity.IsAuthenticated || user.Identities.Any(other =>
            ReferenceEquals(identity, other)
            || (other.IsAuthenticated && other.AuthenticationType == identity.AuthenticationType && other.Name == identity.Name
                && identity.Claims.All(claim => other.HasClaim(claim.Type, claim.Value)))));
}
