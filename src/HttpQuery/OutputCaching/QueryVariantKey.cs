using HttpQuery.Endpoints;
using HttpQuery.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.OutputCaching;

namespace HttpQuery.OutputCaching;

/// <summary>Separates the responses to one query by user, and by everything else that selected them (RFC 9111 §4.1).</summary>
internal static class QueryVariantKey
{
    // The headers of the key, and those of every variant: cookies tell users apart, and CORS with listed origins sends Vary: Origin.
    private static readonly string[] Always =
        ["Content-Type", "Content-Encoding", "Content-Language", "Content-Location", "Cookie", "Origin"];

    /// <summary>Returns the key of a query and its variant.</summary>
    public static QueryCacheKey Create(QueryCacheKey query, OutputCacheContext context)
    {
        var headers = context.HttpContext.Request.Headers;
        var culture = context.HttpContext.Features.Get<IRequestCultureFeature>()?.RequestCulture;

        // Output caching joins the lines of a header in the order of their text, and treats an empty header as absent.
        var inexact = headers.Where(header => header.Value.Count > 1 || string.IsNullOrEmpty(header.Value)).Select(header => header.Key);
        IEnumerable<string> names = [
            "Cookie", "Origin", .. VariesByAccept(context.HttpContext) ? ["Accept"] : Array.Empty<string>(),
            .. inexact, .. context.CacheVaryByRules.HeaderNames.OfType<string>()];
        return query.Vary([
            .. names.Distinct(StringComparer.OrdinalIgnoreCase).Where(name => name is not "*")
                .Select(name => KeyValuePair.Create<string, IEnumerable<string?>>(name, headers[name])),
            KeyValuePair.Create<string, IEnumerable<string?>>(":endpoint", [EndpointKey.Get(context.HttpContext)]),
            KeyValuePair.Create<string, IEnumerable<string?>>(":culture", [culture?.Culture.Name, culture?.UICulture.Name]),
        ]);
    }

    /// <summary>Whether requests that differ in a header have different keys.</summary>
    public static bool Includes(string name, OutputCacheContext context) =>
        Always.Contains(name, StringComparer.OrdinalIgnoreCase)
        || context.CacheVaryByRules.HeaderNames.Contains(name, StringComparer.OrdinalIgnoreCase)
        || (name.Equals("Accept", StringComparison.OrdinalIgnoreCase) && VariesByAccept(context.HttpContext));

    private static bool VariesByAccept(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<QueryResourceHeaders>() is { VariesByAccept: true };
}
