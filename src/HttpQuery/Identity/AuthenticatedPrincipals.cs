using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace HttpQuery.Identity;

/// <summary>The users that a request was authenticated as. Middleware may use one without making it <c>HttpContext.User</c>.</summary>
internal sealed class AuthenticatedPrincipals
{
    private readonly List<ClaimsPrincipal> _principals = [];

    public static void Add(HttpContext context, ClaimsPrincipal principal)
    {
        var known = context.Features.Get<AuthenticatedPrincipals>();
        if (known is null) context.Features.Set(known = new());
        lock (known._principals)
        {
            if (!known._principals.Contains(principal)) known._principals.Add(principal);
        }
    }

    /// <summary>Returns the known identities that are not part of the request's user. Authorization merges principals into a new one with
    /// the same identities.</summary>
    public static ClaimsIdentity[] GetOthers(HttpContext context) =>
        context.Features[typeof(AuthenticatedPrincipals)] is AuthenticatedPrincipals known ? known.Find(context) : [];

    // A method of its own: what its functions capture would be allocated for each request.
    private ClaimsIdentity[] Find(HttpContext context)
    {
        var user = (context.Features[typeof(IHttpAuthenticationFeature)] as IHttpAuthenticationFeature)?.User;
        lock (_principals)
        {
            if (_principals is [var only] && ReferenceEquals(only, user)) return [];
            return
            [
                .. _principals.Where(principal => !ReferenceEquals(principal, user))
                    .SelectMany(principal => principal.Identities)
                    .Where(identity => identity.IsAuthenticated && user?.Identities.Contains(identity) is not true),
            ];
        }
    }
}
