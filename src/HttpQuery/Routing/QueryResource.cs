using HttpQuery.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace HttpQuery.Routing;

/// <summary>The resource at one path of one host: its methods, the media types it accepts, and the headers that announce them.</summary>
internal sealed class QueryResource
{
    private readonly string[] _methods;
    private readonly bool _anyMethod;
    private readonly bool _ownOptions;
    private readonly bool _acceptsPreflight;
    private readonly bool _allowFallback;
    private readonly AcceptedMediaTypes _mediaTypes;
    private readonly ResponseStartHandler _start;

    private QueryResource(
        IReadOnlyList<RouteEndpoint> endpoints, IReadOnlyList<RouteEndpoint> fallbacks, bool allowFallback, ResponseStartHandler start)
    {
        _start = start;
        Endpoints = endpoints;
        Fallbacks = fallbacks;
        _allowFallback = allowFallback;
        var all = WithFallbacks(endpoints);
        var queries = endpoints.Where(QueryEndpoint.AcceptsQuery).ToArray();

        _anyMethod = all.Any(endpoint => QueryEndpoint.Methods(endpoint).Count == 0);
        _methods = GetMethods(all);
        _ownOptions = endpoints.Any(e =>
            QueryEndpoint.Methods(e) is var methods && (methods.Count == 0 || methods.Any(HttpMethods.IsOptions)));
        _acceptsPreflight = endpoints.Any(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.AcceptCorsPreflight is true);
        _mediaTypes = AcceptedMediaTypes.Create(endpoints.Where(QueryEndpoint.CanAnswerQuery));
        HasOneQueryEndpoint = endpoints.Count(QueryEndpoint.CanAnswerQuery) == 1;

        var cors = queries.Select(e => e.Metadata.GetOrderedMetadata<ICorsMetadata>()).FirstOrDefault(cors => cors.Count > 0) ?? [];
        ResponseMetadata = [.. cors, .. First<IAllowAnonymous>(queries)];
        RejectionMetadata = [.. ResponseMetadata, QueryEndpoint.NoCookieRedirect, .. First<IAllowCookieRedirectMetadata>(queries)];
    }

    /// <summary>The path's endpoints, without fallback routes.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints { get; }

    /// <summary>Fallback routes: they stand behind the synthetic endpoints of this path, for requests that its route constraints
    /// reject.</summary>
    public IReadOnlyList<RouteEndpoint> Fallbacks { get; }

    /// <summary>Whether the media type of a QUERY decides only whether the QUERY is accepted.</summary>
    public bool HasOneQueryEndpoint { get; }

    /// <summary>CORS settings of the first QUERY endpoint that has some, because a script could not read our rejections without them; and
    /// permission for anonymous access if a QUERY endpoint has it.</summary>
    public IReadOnlyList<object> ResponseMetadata { get; }

    /// <summary>The same for rejected queries, which the application's fallback policy must not redirect to a login page.</summary>
    public IReadOnlyList<object> RejectionMetadata { get; }

    /// <summary>Creates the resource of <paramref name="endpoints"/>, or returns
    /// <see langword="null"/> if none of them answers QUERY.</summary>
    public static QueryResource? Create(IReadOnlyList<RouteEndpoint> endpoints, HttpQueryOptions options, ResponseStartHandler start)
    {
        var own = endpoints.Where(endpoint => !QueryEndpoint.IsFallback(endpoint)).ToArray();
        return own.Any(QueryEndpoint.AcceptsQuery) ? new(own, [.. endpoints.Except(own)], options.AllowFallback, start) : null;
    }

    /// <summary>Returns the header values for the route of <paramref name="endpoint"/>: other routes of the path count if they have no
    /// constraint, because they then stand here too.</summary>
    public QueryResourceHeaders GetHeaders(RouteEndpoint endpoint)
    {
        var here = Endpoints.Where(other => QueryEndpoint.CoversRoute(other, endpoint)).ToArray();
        var types = AcceptedMediaTypes.Create(here.Where(QueryEndpoint.CanAnswerQuery));
        return new(types.AcceptQuery, types.Accept, string.Join(", ", GetMethods(WithFallbacks(here)).Union([HttpMethods.Options])));
    }

    /// <summary>Decides about a request. Responses to GET, HEAD and QUERY, and those of routing itself, carry
    /// <c>Accept-Query</c>.</summary>
    public RouteVerdict Decide(HttpContext context)
    {
        var request = context.Request;
        var method = request.Method;
        if (HttpMethods.IsQuery(method))
        {
            _start.RegisterQuery(context);
            return _mediaTypes.Decide(context);
        }

        var verdict = HttpMethods.IsOptions(method)
            ? _ownOptions || IsPreflight(request) ? RouteVerdict.Pass : RouteVerdict.Options
            : _anyMethod || Supports(method) ? RouteVerdict.Pass : RouteVerdict.MethodNotAllowed;
        if (verdict is not RouteVerdict.Pass || HttpMethods.IsGet(method) || HttpMethods.IsHead(method)) _start.Register(context);
        return verdict;
    }

    private static IEnumerable<T> First<T>(IEnumerable<RouteEndpoint> endpoints)
        where T : class => endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<T>()).OfType<T>().Take(1);

    private IEnumerable<RouteEndpoint> WithFallbacks(IReadOnlyList<RouteEndpoint> endpoints) =>
        _allowFallback ? [.. endpoints, .. Fallbacks] : endpoints;

    private static string[] GetMethods(IEnumerable<RouteEndpoint> endpoints) =>
        [.. endpoints.SelectMany(QueryEndpoint.Methods).Select(method => method.ToUpperInvariant()).Distinct()];

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
