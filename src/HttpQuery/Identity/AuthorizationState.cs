using Microsoft.AspNetCore.Http;

namespace HttpQuery.Identity;

/// <summary>Tells whether authorization has run for a request.</summary>
internal static class AuthorizationState
{
    // The framework's endpoint middleware looks for this item, and rejects an endpoint whose authorization has not run.
    private const string ItemKey = "__AuthorizationMiddlewareWithEndpointInvoked";

    public static bool HasRun(HttpContext context) => context.Items.ContainsKey(ItemKey);
}
