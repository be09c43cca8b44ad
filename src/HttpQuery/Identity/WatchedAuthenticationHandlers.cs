using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Identity;

/// <summary>The application's authentication handlers. The watch also records handlers that are obtained without the service.</summary>
internal sealed class WatchedAuthenticationHandlers(IAuthenticationHandlerProvider inner) : IAuthenticationHandlerProvider
{
    public Task<IAuthenticationHandler?> GetHandlerAsync(HttpContext context, string authenticationScheme)
    {
        IdentityWatch.RecordAccess(context);
        return inner.GetHandlerAsync(context, authenticationScheme);
    }
}
