using HttpQuery.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HttpQuery.SharedCache;

/// <summary>Runs the pipeline behind the cache for a request that nobody waits for: its client has had the stale response (RFC 5861 §3).</summary>
internal sealed class BackgroundRequests(
    IServiceScopeFactory scopes, IHttpContextFactory contexts, IHostApplicationLifetime lifetime, IOptions<HttpQueryCacheOptions> options, CacheTelemetry telemetry)
{
    private const int MaximumCount = 100;

    private int _count;

    /// <returns><see langword="false"/> where too many are on their way.</returns>
    public bool TryStart(HttpContext context, CacheRequest request, RequestDelegate pipeline, Action end)
    {
        if (Interlocked.Increment(ref _count) > MaximumCount)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        // What is taken of the request is taken now: it will be over.
        var features = Copy(context, request);
        var copy = contexts.Create(features);
        copy.User = context.User;
        CachePosition.Copy(context, copy);
        _ = Task.Run(() => RunAsync(copy, pipeline, end));
        return true;
    }

    private async Task RunAsync(HttpContext context, RequestDelegate pipeline, Action end)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        try
        {
            patience.CancelAfter(options.Value.RevalidationTimeout);
            await using var scope = scopes.CreateAsyncScope();
            context.Features.Set<IServiceProvidersFeature>(new Services(scope.ServiceProvider));
            context.RequestAborted = patience.Token;
            await pipeline(context);
        }
        catch (Exception exception)
        {
            CacheLog.RevalidationFailed(telemetry.Logger, exception);
        }
        finally
        {
            contexts.Dispose(context);
            Interlocked.Decrement(ref _count);
            end();
        }
    }

    private static FeatureCollection Copy(HttpContext context, CacheRequest request)
    {
        var original = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        IHeaderDictionary headers = new HeaderDictionary();
        foreach (var (name, lines) in original.Headers)
        {
            if (!name.StartsWith("If-", StringComparison.OrdinalIgnoreCase) && !name.Equals("Range", StringComparison.OrdinalIgnoreCase)) headers[name] = lines;
        }
        headers.CacheControl = "max-age=0";

        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Protocol = original.Protocol,
            Scheme = original.Scheme,
            Method = HttpMethods.IsHead(original.Method) ? HttpMethods.Get : original.Method,
            PathBase = original.PathBase,
            Path = original.Path,
            QueryString = original.QueryString,
            RawTarget = original.RawTarget,
            Headers = headers,
            Body = new MemoryStream(request.Content!.Value.ToArray(), writable: false),
        });
        features.Set<IHttpRequestBodyDetectionFeature>(new BodyDetection(!request.Content.Value.IsEmpty));
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        features.Set<IRouteValuesFeature>(new RouteValuesFeature { RouteValues = new(context.Request.RouteValues) });
        features.Set(context.Features.Get<IRequestCultureFeature>());
        if (context.Features.Get<IHttpConnectionFeature>() is { } connection)
        {
            features.Set<IHttpConnectionFeature>(new HttpConnectionFeature
            {
                ConnectionId = connection.ConnectionId,
                LocalIpAddress = connection.LocalIpAddress,
                LocalPort = connection.LocalPort,
                RemoteIpAddress = connection.RemoteIpAddress,
                RemotePort = connection.RemotePort,
            });
        }
        if (context.Features.Get<ITlsConnectionFeature>() is { ClientCertificate: { } certificate }) features.Set<ITlsConnectionFeature>(new TlsConnectionFeature { ClientCertificate = certificate });
        return features;
    }

    private sealed class BodyDetection(bool canHaveBody) : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => canHaveBody;
    }

    private sealed class Services(IServiceProvider services) : IServiceProvidersFeature
    {
        public IServiceProvider RequestServices { get; set; } = services;
    }
}
