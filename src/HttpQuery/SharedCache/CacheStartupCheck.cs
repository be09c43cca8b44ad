using HttpQuery.CachePolicies;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HttpQuery.SharedCache;

/// <summary>Checks all cache policies once the application has started. A reference to a missing policy stops the host. If no
/// pipeline contains the cache, a warning is logged once.</summary>
/// <remarks>A pipeline without the cache is no error, because an application may leave the cache out by a setting. An application
/// that registers the cache only to evict has no endpoint that needs it.</remarks>
internal sealed class CacheStartupCheck(
    IServiceProvider services, PipelineOrderCheck order, CacheWarnings warnings) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var isNeeded = false;
        foreach (var endpoint in services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints))
            isNeeded |= QueryCachePolicy.Find(endpoint, services) is { NeedsCache: true };
        if (isNeeded && !order.IsInPipeline) CacheLog.NotInPipeline(warnings.Logger);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
