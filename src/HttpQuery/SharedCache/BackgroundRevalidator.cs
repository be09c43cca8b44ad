using System.Globalization;
using HttpQuery.Caching;
using HttpQuery.Caching.Adapters;
using HttpQuery.Caching.Engine;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HttpQuery.SharedCache;

/// <summary>Runs the pipeline behind the cache in the background, for a client that gets the stale response (RFC 5861 §3).</summary>
internal sealed class BackgroundRevalidator(
    IServiceScopeFactory scopes, IHttpContextFactory contexts, IHostApplicationLifetime lifetime, IOptions<HttpQueryCacheOptions> options,
        QueryCache cache, CacheWarnings warnings)
{
    private const int MaximumCount = 100;

    private int _count;

    /// <returns><see langword="false"/> if too many background requests are running, or the request cannot be copied.</returns>
    public bool TryStart(HttpContext context, CacheRequest request, RequestDelegate pipeline, Action end)
    {
        if (Interlocked.Increment(ref _count) > MaximumCount)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        // The copied content counts as memory, like the content of any other request in progress.
        var memory = cache.Pending.Begin(isContent: true, giveWay: null);
        if (request.Content is { Length: > LookupContent.MaximumExaminedLength } content && !memory.TryGrow((int)content.Length))
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        // Copy the request now: it ends before the background run. Of the ambient state only the culture flows, not the context accessor.
        FeatureCollection features;
        try
        {
            features = Copy(context, request);
        }
        catch (Exception exception)
        {
            // Features that the application supplies may throw; the client gets its stale response anyway.
            CacheLog.RevalidationFailed(warnings.Logger, exception);
            memory.Dispose();
            Interlocked.Decrement(ref _count);
            return false;
        }
        var (culture, uiCulture) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, uiCulture);
                _ = RunAsync(features, pipeline, memory, end);
            },
            null);
        return true;
    }

    private async Task RunAsync(FeatureCollection features, RequestDelegate pipeline, PendingMemory.Share memory, Action end)
    {
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
            timeout.CancelAfter(options.Value.RevalidationTimeout);
            var context = contexts.Create(features);
            try
            {
                await RunAsync(context, (Response)features.GetRequiredFeature<IHttpResponseFeature>(), pipeline, timeout.Token);
            }
            finally
            {
                contexts.Dispose(context);
            }
        }
        catch (Exception exception)
        {
            CacheLog.RevalidationFailed(warnings.Logger, exception);
        }
        finally
        {
            memory.Dispose();
            Interlocked.Decrement(ref _count);
            end();
        }
    }

    private async Task RunAsync(HttpContext context, Response response, RequestDelegate pipeline, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        context.Features.Set<IServiceProvidersFeature>(new Services(scope.ServiceProvider));
        context.RequestAborted = cancellationToken;
        try
        {
            await pipeline(context);
        }
        finally
        {
            await response.CompleteAsync(exception => CacheLog.RevalidationFailed(warnings.Logger, exception));
        }
    }

    private static FeatureCollection Copy(HttpContext context, CacheRequest request)
    {
        var original = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        var (headers, content) = (new HeaderDictionary(), BackgroundRequest.GetContent(request));
        foreach (var (name, lines) in BackgroundRequest.GetHeaders(original.Headers, content.Length)) headers[name] = lines;

        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Protocol = original.Protocol,
            Scheme = original.Scheme,
            Method = original.Method,
            PathBase = original.PathBase,
            Path = original.Path,
            QueryString = original.QueryString,
            RawTarget = original.RawTarget,
            Headers = headers,

            // Like the original body, it cannot be read again, so both keys are normalized alike.
            Body = new ReplayedStream(content, Stream.Null),
        });
        features.Set<IHttpRequestBodyDetectionFeature>(new BodyDetection(content.Length > 0));
        features.Set<IHttpResponseFeature>(new Response());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        features.Set<IRouteValuesFeature>(new RouteValuesFeature { RouteValues = new(context.Request.RouteValues) });
        features.Set<IItemsFeature>(new ItemsFeature { Items = new Dictionary<object, object?>(context.Items) });
        features.Set<IEndpointFeature>(new EndpointFeature { Endpoint = context.GetEndpoint() });
        features.Set<IHttpAuthenticationFeature>(
            new HttpAuthenticationFeature { User = context.Features.Get<IHttpAuthenticationFeature>()?.User });
        features.Set(context.Features.Get<IAuthenticationFeature>());
        features.Set(context.Features.Get<IRequestCultureFeature>());
        features.Set(new CacheFeature { Original = request });
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
        if (context.Features.Get<ITlsConnectionFeature>() is { ClientCertificate: { } certificate })
            features.Set<ITlsConnectionFeature>(new TlsConnectionFeature { ClientCertificate = certificate });
        return features;
    }

    private sealed class BodyDetection(bool canHaveBody) : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => canHaveBody;
    }

    private sealed class EndpointFeature : IEndpointFeature
    {
        public Endpoint? Endpoint { get; set; }
    }

    // This response never starts, but its OnCompleted callbacks run, because they dispose resources.
    private sealed class Response : HttpResponseFeature
    {
        private readonly Stack<(Func<object, Task> Callback, object State)> _onCompleted = new();

        public override void OnCompleted(Func<object, Task> callback, object state) => _onCompleted.Push((callback, state));

        // As in servers, a callback that fails does not stop the others.
        public async Task CompleteAsync(Action<Exception> failed)
        {
            while (_onCompleted.TryPop(out var last))
            {
                try
                {
                    await last.Callback(last.State);
                }
                catch (Exception exception)
                {
                    failed(exception);
                }
            }
        }
    }

    private sealed class Services(IServiceProvider services) : IServiceProvidersFeature
    {
        public IServiceProvider RequestServices { get; set; } = services;
    }
}
