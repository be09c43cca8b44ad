using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HttpQuery.SharedCache;

/// <summary>Warns once, when the application has started, where endpoints have a cache policy and no pipeline has the cache.</summary>
/// <remarks>Not an error: an application may leave the cache out by a setting. One that registers the cache to evict alone has no such endpoint.</remarks>
internal sealed class CachePipelineCheck(IServiceProvider services, CachePosition position, CacheWarnings warnings) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!position.IsInPipeline && services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).Any(endpoint => endpoint.Metadata.GetMetadata<QueryCachePolicy>() is { NeedsCache: true }))
            CacheLog.NotInPipeline(warnings.Logger);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
