using System.Runtime.CompilerServices;
using HttpQuery.CacheKeys;
using HttpQuery.Caching;
using HttpQuery.SharedCache;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Endpoints;

/// <summary>Says which differences in query content the endpoint of a request cannot see, so that the cache key may leave them out (§2.7; docs/cache-key.md).</summary>
/// <remarks>
/// <para>Found: JSON spelling where the framework binds JSON content to a type that keeps values alone; a coding where request decompression removes it. Declared:
/// <see cref="QueryCachePolicyBuilder.Normalize"/> and <see cref="QueryCacheOptionsBase.Normalizations"/>. A case in doubt counts as not found.</para>
/// <para>Each endpoint is examined once. Later calls allocate nothing.</para>
/// </remarks>
internal static class EndpointNormalizations
{
    private static readonly ConditionalWeakTable<Endpoint, Claims> Known = [];

    /// <summary>Whether an application may declare <paramref name="normalizations"/>: they have no unknown flag.</summary>
    public static bool AreValid(QueryNormalizations normalizations) => QueryCacheOptionsBase.AreKnown(normalizations);

    /// <summary>Returns what the key of this request may leave out.</summary>
    /// <remarks>If the content can be read again after binding, the handler can see its spelling, and only declarations count.</remarks>
    public static QueryNormalizations Of(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint) return DeclaredForAll(context.RequestServices);
        if (!Known.TryGetValue(endpoint, out var claims)) claims = Add(endpoint, context.RequestServices);
        return CanBeReadAgain(context) ? claims.Declared : claims.Declared | claims.Found;
    }

    /// <summary>Whether the content is in a stream that can be set back to its start. <c>EnableBuffering</c> does that.</summary>
    /// <remarks>Call it again when the response starts: a middleware behind the cache may have done it. Such a response must not be stored under a key that leaves something out, unless
    /// the application has declared it.</remarks>
    public static bool CanBeReadAgain(HttpContext context) => context.Request.Body.CanSeek;

    private static Claims Add(Endpoint endpoint, IServiceProvider services)
    {
        var declared = (QueryCachePolicy.Of(endpoint, services)?.Normalizations ?? QueryNormalizations.None) | DeclaredForAll(services);
        return Known.GetValue(endpoint, _ => new(Find(endpoint, services), declared));
    }

    private static QueryNormalizations DeclaredForAll(IServiceProvider services) =>
        services.GetService<IOptions<HttpQueryCacheOptions>>()?.Value.Normalizations ?? QueryNormalizations.None;

    private static QueryNormalizations Find(Endpoint endpoint, IServiceProvider services)
    {
        try
        {
            var mapped = endpoint.Metadata.GetMetadata<MappedEndpoint>()?.Endpoint;
            var codings = mapped is null ? QueryNormalizations.None : RemovedCodings.Of(services);
            return HidesSpelling(mapped ?? endpoint, services, isChecked: mapped is not null) ? codings | QueryNormalizations.JsonSpelling : codings;
        }
        catch (Exception)
        {
            // Settings of the application that cannot be read, such as a type without serialization metadata: its own requests will say so.
            return QueryNormalizations.None;
        }
    }

    private static bool HidesSpelling(Endpoint endpoint, IServiceProvider services, bool isChecked)
    {
        if (endpoint.RequestDelegate is not { } handler || !FrameworkCode.BuiltHandler(handler)) return false;
        if (endpoint.Metadata.GetMetadata<JsonQueryMetadata>() is { } query) return JsonContract.HidesSpelling(query.QueryType);
        return endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is { } action
            ? ActionBinding.HidesSpelling(action, services)
            : HandlerBinding.HidesSpelling(endpoint, services, isChecked);
    }

    private sealed record Claims(QueryNormalizations Found, QueryNormalizations Declared);
}
