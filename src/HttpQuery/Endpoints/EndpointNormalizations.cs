using System.Runtime.CompilerServices;
using HttpQuery.CacheKeys;
using HttpQuery.SharedCache;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Endpoints;

/// <summary>Says which differences in query content the endpoint of a request cannot see, so that the cache key may leave them out (§2.7; docs/cache-key.md).</summary>
/// <remarks>
/// <para>Found: JSON spelling where the framework binds JSON content to a type that keeps values alone; a coding where request decompression removes it. Declared:
/// <see cref="QueryCachePolicyBuilder.Normalize"/> and <see cref="HttpQueryCacheOptions.Normalizations"/>. Whatever is in doubt is not found.</para>
/// <para>Looked up once for each endpoint; then nothing is allocated.</para>
/// </remarks>
internal static class EndpointNormalizations
{
    private const QueryNormalizations All =
        QueryNormalizations.JsonSpelling | QueryNormalizations.JsonMemberOrder | QueryNormalizations.Gzip | QueryNormalizations.Deflate | QueryNormalizations.Brotli;

    private static readonly ConditionalWeakTable<Endpoint, Claims> Known = [];

    /// <summary>Whether an application may declare <paramref name="normalizations"/>: they have no unknown flag.</summary>
    public static bool AreValid(QueryNormalizations normalizations) => (normalizations & ~All) == 0;

    /// <summary>What the key of this request may leave out. To be asked before the content is read.</summary>
    /// <remarks>Content that can be read again after it was bound shows its spelling to everything behind, so then only what is declared counts.</remarks>
    public static QueryNormalizations Of(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint) return DeclaredForAll(context.RequestServices);
        if (!Known.TryGetValue(endpoint, out var claims)) claims = Add(endpoint, context.RequestServices);
        return CanBeReadAgain(context) ? claims.Declared : claims.Declared | claims.Found;
    }

    /// <summary>Whether somebody has put a stream in the place of the content that can be set back to its start, as <c>EnableBuffering</c> does.</summary>
    /// <remarks>To be asked again when the response starts: a middleware behind the cache may do it, too. A response made then must not be stored under a key that leaves something out.</remarks>
    public static bool CanBeReadAgain(HttpContext context) => context.Request.Body.CanSeek;

    private static Claims Add(Endpoint endpoint, IServiceProvider services)
    {
        var declared = (endpoint.Metadata.GetMetadata<QueryCachePolicy>()?.Normalizations ?? QueryNormalizations.None) | DeclaredForAll(services);
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
