using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HttpQuery.Mvc;

/// <summary>Makes MVC collect its actions at start, so that an action that <see cref="QueryActionDescriptorProvider"/>
/// rejects fails the start, not later requests.</summary>
internal sealed class QueryActionStartupCheck(IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = services.GetService<IActionDescriptorCollectionProvider>()?.ActionDescriptors;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
