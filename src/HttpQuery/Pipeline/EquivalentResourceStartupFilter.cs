using System.Text;
using HttpQuery.Caching.Engine;
using HttpQuery.Conditions;
using HttpQuery.Equivalents;
using HttpQuery.Http;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Pipeline;

/// <summary>Makes a GET or HEAD of an equivalent resource the query that it stands for (§2.2), before any middleware sees it.</summary>
/// <remarks>So routing, authentication, authorization, conditions, ranges and caches treat it as that query, once and in their
/// order.</remarks>
internal sealed class EquivalentResourceStartupFilter(
    EquivalentResources resources, ResponseSharing sharing, IOptions<HttpQueryOptions> options) : IStartupFilter
{
    private readonly string _prefix = options.Value.LocationPrefix;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(following => context => FindToken(context.Request.Path.Value) is { } token
            ? InvokeAsync(context, token, following)
            : following(context));
        next(app);
    };

    private string? FindToken(string? path)
    {
        if (path is null || path.Length < _prefix.Length + 2) return null;
        var slash = path.LastIndexOf('/');
        return path.AsSpan(0, slash).EndsWith(_prefix, StringComparison.Ordinal) ? path[(slash + 1)..] : null;
    }

    private async Task InvokeAsync(HttpContext context, string token, RequestDelegate next)
    {
        var found = await resources.FindAsync(token);
        var request = (found as FoundResource.Found)?.Request;
        var start = GetStart(context);
        if (request is not null && start.Length > 0 && start != PathString.FromUriComponent(request.Query.PathBase).Value)
            (found, request) = (new FoundResource.Unknown(IsOurs: false), null);

        // Below another path, it may be the application's own.
        if (found is FoundResource.Unknown { IsOurs: false } && (start.Length > 0 || !resources.AreUsed))
        {
            await next(context);
            return;
        }

        var method = context.Request.Method;
        var isRetrieval = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        context.Response.OnStarting(() =>
        {
            Finish(context, request, token);
            return Task.CompletedTask;
        });
        switch (found)
        {
            case FoundResource.Unknown:
                await EquivalentProblems.WriteUnknownAsync(context);
                break;
            case FoundResource.Expired:
                await EquivalentProblems.WriteExpiredAsync(context);
                break;
            case FoundResource.Unavailable:
                await EquivalentProblems.WriteUnavailableAsync(context);
                break;
            case FoundResource.Found when isRetrieval:
                Rewrite(context, request!);
                await next(context);
                break;
            case FoundResource.Found when HttpMethods.IsOptions(method) && IsPreflight(context.Request):
                // The CORS policy is that of the endpoint. Browsers allow GET and HEAD whatever methods it names.
                RewriteTarget(context, request!.Query);
                context.Request.Headers.AccessControlRequestMethod = HttpMethods.Query;
                await next(context);
                break;
            case FoundResource.Found when HttpMethods.IsOptions(method):
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                context.Response.Headers.Allow = "GET, HEAD, OPTIONS";
                break;
            default:
                await EquivalentProblems.WriteMethodNotAllowedAsync(context);
                break;
        }
    }

    // What stands before the prefix: the path base, unless a proxy has removed it.
    private string GetStart(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        return path[..(path.LastIndexOf('/') - _prefix.Length)];
    }

    private static bool IsPreflight(HttpRequest request) =>
        request.Headers.Origin.Count > 0 && request.Headers.AccessControlRequestMethod.Count > 0;

    private static void Rewrite(HttpContext context, EquivalentRequest equivalent)
    {
        RewriteTarget(context, equivalent.Query);
        var request = context.Request;
        request.Method = HttpMethods.Query;
        foreach (var name in QueryKeyReader.ContentHeaders) request.Headers.Remove(name);
        foreach (var (name, lines) in equivalent.Query.Headers) request.Headers[name] = lines;

        // A stored result needs no query content. Its token cannot be guessed, so no other request has this content.
        var content = equivalent.Result is null ? equivalent.Query.Content : Encoding.ASCII.GetBytes(equivalent.Token);
        request.Headers.TransferEncoding = StringValues.Empty;
        request.ContentLength = content.Length;
        request.Body = new ReplayedStream(content, Stream.Null);
        context.Features.Set<IHttpRequestBodyDetectionFeature>(new ContentFeature(content.Length > 0));
        context.Features.Set(equivalent);
    }

    // The server logs and measures the request after its end, as it came.
    private static void RewriteTarget(HttpContext context, StoredQuery query)
    {
        var http = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        var (method, path, queryString, target) = (http.Method, http.Path, http.QueryString, http.RawTarget);
        context.Response.OnCompleted(() =>
        {
            (http.Method, http.Path, http.QueryString, http.RawTarget) = (method, path, queryString, target);
            return Task.CompletedTask;
        });
        var decoded = query.GetPath()!;

        // The server knows the path base if it stands in the target that it received.
        var received = PathString.FromUriComponent(RequestTarget.Get(context).Split('?')[0]);
        var isBaseSent = http.PathBase.Length > 0
            && new PathString(decoded).StartsWithSegments(http.PathBase, StringComparison.Ordinal)
            && received.StartsWithSegments(http.PathBase, StringComparison.Ordinal);
        (http.RawTarget, http.QueryString) = (query.Target, query.GetQueryString());
        http.Path = isBaseSent ? decoded[http.PathBase.Length..] : decoded;
        context.Features.Set<IEndpointFeature>(new EquivalentEndpointFeature(context));
    }

    private void Finish(HttpContext context, EquivalentRequest? request, string token)
    {
        var response = context.Response;
        var headers = response.Headers;

        // The equivalent resource takes no QUERY.
        headers.Remove(AcceptQuery.HeaderName);
        if (request is not null) sharing.Restrict(context, request.Watch?.WasAccessed is true);

        // nginx 1.22 reads only one line.
        if (headers.Vary.Count > 1) headers.Vary = string.Join(", ", headers.Vary.AsEnumerable());
        if (request is { IsVerified: false }) RedirectHere(context, request, token);
    }

    // Middleware redirects the query, to HTTPS for example, and the client would send a GET to the path of the query.
    private void RedirectHere(HttpContext context, EquivalentRequest equivalent, string token)
    {
        var (request, response) = (context.Request, context.Response);
        if (response.StatusCode is not (301 or 302 or 307 or 308)
            || response.Headers.Location is not [{ } location]
            || TargetUri.ToOriginForm(location) is not { } target
            || (target != equivalent.Query.Target && target != GetPresentTarget(request)))
            return;

        if (Uri.TryCreate(location, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
            && uri.Host.Equals(request.Host.Host, StringComparison.OrdinalIgnoreCase))
        {
            response.Headers.Location = $"{uri.Scheme}://{uri.Authority}{equivalent.Query.PathBase}{_prefix}/{token}";
            return;
        }
        response.StatusCode = StatusCodes.Status404NotFound;
        response.Headers.Location = StringValues.Empty;
        response.Headers.CacheControl = "no-store";
    }

    private static string GetPresentTarget(HttpRequest request) =>
        request.PathBase.ToUriComponent() + request.Path.ToUriComponent() + request.QueryString.ToUriComponent();

    private sealed class ContentFeature(bool canHaveBody) : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => canHaveBody;
    }
}
