using HttpQuery.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HttpQuery.Equivalents;

/// <summary>Checks, once the application has started, that machines which share a store share the keys of its URIs.</summary>
internal sealed class EquivalentStartupCheck(
    IServiceProvider services, EquivalentResources resources, IOptions<HttpQueryOptions> options, QueryTelemetry telemetry)
    : IHostedLifecycleService
{
    /// <summary>Whether an endpoint has equivalent resources or stores results.</summary>
    public static bool IsNeeded(Endpoint endpoint) =>
        endpoint.Metadata.GetOrderedMetadata<QueryBehaviorAttribute>()
            .Any(behavior => behavior.EquivalentResource || behavior.StoredResult);

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).Any(IsNeeded)) return Task.CompletedTask;
        resources.AreUsed = true;
        var isShared = EquivalentResources.IsStoreShared(services);
        if (options.Value.LocationKeys.Count > 0)
        {
            if (!isShared) Log.LocationsInMemory(telemetry.Logger);
            return Task.CompletedTask;
        }
        if (isShared)
        {
            throw new InvalidOperationException(
                "WithEquivalentResource and WithStoredResult use the distributed cache of the application, which other machines may share. "
                + "Give all of them the same HttpQuery:LocationKeys: a list with one secret of at least 32 characters.");
        }
        Log.NoLocationKeys(telemetry.Logger);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
