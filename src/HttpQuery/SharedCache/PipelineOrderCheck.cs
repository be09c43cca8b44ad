using HttpQuery.Http;
using HttpQuery.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.SharedCache;

/// <summary>Checks that the cache stands where it can answer: behind all middleware that decides who may send the request.</summary>
internal sealed class PipelineOrderCheck(IServiceProvider services, IOptions<HttpQueryCacheOptions> options)
{
    private readonly bool _authenticates = services.GetService<IAuthenticationSchemeProvider>() is not null;
    private readonly bool _isWatched = FindWatch(services);
    private readonly bool _authorizes = services.GetService<IAuthorizationPolicyProvider>() is not null;

    /// <summary>Whether any pipeline contains the cache.</summary>
    public bool IsInPipeline { get; set; }

    /// <summary>Whether the cache notices calls of the authentication service.</summary>
    public bool IsWatched => _isWatched;

    /// <summary>Returns the reason why the request bypasses the cache, or <see langword="null"/> if it need not.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isRewritten">Whether the application sees a path or query other than the one that was sent.</param>
    public CacheBypass? FindBypass(HttpContext context, bool isRewritten)
    {
        // A lookup of an absent feature is slow, so each is looked up only where it can exist.
        var features = context.Features;
        if (context.GetEndpoint() is null) return CacheBypass.NoEndpoint;
        if (_authorizes && !AuthorizationState.HasRun(context)) return CacheBypass.BeforeAuthorization;
        if (_authenticates && features.Get<IAuthenticationFeature>() is null) return CacheBypass.BeforeAuthentication;

        if (!_isWatched && HasCredential(context)) return CacheBypass.UnwatchedAuthentication;

        // An error page runs in place of the requested endpoint, under its own path.
        if (isRewritten
            && (features.Get<IExceptionHandlerFeature>() is not null || features.Get<IStatusCodeReExecuteFeature>() is not null))
            return CacheBypass.ErrorPage;
        if (context.Request.Headers.Upgrade.Count > 0 && features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true })
            return CacheBypass.Upgrade;

        // A QUERY that a form field made from a POST still has a form as its content.
        return context.Request.ContentType?.Contains("form", StringComparison.OrdinalIgnoreCase) is true
            && PostedRequestFeature.WasPosted(context) ? CacheBypass.MethodOverride : null;
    }

    private bool HasCredential(HttpContext context)
    {
        var headers = context.Request.Headers;
        return headers.Cookie.Count > 0
            || options.Value.CredentialHeaders.Any(name => headers[name].Count > 0)
            || context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is not null;
    }

    // A service that is registered later replaces ours, and authenticates unseen.
    private static bool FindWatch(IServiceProvider services)
    {
        using var scope = services.CreateScope();
        return scope.ServiceProvider.GetService<IAuthenticationService>() is null or WatchedAuthenticationService;
    }
}
