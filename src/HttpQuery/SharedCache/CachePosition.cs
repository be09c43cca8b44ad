using HttpQuery.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.SharedCache;

/// <summary>Whether the cache stands where it can answer: behind all that decides who may ask.</summary>
internal sealed class CachePosition(IServiceProvider services, IOptions<HttpQueryCacheOptions> options)
{
    // What the framework's own endpoint middleware looks for, to refuse an endpoint whose authorization was not asked.
    public const string AuthorizationHasRun = "__AuthorizationMiddlewareWithEndpointInvoked";

    private readonly bool _authenticates = services.GetService<IAuthenticationSchemeProvider>() is not null;
    private readonly bool _isWatched = FindWatch(services);
    private readonly bool _authorizes = services.GetService<IAuthorizationPolicyProvider>() is not null;

    /// <summary>Whether a pipeline has the cache at all.</summary>
    public bool IsInPipeline { get; set; }

    /// <summary>Whether calls of the authentication service are noticed.</summary>
    public bool IsWatched => _isWatched;

    /// <summary>Why the request passes by the cache; <see langword="null"/> where it need not.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isRewritten">Whether the application sees another path or query than was sent.</param>
    public CacheBypass? BypassOf(HttpContext context, bool isRewritten)
    {
        // Asking for a feature that is not there costs, so each is asked for only where it can be.
        var features = context.Features;
        if (context.GetEndpoint() is null) return CacheBypass.NoEndpoint;
        if (_authorizes && !context.Items.ContainsKey(AuthorizationHasRun)) return CacheBypass.BeforeAuthorization;
        if (_authenticates && features.Get<IAuthenticationFeature>() is null) return CacheBypass.BeforeAuthentication;

        if (!_isWatched && HasCredential(context)) return CacheBypass.UnwatchedAuthentication;

        // An error page in the place of what was asked is run under a path of its own.
        if (isRewritten && (features.Get<IExceptionHandlerFeature>() is not null || features.Get<IStatusCodeReExecuteFeature>() is not null)) return CacheBypass.ErrorPage;
        if (context.Request.Headers.Upgrade.Count > 0 && features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }) return CacheBypass.Upgrade;

        // What a field of a form made a QUERY is a form.
        return context.Request.ContentType?.Contains("form", StringComparison.OrdinalIgnoreCase) is true && Pipeline.RequestAsSent.WasPosted(context) ? CacheBypass.MethodOverride : null;
    }

    private bool HasCredential(HttpContext context)
    {
        var headers = context.Request.Headers;
        return headers.Cookie.Count > 0 || options.Value.CredentialHeaders.Any(name => headers[name].Count > 0) || context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is not null;
    }

    // A service that was registered later stands in the place of ours, and authenticates unseen.
    private static bool FindWatch(IServiceProvider services)
    {
        using var scope = services.CreateScope();
        return scope.ServiceProvider.GetService<IAuthenticationService>() is null or WatchedAuthenticationService;
    }
}
