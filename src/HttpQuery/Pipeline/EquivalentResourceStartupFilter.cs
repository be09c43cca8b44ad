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
            (found, request) = (new FoundResource.Unknown(IsToken: true), null);

        // A path that only looks like one of these is the application's own.
        if (found is FoundResource.Unknown unknown && (!resources.AreUsed || (start.Length > 0 && !unknown.IsToken)))
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

        // A stored result needs no query content, and no cache looks up its request. But content of JSON must not be empty.
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
        if (headers.Allow.Count > 0) headers.Allow = "GET, HEAD, OPTIONS";

        // Any site can make a browser send a GET, so content must not be taken for another type than it says.
        if (request is not null) headers.TryAdd("X-Content-Type-Options", "nosniff");
        if (request is not null) sharing.Restrict(context, request.Watch?.WasAccessed is true);

        // nginx 1.22 reads only one line.
        if (headers.Vary.Count > 1) headers.Vary = string.Join(", ", headers.Vary.AsEnumerable());
        if (request is not null && response.StatusCode is 301 or 302 or 307 or 308) Redirect(context, request, token);
    }

    // The client would send a GET there, without the query. The endpoint redirects the query, also by a cache. Middleware redirects the
    // request, to HTTPS for example. A 302 of middleware may lead to a login page.
    private void Redirect(HttpContext context, EquivalentRequest equivalent, string token)
    {
        var (request, response) = (context.Request, context.Response);
        var location = response.Headers.Location.ToString();
        var target = TargetUri.ToOriginForm(location);
        if (!equivalent.IsVerified && (target == equivalent.Query.Target || target == GetPresentTarget(request)))
        {
            var path = $"{equivalent.Query.PathBase}{_prefix}/{token}";
            if (location == target)
            {
                response.Headers.Location = path;
                return;
            }
            if (Uri.TryCreate(location, UriKind.Absolute, out var uri)
                && uri.Scheme is "http" or "https"
                && uri.Host.Equals(request.Host.Host, StringComparison.OrdinalIgnoreCase))
            {
                response.Headers.Location = $"{uri.Scheme}://{uri.Authority}{path}";
                return;
            }
        }
        else if (!equivalent.IsVerified && response.StatusCode is StatusCodes.Status302Found)
        {
            return;
        }
        response.StatusCode = StatusCodes.Status404NotFound;
        response.Headers.Location = StringValues.Empty;
        ResponseSharing.ForbidStoring(response.Headers);
    }

    private static string GetPresentTarget(HttpRequest request) =>
        request.PathBase.ToUriComponent() + request.Path.ToUriComponent() + request.QueryString.ToUriComponent();

    private sealed class ContentFeature(bool canHaveBody) : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => canHaveBody;
    }
}
