using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Tests;

/// <summary>An application on Kestrel and a port of its own, asked by raw octets.</summary>
internal sealed class QueryServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private QueryServer(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    /// <summary>Starts an application with <c>AddHttpQuery</c>.</summary>
    /// <param name="map">Adds middleware and endpoints.</param>
    /// <param name="configure">Adds services and settings.</param>
    /// <param name="environment">Name of the hosting environment.</param>
    /// <param name="plain">Leaves <c>AddHttpQuery</c> out, to compare with the framework alone.</param>
    public static async Task<QueryServer> StartAsync(
        Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null, string environment = "Production", bool plain = false)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (!plain) builder.Services.AddHttpQuery();
        configure?.Invoke(builder);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new(app, new Uri(address).Port);
    }

    /// <summary>Sends one request, its content as UTF-8, and reads the whole answer.</summary>
    /// <param name="requestLine">Method and target, for example <c>QUERY /a</c>.</param>
    /// <param name="contentType">Value of Content-Type, or <see langword="null"/> for none.</param>
    /// <param name="content">The content, or <see langword="null"/> for none and no length.</param>
    /// <param name="fields">Further field lines.</param>
    /// <param name="host">Value of Host.</param>
    public Task<RawResponse> SendAsync(
        string requestLine, string? contentType = null, string? content = null, string[]? fields = null, string host = "localhost")
    {
        string[] lines = contentType is null ? fields ?? [] : [.. fields ?? [], $"Content-Type: {contentType}"];
        return RawHttp.SendAsync(Port, requestLine, lines, content, host);
    }

    /// <summary>Sends one request with <paramref name="content"/> as it is, and reads the whole answer.</summary>
    /// <param name="requestLine">Method and target, for example <c>QUERY /a</c>.</param>
    /// <param name="contentType">Value of Content-Type.</param>
    /// <param name="content">The octets of the content.</param>
    /// <param name="fields">Further field lines.</param>
    public Task<RawResponse> SendOctetsAsync(string requestLine, string contentType, byte[] content, params string[] fields)
    {
        string[] lines = [$"{requestLine} HTTP/1.1", "Host: localhost", "Connection: close", $"Content-Type: {contentType}", $"Content-Length: {content.Length}", .. fields];
        return RawHttp.SendAsync(Port, [.. Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n"), .. content]);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
