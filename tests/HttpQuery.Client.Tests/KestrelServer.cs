using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Client.Tests;

/// <summary>A plain Kestrel server on a free port, with endpoints mapped by <c>MapMethods</c>. It does not use HttpQuery.</summary>
internal sealed class KestrelServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private KestrelServer(WebApplication app)
    {
        _app = app;
        BaseAddress = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public Uri BaseAddress { get; }

    /// <summary>Starts a server with one QUERY endpoint at <c>/rfcs</c>.</summary>
    public static Task<KestrelServer> StartAsync(RequestDelegate query, HttpProtocols protocols = HttpProtocols.Http1) =>
        StartAsync(app => app.MapMethods("/rfcs", ["QUERY"], query), protocols);

    /// <summary>Starts a server with the endpoints that <paramref name="map"/> adds.</summary>
    /// <param name="map">Adds endpoints or middleware.</param>
    /// <param name="protocols">The protocols of its one endpoint.</param>
    /// <param name="certificate">The certificate of TLS, or <see langword="null"/> for plain text.</param>
    public static async Task<KestrelServer> StartAsync(
        Action<WebApplication> map, HttpProtocols protocols = HttpProtocols.Http1, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        if (certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
        {
            endpoint.Protocols = protocols;
            if (certificate is not null) endpoint.UseHttps(certificate);
        }));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new(app);
    }

    public HttpClient CreateClient() => new() { BaseAddress = BaseAddress };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
