using System.IO.Pipelines;
using HttpQuery.Conditions;
using HttpQuery.Endpoints;
using HttpQuery.Internal;
using HttpQuery.Mvc;
using HttpQuery.Negotiation;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace HttpQuery.Routing;

/// <summary>What an endpoint's metadata says about QUERY, and what a QUERY resource adds to it.</summary>
internal static class QueryEndpoint
{
    /// <summary>A program asks, not somebody at a browser: 401 says more to it than a login page. An endpoint's <c>AllowCookieRedirect()</c> outweighs it.</summary>
    public static object NoCookieRedirect { get; } = new DisabledCookieRedirect();

    /// <summary>The methods that the endpoint names; none means every method.</summary>
    public static IReadOnlyList<string> Methods(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];

    /// <summary>Whether the endpoint names QUERY, in whatever case.</summary>
    public static bool AcceptsQuery(Endpoint endpoint) => Methods(endpoint).Any(HttpMethods.IsQuery);

    /// <summary>Whether a QUERY can reach the endpoint: it names QUERY, or no method at all.</summary>
    public static bool CanAnswerQuery(Endpoint endpoint) => Methods(endpoint) is { Count: 0 } || AcceptsQuery(endpoint);

    /// <summary>Whether this is a fallback route: the framework gives those, and only those, the last order there is.</summary>
    public static bool IsFallback(RouteEndpoint endpoint) => endpoint.Order == int.MaxValue;

    /// <summary>Whether <paramref name="endpoint"/> is chosen from wherever <paramref name="place"/> is: it has the same route, or one that no
    /// constraint narrows.</summary>
    public static bool StandsWhere(RouteEndpoint endpoint, RouteEndpoint place) =>
        ReferenceEquals(endpoint.RoutePattern, place.RoutePattern)
        || endpoint.RoutePattern.RawText == place.RoutePattern.RawText
        || (endpoint.RoutePattern.ParameterPolicies.Count == 0 && endpoint.RoutePattern.PathSegments.All(segment => segment.IsSimple));

    /// <summary>The endpoint as QUERY requests of <paramref name="resource"/> meet it: same route, and what QUERY needs besides.</summary>
    /// <remarks>An endpoint may stand at several paths (a catch-all does), so what is added belongs to the path's copy.</remarks>
    public static RouteEndpoint ForQuery(RouteEndpoint endpoint, QueryResource resource, HttpQueryOptions options, bool coded)
    {
        if (endpoint.RequestDelegate is not { } handler || !TakesFields(endpoint, options)) return endpoint;
        var produced = ProducedMediaTypes.Of(endpoint);
        var metadata = new List<object>(endpoint.Metadata) { new MappedEndpoint(endpoint), resource.FieldsOf(endpoint) with { VariesByAccept = produced is not null } };

        // The only endpoint for QUERY: method and media type are checked before it is chosen, and need not be checked once more.
        if (resource.HasOneQueryEndpoint) metadata.Add(Checked.Instance);

        // QUERY is safe (§2.1): a form sent by it changes nothing, so there is no request to forge.
        if (endpoint.Metadata.GetMetadata<IAntiforgeryMetadata>() is { RequiresValidation: true }) metadata.Add(NoAntiforgery.Instance);

        metadata.Add(NoCookieRedirect);
        handler = Compose(handler, endpoint, produced, options);
        return new(coded ? ContentCodings.Wrap(handler) : handler, endpoint.RoutePattern, endpoint.Order, new(metadata), endpoint.DisplayName);
    }

    /// <summary>The endpoint as all other requests of <paramref name="resource"/> meet it: where it answers GET or HEAD, with the fields to announce.</summary>
    public static RouteEndpoint ForOtherMethods(RouteEndpoint endpoint, QueryResource resource, HttpQueryOptions options)
    {
        var methods = Methods(endpoint);
        var announces = methods.Count == 0 || methods.Any(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method));
        return announces && TakesFields(endpoint, options)
            ? new(endpoint.RequestDelegate!, endpoint.RoutePattern, endpoint.Order, new([.. endpoint.Metadata, resource.FieldsOf(endpoint)]), endpoint.DisplayName)
            : endpoint;
    }

    // From the inside out; a request meets them the other way round.
    private static RequestDelegate Compose(RequestDelegate handler, RouteEndpoint endpoint, ProducedMediaTypes? produced, HttpQueryOptions options)
    {
        handler = endpoint.Metadata.GetMetadata<BoundAction>() is { } action ? action.Wrap(handler) : BoundJsonContent.Wrap(JsonBindingProblemService.Wrap(handler, endpoint), endpoint, options);

        if (endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>().Any(parameter => parameter.ParameterInfo.ParameterType == typeof(Stream) || parameter.ParameterInfo.ParameterType == typeof(PipeReader)))
            handler = ReplayedStream.Wrap(handler);
        var behaviors = endpoint.Metadata.GetOrderedMetadata<QueryBehaviorAttribute>();
        var (entityTag, ranges) = (behaviors.Any(behavior => behavior.ETag), behaviors.Any(behavior => behavior.Ranges));
        if (entityTag || ranges) handler = new BufferedResponse(handler, entityTag, ranges, options.MaximumBufferedResponseLength).InvokeAsync;
        if (behaviors.Any(behavior => behavior.QueryKey)) handler = new KeyedContent(handler, options.MaximumBufferedContentLength).InvokeAsync;
        return produced is null ? handler : produced.Wrap(handler);
    }

    // A fallback route answers where nothing else stands, unless an option gives it this path too.
    private static bool TakesFields(RouteEndpoint endpoint, HttpQueryOptions options) =>
        endpoint.RequestDelegate is not null && (options.AllowFallback || !IsFallback(endpoint));

    // No method and no content type: the framework's own matching, which would look at both again, leaves such an endpoint alone.
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
