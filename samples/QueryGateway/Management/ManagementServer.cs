using HttpQuery.Caching;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace QueryGateway.Management;

/// <summary>Serves health, metrics and purge on the management address. It is a separate server, so that no request to the public address can reach it, whatever its <c>Host</c>.</summary>
internal sealed class ManagementServer(GatewayOptions options, IHostApplicationLifetime lifetime, MetricsPage metrics, IServiceProvider services) : IHostedService, IAsyncDisposable
{
    // Connections. Operators and a few collectors of metrics need far fewer.
    internal const int MaximumConnections = 100;

    // Bytes. A URI of 8 KB, which is the longest that the public address takes, is 24 KB where a form escapes each byte of it.
    internal const int MaximumContentLength = 32 * 1024;

    private WebApplication? _app;

    /// <summary>The address, once started.</summary>
    public string Url => _app!.Urls.First();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // An empty builder: the settings of the public address are not those of this one.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Limit).UseUrls(options.Management!.ListenUrl);
        builder.Services.AddRoutingCore().AddProblemDetails();

        _app = builder.Build();
        _app.Use(new ManagementGuard(options.Management).InvokeAsync);
        _app.UseStatusCodePages(status => Explain(status.HttpContext).ExecuteAsync(status.HttpContext));
        _app.UseRouting();
        _app.MapMethods("/health", ["GET", "HEAD"], () => lifetime.ApplicationStopping.IsCancellationRequested
            ? Results.Text("stopping\n", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("healthy\n"));
        _app.MapMethods("/metrics", ["GET", "HEAD"], () => Results.Text(metrics.Render(), "text/plain; version=0.0.4; charset=utf-8"));
        if (services.GetService<QueryCache>() is { } cache) _app.MapPost("/purge", new PurgeEndpoint(cache).InvokeAsync);
        await _app.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? default;

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MaximumConnections;
        kestrel.Limits.MaxRequestBodySize = MaximumContentLength;
    }

    // What routing leaves without content.
    private IResult Explain(HttpContext context) => Results.Problem(statusCode: context.Response.StatusCode, detail: context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"This address serves /health, /metrics{(options.NoCache ? "" : " and /purge")}.{(options.NoCache ? " Without a cache there is nothing to purge." : "")}",
        StatusCodes.Status405MethodNotAllowed => $"The methods of this path are {context.Response.Headers.Allow}.",
        _ => null,
    });
}
