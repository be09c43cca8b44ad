using System.Globalization;
using HttpQuery.CachePolicies;
using HttpQuery.Caching.Rules;
using HttpQuery.Conditions;
using HttpQuery.Endpoints;
using HttpQuery.Http;
using HttpQuery.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Equivalents;

/// <summary>Stores the results of queries, and sends them to the users that they were made for (§2.3).</summary>
internal static class StoredResultWriter
{
    /// <summary>Stores a result and names it in <c>Content-Location</c>, unless the response says <c>no-store</c> or its user is
    /// uncertain.</summary>
    public static async Task StoreAsync(HttpContext context, ReadOnlyMemory<byte> content)
    {
        var headers = context.Response.Headers;
        var directives = ResponseDirectives.Parse(headers.CacheControl);
        if (headers.ContainsKey("Content-Location") || directives.NoStore) return;
        var isPublic = ResponseSharing.IsPublic(context.Response);

        // Caches would give other users a response that names a result which is not theirs.
        if (!isPublic && directives.SharedMaxAge is not null) return;
        var owner = isPublic ? [] : GetOwner(context);
        if (owner is null || (!isPublic && context.Features.Get<IdentityWatch>() is not { WasAccessed: false })) return;

        var query = StoredQuery.Create(context, default);
        if (query.GetPath() is null || UriCredential.IsLikely(context, GetCredentialHeaders(context))) return;
        var result = new StoredResult(
            query, GetEndpoint(context), owner, [.. headers.Where(header => IsKept(header.Key)).Order(ByName)], content);
        var resources = context.RequestServices.GetRequiredService<EquivalentResources>();
        if (await resources.KeepAsync(result, ResponseSharing.GetFreshness(context)) is not { } stored) return;
        headers.ContentLocation = stored.Uri;
        if (!isPublic) context.Features.Set(PersonalResult.Instance);

        // Middleware may still forbid to store or to share the response when it starts.
        context.Response.OnCompleted(async () =>
        {
            if (stored.WrittenKey is { } key
                && (ResponseDirectives.Parse(headers.CacheControl).NoStore || (isPublic && !ResponseSharing.IsPublic(context.Response))))
                await resources.RemoveAsync(key);
        });
    }

    /// <summary>Sends a result, or 404 if it was made for another user or host.</summary>
    public static Task WriteAsync(HttpContext context, EquivalentRequest request, Func<HttpContext, ReadOnlyMemory<byte>, Task> send)
    {
        // Never stored under the query that stands for this request in the pipeline.
        if (context.Features.Get<IOutputCacheFeature>() is { } cache) cache.Context.AllowCacheStorage = false;

        var result = request.Result!;
        if (result.Endpoint != GetEndpoint(context)
            || !(result.IsPublic || (GetOwner(context) is { } owner && owner.AsSpan().SequenceEqual(result.Owner))))
            return EquivalentProblems.WriteUnknownAsync(context);

        var headers = context.Response.Headers;
        foreach (var (name, lines) in result.Headers) headers[name] = lines;
        var now = (context.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow();
        var age = Math.Max(0, (long)(request.ResultExpires - now).TotalSeconds);
        headers.CacheControl = string.Create(
            CultureInfo.InvariantCulture, $"{(result.IsPublic ? "public" : "private")}, max-age={age}, immutable");
        if (StringValues.IsNullOrEmpty(headers.ETag))
            RequestPreconditions.SetValidators(
                context, ComputedEntityTag.Create(context.Response.ContentType ?? "", result.Content.Span, isWeak: false), null);
        return send(context, result.Content);
    }

    private static byte[]? GetOwner(HttpContext context) =>
        ResultOwner.TryGet(
            context, QueryCachePolicy.Get(context), GetCredentialHeaders(context));

    private static IList<string> GetCredentialHeaders(HttpContext context) =>
        context.RequestServices.GetRequiredService<IOptions<HttpQueryCacheOptions>>().Value.CredentialHeaders;

    // The host counts, because an application may answer for several.
    private static string GetEndpoint(HttpContext context) =>
        $"{EndpointKey.GetFull(context)}\n{context.Request.Scheme}\n{RequestTarget.GetNormalizedAuthority(context)}";

    private static bool IsKept(string name) =>
        name.ToUpperInvariant() is "CONTENT-TYPE" or "CONTENT-ENCODING" or "CONTENT-LANGUAGE" or "CONTENT-DISPOSITION"
            or "ETAG" or "LAST-MODIFIED" or "LINK"
            or "CONTENT-SECURITY-POLICY" or "X-CONTENT-TYPE-OPTIONS" or "X-FRAME-OPTIONS" or "CROSS-ORIGIN-RESOURCE-POLICY";

    private static readonly Comparer<KeyValuePair<string, StringValues>> ByName =
        Comparer<KeyValuePair<string, StringValues>>.Create((left, right) => string.CompareOrdinal(left.Key, right.Key));
}
