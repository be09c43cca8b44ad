using HttpQuery.CachePolicies;
using HttpQuery.Caching.Rules;
using HttpQuery.Http;
using HttpQuery.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Equivalents;

/// <summary>Keeps the response at an equivalent resource to its user, in caches that share it with all.</summary>
/// <remarks>Caches that know only GET often ignore that a response to a request with <c>Authorization</c> is not for others (RFC 9111
/// §3.5).</remarks>
internal sealed class ResponseSharing(IOptions<HttpQueryCacheOptions> options)
{
    // A store need not keep anything longer.
    private static readonly TimeSpan MaximumFreshness = TimeSpan.FromDays(365);

    private readonly IList<string> _credentialHeaders = options.Value.CredentialHeaders;

    /// <summary>Adds <c>private</c> if the request is that of a known user, or carries a credential or a cookie, or if the policy of its
    /// endpoint tells users apart. Otherwise adds the names of such headers to <c>Vary</c>. A response that says how it may be shared
    /// stays as it is.</summary>
    /// <param name="context">The request, when its response starts.</param>
    /// <param name="wasUserAccessed">Whether the endpoint asked for the user.</param>
    public void Restrict(HttpContext context, bool wasUserAccessed)
    {
        var headers = context.Response.Headers;

        // A 304 without directives leaves those of the stored response as they are.
        if (context.Response.StatusCode is StatusCodes.Status304NotModified && headers.CacheControl.Count == 0) return;
        var targeted = headers.Where(header => CacheDirectiveHeaders.IsTargeted(header.Key) && !SaysHow(header.Value)).ToArray();
        var isSilent = !SaysHow(headers.CacheControl);
        if (!isSilent && targeted.Length == 0) return;
        if (IsPersonal(context, wasUserAccessed))
        {
            if (isSilent) headers.CacheControl = AddPrivate(headers.CacheControl);
            foreach (var (name, lines) in targeted) headers[name] = AddPrivate(lines);

            CacheDirectiveHeaders.RemoveNonStandard(headers);
        }
        else
        {
            foreach (var name in _credentialHeaders) VaryHeader.Add(headers, name);
            VaryHeader.Add(headers, "Cookie");
        }
    }

    /// <summary>Says to all caches that a response must not be stored.</summary>
    public static void ForbidStoring(IHeaderDictionary headers)
    {
        CacheDirectiveHeaders.Remove(headers);
        headers.CacheControl = "no-store";
    }

    /// <summary>Whether a response says that all users may share it.</summary>
    public static bool IsPublic(HttpResponse response) =>
        ResponseDirectives.Parse(response.Headers.CacheControl) is { Public: true, Private: false, PrivateFields: null };

    /// <summary>How long caches may keep a response without asking again, at most.</summary>
    public static TimeSpan GetFreshness(HttpContext context)
    {
        var directives = ResponseDirectives.Parse(context.Response.Headers.CacheControl);
        var targeted = context.Response.Headers.Where(header => CacheDirectiveHeaders.IsTargeted(header.Key))
            .Select(header => ResponseDirectives.Parse(header.Value).MaxAge).Max();
        TimeSpan?[] lifetimes =
        [
            directives.MaxAge, directives.SharedMaxAge, targeted, QueryCachePolicy.Get(context).Lifetime,
            context.Features.Get<IOutputCacheFeature>()?.Context.ResponseExpirationTimeSpan,
        ];
        var lifetime = (lifetimes.Max() ?? TimeSpan.Zero) + (directives.StaleWhileRevalidate ?? TimeSpan.Zero);
        return lifetime < MaximumFreshness ? lifetime : MaximumFreshness;
    }

    private bool IsPersonal(HttpContext context, bool wasUserAccessed) =>
        wasUserAccessed
        || context.Request.Headers.Cookie.Count > 0
        || context.Response.Headers.SetCookie.Count > 0
        || QueryCachePolicy.Get(context) is { Partition: not null } or { User: not null }
        || UserDigest.IsPersonal(context, _credentialHeaders);

    private static bool SaysHow(StringValues lines)
    {
        var directives = ResponseDirectives.Parse(lines);
        return directives.Public || directives.SharedMaxAge is not null || directives.NoStore || directives.Private;
    }

    private static string AddPrivate(StringValues lines) => StringValues.IsNullOrEmpty(lines) ? "private" : $"{lines}, private";
}
