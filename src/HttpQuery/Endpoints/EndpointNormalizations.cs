using System.Runtime.CompilerServices;
using HttpQuery.CacheKeys;
using HttpQuery.CachePolicies;
using HttpQuery.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Endpoints;

/// <summary>Returns the differences in query content that the endpoint of a request cannot see, so that the cache key may
/// ignore them (§2.7; docs/cache-key.md).</summary>
/// <remarks>
/// <para>Found: JSON spelling, if the framework binds JSON content to a type that keeps only values; a content coding, if request
/// decompression removes it. Declared: <see cref="QueryCachePolicyBuilder.Normalize"/> and
/// <see cref="QueryCacheOptionsBase.Normalizations"/>. A doubtful case counts as not found.</para>
/// <para>Each endpoint is examined once. Later calls allocate nothing.</para>
/// </remarks>
internal static class EndpointNormalizations
{
    private static readonly ConditionalWeakTable<Endpoint, Claims> Known = [];

    /// <summary>Returns the differences that the key of this request may ignore.</summary>
    /// <remarks>
    /// <para>If the content is in a stream that can seek back to its start, for example after <c>EnableBuffering</c>, the handler can see
    /// its spelling, and only declarations count.</para>
    /// <para>Call it again when the response starts: a middleware behind the cache may have enabled buffering. Such a response must not
    /// be stored under a key that ignores differences, unless the application has declared them.</para>
    /// </remarks>
    public static QueryNormalizations Get(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint) return DeclaredForAll(context.RequestServices);
        if (!Known.TryGetValue(endpoint, out var claims)) claims = Add(endpoint, context.RequestServices);
        return context.Request.Body.CanSeek ? claims.Declared : claims.Declared | claims.Found;
    }

    private static Claims Add(Endpoint endpoint, IServiceProvider services)
    {
        var declared = (QueryCachePolicy.Find(endpoint, services)?.Normalizations ?? QueryNormalizations.None) | DeclaredForAll(services);
        return Known.GetValue(endpoint, _ => new(Find(endpoint, services), declared));
    }

    private static QueryNormalizations DeclaredForAll(IServiceProvider services) =>
        services.GetService<IOptions<HttpQueryCacheOptions>>()?.Value.Normalizations ?? QueryNormalizations.None;

    private static QueryNormalizations Find(Endpoint endpoint, IServiceProvider services)
    {
        try
        {
            var mapped = endpoint.Metadata.GetMetadata<MappedEndpointMetadata>()?.Endpoint;
            var codings = mapped is null ? QueryNormalizations.None : RemovedCodings.Get(services);
            return HidesSpelling(mapped ?? endpoint, services, isChecked: mapped is not null)
                ? codings | QueryNormalizations.JsonSpelling
                : codings;
        }
        catch (Exception)
        {
            // The application's settings cannot be read, for example a type without serialization metadata. Its own requests will report
            // that.
            return QueryNormalizations.None;
        }
    }

    private static bool HidesSpelling(Endpoint endpoint, IServiceProvider services, bool isChecked)
    {
        if (endpoint.RequestDelegate is not { } handler || !FrameworkCode.BuiltHandler(handler)) return false;
        if (endpoint.Metadata.GetMetadata<JsonQueryMetadata>() is { } query) return JsonContractInspector.HidesSpelling(query.QueryType);
        return endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is { } action
            ? ActionBindingInspector.HidesSpelling(action, services)
            : HandlerBindingInspector.HidesSpelling(endpoint, services, isChecked);
    }

    private sealed record Claims(QueryNormalizations Found, QueryNormalizations Declared);
}
