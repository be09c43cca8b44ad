using System.Globalization;
using System.Runtime.CompilerServices;
using HttpQuery.CachePolicies;
using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;

namespace HttpQuery.SharedCache;

/// <summary>The parts of a request that make its key, apart from content and headers. If code behind the cache changes one, the
/// response belongs to another key.</summary>
internal readonly record struct LookupInputs(
    string Endpoint, string Method, string Scheme, string Host, string Path, string Query,
    string? Culture, string? UICulture, string? Application)
{
    // A process starts with one culture; if a request has another one, the application has set it.
    private static readonly (string Name, string UIName) Start = (CultureInfo.CurrentCulture.Name, CultureInfo.CurrentUICulture.Name);

    // Keyed by the string instance: an endpoint has one, which lives as long. Nothing writes to the bytes.
    private static readonly ConditionalWeakTable<string, byte[]> EndpointPartitions = [];

    /// <summary>Reads the inputs, and calls <c>PartitionBy</c>.</summary>
    public static LookupInputs Create(HttpContext context, QueryCachePolicy policy)
    {
        var request = context.Request;
        var chosen = (context.Features[typeof(IRequestCultureFeature)] as IRequestCultureFeature)?.RequestCulture;
        var (culture, uiCulture) = (chosen?.Culture.Name, chosen?.UICulture.Name);
        if (chosen is null && (CultureInfo.CurrentCulture.Name != Start.Name || CultureInfo.CurrentUICulture.Name != Start.UIName))
            (culture, uiCulture) = (CultureInfo.CurrentCulture.Name, CultureInfo.CurrentUICulture.Name);

        // Pipeline branches move the boundary between path base and path, so both are joined.
        return new(
            EndpointKey.Get(context), request.Method, request.Scheme, request.Headers.Host.ToString(),
            request.PathBase.HasValue ? $"{request.PathBase.Value}{request.Path.Value}" : request.Path.Value ?? "",
            request.QueryString.Value ?? "", culture, uiCulture,
            policy.Partition?.Invoke(context));
    }

    /// <summary>Returns the partition of the key (docs/cache-key.md §7).</summary>
    public byte[] ToPartition(HttpContext context, bool isRewritten)
    {
        if (Application is null && Culture is null && UICulture is null && !isRewritten)
            return Endpoint.Length == 0
                ? []
                : EndpointPartitions.GetValue(Endpoint, static endpoint => CachePartition.Create(("endpoint", endpoint)));
        var request = context.Request;
        return CachePartition.Create(
            ("endpoint", Endpoint.Length == 0 ? null : Endpoint),
            ("application", Application),
            ("culture", Culture),
            ("ui-culture", UICulture),
            ("path-base", isRewritten ? request.PathBase.Value ?? "" : null),
            ("path", isRewritten ? request.Path.Value ?? "" : null),
            ("query", isRewritten ? request.QueryString.Value ?? "" : null));
    }
}
