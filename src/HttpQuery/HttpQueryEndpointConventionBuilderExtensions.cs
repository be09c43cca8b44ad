using HttpQuery;
using HttpQuery.CachePolicies;
using HttpQuery.Diagnostics;
using HttpQuery.Negotiation;
using HttpQuery.SharedCache;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Refines QUERY endpoints, singly or as a group.</summary>
public static class HttpQueryEndpointConventionBuilderExtensions
{
    /// <summary>Declares the media types of query content that the endpoint accepts. Other types get 415, and
    /// <c>Accept-Query</c> lists these (RFC 10008 §2.1, §3).</summary>
    /// <remarks>Endpoints that bind a parameter from JSON or a form have declared their types already; this call replaces them. On a
    /// group it affects only QUERY endpoints.</remarks>
    /// <param name="builder">An endpoint or a group.</param>
    /// <param name="mediaTypes">Media types or ranges, for example <c>application/sql</c> or <c>text/*</c>; at least one.</param>
    /// <exception cref="ArgumentException">No media type is given, or one is malformed.</exception>
    public static TBuilder WithAcceptQuery<TBuilder>(this TBuilder builder, params string[] mediaTypes)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(mediaTypes);
        if (mediaTypes.Length == 0) throw new ArgumentException("Name at least one media type.", nameof(mediaTypes));
        _ = AcceptQuery.Create(mediaTypes);

        // Runs after all other conventions, because the endpoint's own metadata is complete only then.
        builder.Finally(endpoint =>
        {
            if (!IsQuery(endpoint)) return;
            RequireServices(endpoint);

            // A group's conventions run after those of its endpoints, and the endpoint's own declaration is the narrower one.
            if (endpoint.Metadata.OfType<ExplicitAcceptQuery>().Any()) return;
            var bound = endpoint.Metadata.OfType<IAcceptsMetadata>().LastOrDefault();
            endpoint.Metadata.Add(new AcceptsMetadata(mediaTypes, bound?.RequestType, bound?.IsOptional ?? false));
            endpoint.Metadata.Add(ExplicitAcceptQuery.Instance);
        });
        return builder;
    }

    /// <summary>Declares the media types that QUERY endpoints can respond with, preferred first. A request that accepts none of them gets
    /// 406, and responses carry <c>Vary: Accept</c> (RFC 10008 §2.1, RFC 9110 §12.5.1).</summary>
    /// <remarks>The handler calls <see cref="QueryHttpContextExtensions.GetNegotiatedMediaType"/> to learn which one to
    /// write. On an endpoint this replaces the group's declaration. Errors are problem details, whatever the request accepts.
    /// MVC's <c>[Produces]</c> does the same.</remarks>
    /// <param name="builder">An endpoint or a group.</param>
    /// <param name="mediaTypes">For example <c>application/json</c>, <c>text/csv;
    /// header=present</c>; at least one, none with wildcards.</param>
    /// <exception cref="ArgumentException">No media type is given, or one is malformed or a range.</exception>
    public static TBuilder WithProduces<TBuilder>(this TBuilder builder, params string[] mediaTypes)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(mediaTypes);
        if (mediaTypes.Length == 0) throw new ArgumentException("Name at least one media type.", nameof(mediaTypes));
        return AddMetadata(builder, new ProducesMetadata([.. mediaTypes.Select(ParseType)], Replaces: true));
    }

    /// <summary>Adds a media type that the endpoint can respond with, and the code that writes it. The handler still returns its value; if
    /// a request prefers <paramref name="mediaType"/>, <paramref name="write"/> sends it (RFC 10008 §2.1).</summary>
    /// <remarks>The handler's own media type, JSON or the one that <see cref="WithProduces"/> declares, stays the preferred one. Works for
    /// handlers that support endpoint filters. It does not work for a <see cref="RequestDelegate"/>, nor in MVC, whose output formatters do
    /// this. Results with a status outside 200 to 299 stay unchanged.</remarks>
    /// <param name="builder">An endpoint or a group.</param>
    /// <param name="mediaType">For example <c>text/csv</c>.</param>
    /// <param name="write">Writes the value to <c>HttpContext.Response</c>; status and Content-Type are already set.</param>
    /// <typeparam name="TValue">The type that the handler returns, bare or within a result such as <c>Ok&lt;TValue></c>.</typeparam>
    /// <exception cref="ArgumentException"><paramref name="mediaType"/> is malformed or a range.</exception>
    /// <exception cref="InvalidOperationException">When routes are built: a QUERY handler returns a type that can
    /// never be a <typeparamref name="TValue"/>.</exception>
    /// <example><code>
    /// app.MapQuery("/rfcs", (RfcQuery query) => RfcIndex.Search(query)).WithResponseWriter&lt;Rfc[]>("text/csv", WriteCsvAsync);
    /// </code></example>
    public static RouteHandlerBuilder WithResponseWriter<TValue>(
        this RouteHandlerBuilder builder, string mediaType, Func<TValue, HttpContext, Task> write) =>
        AddResponseWriter(builder, mediaType, write);

    /// <inheritdoc cref="WithResponseWriter{TValue}(RouteHandlerBuilder, string, Func{TValue, HttpContext, Task})"/>
    public static RouteGroupBuilder WithResponseWriter<TValue>(
        this RouteGroupBuilder builder, string mediaType, Func<TValue, HttpContext, Task> write) =>
        AddResponseWriter(builder, mediaType, write);

    /// <summary>Adds a weak entity tag, computed from the content, to responses, and sends 304 if <c>If-None-Match</c>
    /// matches (RFC 10008 §2.6, RFC 9110 §8.8.3).</summary>
    /// <remarks>The handler still runs for each request; <see cref="QueryHttpContextExtensions.CheckConditionsAsync"/> avoids that. A
    /// response of status 200 is buffered until it is complete, up to <see cref="HttpQueryOptions.MaximumBufferedResponseLength"/>; longer
    /// and streamed responses get no tag. A tag that the handler sets stays.</remarks>
    /// <param name="builder">An endpoint or a group.</param>
    public static TBuilder WithETag<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => AddMetadata(builder, new QueryBehaviorAttribute { ETag = true });

    /// <summary>Lets clients request parts of responses with <c>Range</c> (RFC 10008 §2.8, RFC 9110 §14): 206, 416.</summary>
    /// <remarks>The handler still runs for each request. A response of status 200 is buffered until it is complete, up to
    /// <see cref="HttpQueryOptions.MaximumBufferedResponseLength"/>; longer responses are sent whole. For large results that already exist,
    /// return <see cref="QueryResults.Stream"/>, which avoids both.</remarks>
    /// <param name="builder">An endpoint or a group.</param>
    public static TBuilder WithRanges<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => AddMetadata(builder, new QueryBehaviorAttribute { Ranges = true });

    /// <summary>Reads the content before the handler runs and computes the key of the query, for
    /// <see cref="QueryHttpContextExtensions.CreateEntityTag"/> and
    /// <see cref="QueryHttpContextExtensions.GetQueryKey"/> (RFC 10008 §2.6, §2.7).</summary>
    /// <remarks>The handler reads the content as usual. Content longer than
    /// <see cref="HttpQueryOptions.MaximumBufferedContentLength"/> has no key.</remarks>
    /// <param name="builder">An endpoint or a group.</param>
    public static TBuilder WithQueryKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => AddMetadata(builder, new QueryBehaviorAttribute { QueryKey = true });

    /// <summary>Names a URI for each query in <c>Location</c>: a GET of it repeats the query, so proxies and CDNs that know only GET can
    /// store the response (RFC 10008 §2.4).</summary>
    /// <remarks>
    /// <para>The same query always has the same URI. GET and HEAD run this endpoint, with the authorization, conditions and ranges of the
    /// request, and share the entry of the query in <c>UseHttpQueryCache</c>. The URI shows nothing of the query, and gives no
    /// permission. A URI that is not known, or no longer, gets 404: the client sends the QUERY again.</para>
    /// <para>Set <see cref="HttpQueryOptions.LocationKeys"/>, so that URIs outlive the process and hold on all machines. Long queries are
    /// kept in the application's <c>IDistributedCache</c>, or in memory. Name each header with a credential in <c>CredentialHeaders</c> of
    /// <see cref="HttpQueryCacheOptions"/>: the response to a GET is <c>private</c> for a known user, a credential or a cookie, unless it
    /// says <c>public</c>, <c>s-maxage</c>, <c>no-store</c> or <c>private</c>.</para>
    /// <para>The handler finds the URI in <c>Response.Headers.Location</c> and may replace it. Content longer than
    /// <see cref="HttpQueryOptions.MaximumBufferedContentLength"/> has no URI. More in docs/equivalent-resources.md.</para>
    /// </remarks>
    /// <param name="builder">An endpoint or a group.</param>
    /// <example><code>
    /// app.MapQuery("/rfcs", (RfcQuery query) => RfcIndex.Search(query)).WithEquivalentResource();
    /// </code></example>
    public static TBuilder WithEquivalentResource<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => AddMetadata(builder, new QueryBehaviorAttribute { EquivalentResource = true });

    /// <summary>Stores each result, and names its URI in <c>Content-Location</c>: a GET of it returns this result, even if the data has
    /// changed (RFC 10008 §2.3).</summary>
    /// <remarks>
    /// <para>Only responses of status 200 up to <see cref="HttpQueryOptions.MaximumBufferedResponseLength"/> are stored, not those with
    /// <c>Cache-Control: no-store</c>. They are buffered until they are complete. A GET of the URI passes the authorization policies of
    /// this endpoint, and no endpoint filter. Another user than the one who sent the query gets 404, unless the response said
    /// <c>public</c>.</para>
    /// <para>A result stays for <see cref="HttpQueryOptions.StoredResultLifetime"/> at least, and then gets 410. It is kept in the
    /// application's <c>IDistributedCache</c>, or in memory.</para>
    /// </remarks>
    /// <param name="builder">An endpoint or a group.</param>
    public static TBuilder WithStoredResult<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => AddMetadata(builder, new QueryBehaviorAttribute { StoredResult = true });

    /// <summary>Sets how <c>UseHttpQueryCache</c> caches the responses of these endpoints (RFC 10008 §2.7): the lifetime if a response
    /// declares none, the tags, and the users that share a response.</summary>
    /// <remarks>Applies to all cached methods: QUERY, and GET with HEAD. On an endpoint this replaces the group's policy. Directives of the
    /// response itself, such as <c>no-store</c>, still apply.</remarks>
    /// <param name="builder">An endpoint or a group.</param>
    /// <param name="configure">For example <c>p => p.Expire(TimeSpan.FromMinutes(1)).Tag("rfcs")</c>.</param>
    /// <exception cref="InvalidOperationException">When routes are built: <c>AddHttpQueryCache</c> was not called, and the
    /// policy sets more than <c>Normalize</c>.</exception>
    public static TBuilder CacheQuery<TBuilder>(this TBuilder builder, Action<QueryCachePolicyBuilder> configure)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(configure);
        var policy = new QueryCachePolicyBuilder();
        configure(policy);
        var metadata = policy.Build();
        return AddPolicy(builder, metadata.NeedsCache, _ => metadata);
    }

    /// <summary>Selects by name the policy by which <c>UseHttpQueryCache</c> caches the responses of these endpoints.
    /// <see cref="HttpQueryCacheOptions.AddPolicy"/> adds the policy.</summary>
    /// <remarks>On an endpoint this replaces the group's policy.</remarks>
    /// <param name="builder">An endpoint or a group.</param>
    /// <param name="policyName">Name of the policy, compared without case.</param>
    /// <exception cref="InvalidOperationException">When routes are built, at the latest at start: <c>AddHttpQueryCache</c> was
    /// not called, or no policy has this name.</exception>
    /// <example><code>
    /// builder.Services.AddHttpQueryCache(options =>
    ///     options.AddPolicy("lists", policy => policy.Expire(TimeSpan.FromMinutes(1)).Tag("lists")));
    /// app.MapGroup("/lists").CacheQuery("lists");
    /// </code></example>
    public static TBuilder CacheQuery<TBuilder>(this TBuilder builder, string policyName)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentException.ThrowIfNullOrEmpty(policyName);
        return AddPolicy(builder, needsCache: true, services =>
            services.GetRequiredService<IOptions<HttpQueryCacheOptions>>().Value.FindPolicy(policyName));
    }

    private static TBuilder AddPolicy<TBuilder>(TBuilder builder, bool needsCache, Func<IServiceProvider, QueryCachePolicy> find)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Add(endpoint =>
        {
            if (needsCache && endpoint.ApplicationServices.GetService<PipelineOrderCheck>() is null)
                throw new InvalidOperationException(
                    "CacheQuery needs the cache. Call builder.Services.AddHttpQueryCache() before the application is built, "
                    + "and app.UseHttpQueryCache() after UseAuthorization().");
            endpoint.Metadata.Add(find(endpoint.ApplicationServices));
        });
        return builder;
    }

    private static TBuilder AddResponseWriter<TBuilder, TValue>(TBuilder builder, string mediaType, Func<TValue, HttpContext, Task> write)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(mediaType);
        ArgumentNullException.ThrowIfNull(write);
        var type = ParseType(mediaType);
        var writer = new ResponseWriterFilter<TValue>(type.ToString(), write);
        builder.Finally(endpoint => ResponseWriterCheck.Check(endpoint, type));
        return AddMetadata(builder, new ProducesMetadata([type], Replaces: false) { ValueType = typeof(TValue) })
            .AddEndpointFilterFactory((_, next) => context => writer.InvokeAsync(context, next));
    }

    private static TBuilder AddMetadata<TBuilder>(TBuilder builder, object metadata)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Add(endpoint => endpoint.Metadata.Add(metadata));
        builder.Finally(RequireServices);
        return builder;
    }

    private static bool IsQuery(EndpointBuilder endpoint) =>
        endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods.Any(HttpMethods.IsQuery) is true;

    // Without these services, no code reads the metadata that is added here.
    private static void RequireServices(EndpointBuilder endpoint)
    {
        if (IsQuery(endpoint) && endpoint.ApplicationServices.GetService<QueryTelemetry>() is null)
            throw new InvalidOperationException(
                $"'{endpoint.DisplayName}' has metadata that needs the HttpQuery services. "
                + "Call builder.Services.AddHttpQuery() before the application is built.");
    }

    private static MediaType ParseType(string text) =>
        MediaType.TryParse(text, out var type) && type is { Type: not "*", Subtype: not "*" }
            ? type
            : throw new ArgumentException($"'{text}' is not a media type (RFC 9110 §8.3.1).");

    private sealed class ExplicitAcceptQuery
    {
        public static readonly ExplicitAcceptQuery Instance = new();
    }
}
