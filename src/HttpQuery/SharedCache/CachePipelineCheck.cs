using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HttpQuery.SharedCache;

/// <summary>Looks at all policies when the application has started: one that names what does not exist stops the host, and where no pipeline has the cache, a warning is logged once.</summary>
/// <remarks>The latter is no error: an application may leave the cache out by a setting. One that registers the cache to evict alone has no such endpoint.</remarks>
internal sealed class CachePipelineCheck(IServiceProvider services, CachePosition position, CacheWarnings warnings) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var isNeeded = false;
        foreach (var endpoint in services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints)) isNeeded |= QueryCachePolicy.Of(endpoint, services) is { NeedsCache: true };
        if (isNeeded && !position.IsInPipeline) CacheLog.NotInPipeline(warnings.Logger);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
