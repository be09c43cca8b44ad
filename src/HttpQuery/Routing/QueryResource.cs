using HttpQuery.Negotiation;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Routing;

/// <summary>What stands at one path of one host: its methods, the media types it accepts, and the fields that say so.</summary>
internal sealed class QueryResource
{
    private readonly string[] _methods;
    private readonly bool _anyMethod;
    private readonly bool _ownOptions;
    private readonly bool _acceptsPreflight;
    private readonly QueryContentTypes _contentTypes;

    private QueryResource(IReadOnlyList<RouteEndpoint> endpoints, IReadOnlyList<RouteEndpoint> fallbacks, bool allowFallback)
    {
        Endpoints = endpoints;
        Fallbacks = fallbacks;
        var answering = allowFallback ? [.. endpoints, .. fallbacks] : endpoints;
        var queries = endpoints.Where(QueryEndpoint.AcceptsQuery).ToArray();

        _anyMethod = answering.Any(endpoint => QueryEndpoint.Methods(endpoint).Count == 0);
        _methods = [.. answering.SelectMany(QueryEndpoint.Methods).Select(method => method.ToUpperInvariant()).Distinct()];
        _ownOptions = endpoints.Any(e => QueryEndpoint.Methods(e) is var methods && (methods.Count == 0 || methods.Any(HttpMethods.IsOptions)));
        _acceptsPreflight = endpoints.Any(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.AcceptCorsPreflight is true);
        HasOneQueryEndpoint = endpoints.Count(QueryEndpoint.CanAnswerQuery) == 1;
        _contentTypes = QueryContentTypes.Of(endpoints.Where(QueryEndpoint.CanAnswerQuery));

        Allow = string.Join(", ", _methods.Union([HttpMethods.Options]));
        CorsMetadata = queries.Select(e => e.Metadata.GetOrderedMetadata<ICorsMetadata>()).FirstOrDefault(cors => cors.Count > 0) ?? [];
    }

    /// <summary>The path's endpoints, fallback routes left out.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints { get; }

    /// <summary>Fallback routes: they stand behind the answers of this path, for requests that its route constraints refuse.</summary>
    public IReadOnlyList<RouteEndpoint> Fallbacks { get; }

    /// <summary>Whether the media type of a QUERY decides nothing but whether it is accepted.</summary>
    public bool HasOneQueryEndpoint { get; }

    /// <summary>CORS settings of the first QUERY endpoint that has some; without them a script could not read our refusals.</summary>
    public IReadOnlyList<ICorsMetadata> CorsMetadata { get; }

    /// <summary>Value of <c>Accept-Query</c> (§3).</summary>
    public StringValues AcceptQuery => _contentTypes.AcceptQuery;

    /// <summary>Value of <c>Accept</c> on a 415 (RFC 9110 §15.5.16).</summary>
    public StringValues Accept => _contentTypes.Accept;

    /// <summary>Value of <c>Allow</c>: every method that works here.</summary>
    public StringValues Allow { get; }

    /// <summary>The resource that <paramref name="endpoints"/> make, or <see langword="null"/> where none of them answers QUERY.</summary>
    public static QueryResource? Create(IReadOnlyList<RouteEndpoint> endpoints, HttpQueryOptions options)
    {
        var own = endpoints.Where(endpoint => !QueryEndpoint.IsFallback(endpoint)).ToArray();
        return own.Any(QueryEndpoint.AcceptsQuery) ? new(own, [.. endpoints.Except(own)], options.AllowFallback) : null;
    }

    public QueryAnswer Decide(HttpRequest request)
    {
        var method = request.Method;
        if (HttpMethods.IsQuery(method)) return _contentTypes.Decide(request);
        if (HttpMethods.IsOptions(method)) return _ownOptions || IsPreflight(request) ? QueryAnswer.Pass : QueryAnswer.Options;
        return _anyMethod || Supports(method) ? QueryAnswer.Pass : QueryAnswer.MethodNotAllowed;
    }

    private bool Supports(string method)
    {
        foreach (var own in _methods)
        {
            if (own.Equals(method, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }

    private bool IsPreflight(HttpRequest request) =>
        _acceptsPreflight && request.Headers.Origin.Count > 0 && request.Headers.AccessControlRequestMethod.Count > 0;
}
