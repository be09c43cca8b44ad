using System.IO.Pipelines;
using HttpQuery.Conditions;
using HttpQuery.Endpoints;
using HttpQuery.Equivalents;
using HttpQuery.Negotiation;
using HttpQuery.Ranges;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace HttpQuery.Routing;

/// <summary>Reads an endpoint's metadata about QUERY, and adds the metadata and checks of a QUERY resource.</summary>
internal static class QueryEndpoint
{
    /// <summary>A program sends a QUERY, not a user at a browser: 401 tells it more than a login page. An endpoint's
    /// <c>AllowCookieRedirect()</c> overrides this.</summary>
    public static object NoCookieRedirect { get; } = new DisabledCookieRedirect();

    /// <summary>The methods that the endpoint names; an empty list means every method.</summary>
    public static IReadOnlyList<string> Methods(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];

    /// <summary>Whether the endpoint names QUERY, ignoring case.</summary>
    public static bool AcceptsQuery(Endpoint endpoint) => Methods(endpoint).Any(HttpMethods.IsQuery);

    /// <summary>Whether a QUERY can reach the endpoint: it names QUERY, or no method at all.</summary>
    public static bool CanAnswerQuery(Endpoint endpoint) => Methods(endpoint) is { Count: 0 } || AcceptsQuery(endpoint);

    /// <summary>Whether this is a fallback route: the framework gives the last possible order to those routes only.</summary>
    public static bool IsFallback(RouteEndpoint endpoint) => endpoint.Order == int.MaxValue;

    /// <summary>Whether <paramref name="endpoint"/> can be chosen wherever <paramref name="place"/> can: it has the same
    /// route, or one that no constraint narrows.</summary>
    public static bool CoversRoute(RouteEndpoint endpoint, RouteEndpoint place) =>
        ReferenceEquals(endpoint.RoutePattern, place.RoutePattern)
        || endpoint.RoutePattern.RawText == place.RoutePattern.RawText
        || (endpoint.RoutePattern.ParameterPolicies.Count == 0 && endpoint.RoutePattern.PathSegments.All(segment => segment.IsSimple));

    /// <summary>Returns the endpoint for QUERY requests of <paramref name="resource"/>: same route, with the additions that QUERY
    /// needs.</summary>
    /// <remarks>An endpoint may stand at several paths (a catch-all does), so the additions belong to the path's copy.</remarks>
    public static RouteEndpoint CreateForQuery(RouteEndpoint endpoint, QueryResource resource, HttpQueryOptions options, bool isEncoded)
    {
        if (endpoint.RequestDelegate is not { } handler || !HasQueryRules(endpoint, options)) return endpoint;
        var produced = ProducedMediaTypes.Find(endpoint);
        var metadata = new List<object>(endpoint.Metadata)
        {
            new MappedEndpointMetadata(endpoint),
            resource.GetHeaders(endpoint) with { VariesByAccept = produced is not null }
        };

        // The only endpoint for QUERY: method and media type are checked before it is chosen, and need no second check.
        if (resource.HasOneQueryEndpoint) metadata.Add(Checked.Instance);

        // QUERY is safe (§2.1): a form sent by it changes nothing, so there is no request to forge.
        if (endpoint.Metadata.GetMetadata<IAntiforgeryMetadata>() is { RequiresValidation: true }) metadata.Add(NoAntiforgery.Instance);

        metadata.Add(NoCookieRedirect);
        if (EquivalentStartupCheck.IsNeeded(endpoint)) metadata.Add(EquivalentEndpointFeature.TakesPartMetadata);
        handler = Compose(handler, endpoint, produced, options);
        if (isEncoded) handler = ContentCodingHandler.Wrap(handler);
        return new(handler, endpoint.RoutePattern, endpoint.Order, new(metadata), endpoint.DisplayName);
    }

    /// <summary>Returns the endpoint for all other requests of <paramref name="resource"/>: with the headers
    /// to announce if it answers GET or HEAD.</summary>
    public static RouteEndpoint CreateForOtherMethods(RouteEndpoint endpoint, QueryResource resource, HttpQueryOptions options)
    {
        var methods = Methods(endpoint);
        var announces = methods.Count == 0 || methods.Any(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method));
        return announces && HasQueryRules(endpoint, options)
            ? new(endpoint.RequestDelegate!, endpoint.RoutePattern, endpoint.Order,
                new([.. endpoint.Metadata, resource.GetHeaders(endpoint)]), endpoint.DisplayName)
            : endpoint;
    }

    // Wrapped from the inside out; a request passes through in reverse order.
    private static RequestDelegate Compose(
        RequestDelegate handler, RouteEndpoint endpoint, ProducedMediaTypes? produced, HttpQueryOptions options)
    {
        handler = endpoint.Metadata.GetMetadata<BoundActionMetadata>() is { } action
            ? action.Wrap(handler)
            : JsonBindingHandler.Wrap(JsonBindingProblemService.Wrap(handler, endpoint), endpoint, options);

        if (endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>().Any(parameter =>
                parameter.ParameterInfo.ParameterType == typeof(Stream)
                || parameter.ParameterInfo.ParameterType == typeof(PipeReader)))
            handler = ReplayedStream.Wrap(handler);
        var behaviors = endpoint.Metadata.GetOrderedMetadata<QueryBehaviorAttribute>();
        var (entityTag, ranges) = (behaviors.Any(behavior => behavior.ETag), behaviors.Any(behavior => behavior.Ranges));
        var equivalents = behaviors.Any(behavior => behavior.EquivalentResource);
        var results = behaviors.Any(behavior => behavior.StoredResult);
        if (entityTag || ranges || results)
            handler = new ResponseBufferingHandler(
                handler, entityTag, ranges, options.MaximumBufferedResponseLength, results ? StoredResultWriter.StoreAsync : null)
                .InvokeAsync;
        if (behaviors.Any(behavior => behavior.QueryKey))
            handler = new QueryKeyHandler(handler, options.MaximumBufferedContentLength).InvokeAsync;
        if (equivalents || results)
            handler = new EquivalentResourceHandler(
                handler, equivalents, results, options.MaximumBufferedContentLength,
                (context, content) => RangeResponseWriter.SendConditionallyAsync(context, new MemoryRangeSource(content))).InvokeAsync;
        return produced is null ? handler : produced.Wrap(handler);
    }

    // A fallback route answers only if no other endpoint stands at the path, unless an option gives it this path too.
    private static bool HasQueryRules(RouteEndpoint endpoint, HttpQueryOptions options) =>
        endpoint.RequestDelegate is not null && (options.AllowFallback || !IsFallback(endpoint));

    // No method and no content type: the framework's own matching, which would check both again, skips such an endpoint.
    private sealed class Checked : IAcceptsMetadata, IHttpMethodMetadata
    {
        public static readonly Checked Instance = new();

        public IReadOnlyList<string> ContentTypes => [];

        public Type? RequestType => null;

        public bool IsOptional => true;

        public IReadOnlyList<string> HttpMethods => [];

        public bool AcceptCorsPreflight => false;
    }

    private sealed class NoAntiforgery : IAntiforgeryMetadata
    {
        public static readonly NoAntiforgery Instance = new();

        public bool RequiresValidation => false;
    }

    private sealed class DisabledCookieRedirect : IDisableCookieRedirectMetadata;
}
