using HttpQuery.Negotiation;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace HttpQuery.Routing;

/// <summary>What an endpoint's metadata says about QUERY, and what a QUERY resource adds to it.</summary>
internal static class QueryEndpoint
{
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

    /// <summary>The endpoint as it stands in <paramref name="resource"/>: same route and metadata, and what QUERY needs besides.</summary>
    /// <remarks>An endpoint may stand at several paths (a catch-all does), so what is added belongs to the path's copy.
    /// Endpoints that answer neither GET, HEAD nor QUERY stay as they are.</remarks>
    public static RouteEndpoint Attach(RouteEndpoint endpoint, QueryResource resource, HttpQueryOptions options)
    {
        var methods = Methods(endpoint);
        var concerned = methods.Count == 0 || methods.Any(m => HttpMethods.IsQuery(m) || HttpMethods.IsGet(m) || HttpMethods.IsHead(m));
        if (!concerned || (IsFallback(endpoint) && !options.AllowFallback) || endpoint.RequestDelegate is not { } handler) return endpoint;

        var metadata = new List<object>(endpoint.Metadata) { resource.FieldsOf(endpoint) };
        if (CanAnswerQuery(endpoint)) handler = BoundJsonContent.Wrap(handler, endpoint, options);

        // The only endpoint for QUERY: its media types are checked before it is chosen, and need not be checked once more.
        var queryAlone = methods.Count > 0 && methods.All(HttpMethods.IsQuery);
        if (queryAlone && resource.HasOneQueryEndpoint) metadata.Add(CheckedContentType.Instance);

        // QUERY is safe (§2.1): a form sent by it changes nothing, so there is no request to forge.
        if (queryAlone && endpoint.Metadata.GetMetadata<IAntiforgeryMetadata>() is { RequiresValidation: true })
            metadata.Add(NoAntiforgery.Instance);

        return new(handler, endpoint.RoutePattern, endpoint.Order, new(metadata), endpoint.DisplayName);
    }

    // No content type: the framework's own matching, which would parse the field again, leaves such an endpoint alone.
    private sealed class CheckedContentType : IAcceptsMetadata
    {
        public static readonly CheckedContentType Instance = new();

        public IReadOnlyList<string> ContentTypes => [];

        public Type? RequestType => null;

        public bool IsOptional => true;
    }

    private sealed class NoAntiforgery : IAntiforgeryMetadata
    {
        public static readonly NoAntiforgery Instance = new();

        public bool RequiresValidation => false;
    }
}
