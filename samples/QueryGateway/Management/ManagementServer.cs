using HttpQuery.Caching;

namespace QueryGateway.Management;

/// <summary>Answers on the management address alone: a server of its own, so that no request to the public address can reach it, whatever its <c>Host</c>.</summary>
internal sealed class ManagementServer(GatewayOptions options, IHostApplicationLifetime lifetime, MetricsPage metrics, IServiceProvider services) : IHostedService, IAsyncDisposable
{
    private WebApplication? _app;

    /// <summary>The address, when it is started.</summary>
    public string Url => _app!.Urls.First();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // An empty builder: the settings of the public address are not those of this one.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false).UseUrls(options.Management!.AbsoluteUri);
        builder.Services.AddRoutingCore().AddProblemDetails();

        _app = builder.Build();
        _app.UseRouting();
        _app.MapGet("/health", () => lifetime.ApplicationStopping.IsCancellationRequested
            ? Results.Text("stopping\n", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("healthy\n"));
        _app.MapGet("/metrics", () => Results.Text(metrics.Render(), "text/plain; version=0.0.4; charset=utf-8"));
        if (services.GetService<QueryCache>() is { } cache) _app.MapPost("/purge", new PurgeEndpoint(cache).InvokeAsync);
        await _app.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? default;
}
