using HttpQuery.Caching;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;
using HttpQuery.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.OutputCaching;

/// <summary>Finds the responses that output caching would store wrongly.</summary>
internal static class ResponseCacheability
{
    private static readonly CacheRuleOptions Rules = new() { Mode = CacheMode.Shared, AllowHeuristicFreshness = false };

    /// <summary>Returns the reason why a response that has started is not stored, or <see langword="null"/>.</summary>
    /// <param name="context">The response.</param>
    /// <param name="lifetime">How long output caching would keep it.</param>
    /// <param name="credentialHeaders">Names of the headers that carry a credential.</param>
    public static string? FindObstacle(OutputCacheContext context, TimeSpan lifetime, IList<string> credentialHeaders)
    {
        var response = context.HttpContext.Response;
        var headers = response.Headers;
        if (response.StatusCode is not StatusCodes.Status200OK) return "its status is not 200";
        if (context.HttpContext.RequestAborted.IsCancellationRequested) return "it is incomplete";
        if (context.HttpContext.Features.Get<IdentityWatch>() is not { WasAccessed: false }
            || UserDigest.IsPersonal(context.HttpContext, credentialHeaders))
            return "it is for one user, or code after the cache asked for the user";
        if (headers.SetCookie.Count > 0) return "it sets a cookie";
        if (!VaryRules.TryParse(headers.Vary, out var names) || !names.All(name => QueryVariantKey.Includes(name, context)))
            return "it varies by a header that the policy does not name";

        var directives = ResponseDirectives.Parse(headers.CacheControl);
        if (directives.NoStore || directives.Private || directives.PrivateFields is not null) return "it says no-store or private";
        if (directives.NoCache || directives.NoCacheFields is not null) return "it says no-cache, and output caching does not validate";

        // Output caching fixes the lifetime at the first byte, too early for a policy to shorten it.
        var now = TimeProvider.System.GetUtcNow();
        var declared = FreshnessRules.Lifetime(Rules, response.StatusCode, new HeaderLines(headers), directives, now);
        if (declared.IsExplicit && declared.Value < lifetime) return "it is fresh for a shorter time than it would be stored";
        return headers.Age.Count > 0 ? "it has an Age header, which output caching would restart" : null;
    }

    private sealed class HeaderLines(IHeaderDictionary headers) : IReadOnlyHeaders
    {
        public StringValues this[string name] => headers[name];
    }
}
