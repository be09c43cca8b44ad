using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QueryGateway.Management;

namespace QueryGateway.Tests.Hosting;

/// <summary>The gateway in this process, on sockets of its own.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private RunningGateway(WebApplication app) => App = app;

    public WebApplication App { get; }

    /// <summary>The port of HTTP/1.1.</summary>
    public int Port => new Uri(App.Urls.First()).Port;

    /// <summary>The address for HTTP/2 with prior knowledge.</summary>
    public string H2cUrl => App.Urls.Last();

    /// <summary>The port of <see cref="H2cUrl"/>.</summary>
    public int H2cPort => new Uri(H2cUrl).Port;

    public int ManagementPort => new Uri(App.Services.GetServices<IHostedService>().OfType<ManagementServer>().Single().Url).Port;

    public static Task<RunningGateway> StartAsync(Origin origin, params string[] args) => StartAsync(origin.Url, null, args);

    public static async Task<RunningGateway> StartAsync(string origin, Action<WebApplicationBuilder>? configure, params string[] args)
    {
        var app = Gateway.Create(["--origin", origin, "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None", "--Logging:LogLevel:Microsoft.AspNetCore", "None", "--Logging:LogLevel:Yarp", "None", .. args], configure);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    /// <summary>Sends one request and reads until the gateway closes.</summary>
    public Task<RawResponse> SendAsync(string requestLine, params string[] fields) => RawHttp.SendAsync(Port, requestLine, fields);

    /// <summary>Sends one QUERY of <c>text/plain</c>.</summary>
    public Task<RawResponse> QueryAsync(string target, string content) => RawHttp.SendAsync(Port, $"QUERY {target}", ["Content-Type: text/plain"], content);

    /// <summary>Sends a GET, or a QUERY with content.</summary>
    public Task<RawResponse> AskAsync(string method, string target) => method is "QUERY" ? QueryAsync(target, "q") : SendAsync($"{method} {target}");

    /// <summary>Sends one request to the management address.</summary>
    /// <param name="requestLine">Method and target.</param>
    /// <param name="fields">Further field lines.</param>
    /// <param name="content">Content as UTF-8; <see langword="null"/> sends none.</param>
    /// <param name="host"><c>Host</c>; <c>{port}</c> stands for the port. Default localhost with the port.</param>
    public Task<RawResponse> ManageAsync(string requestLine, string[] fields, string? content = null, string host = "localhost:{port}")
    {
        var port = ManagementPort;
        return RawHttp.SendAsync(port, Named(requestLine), [.. fields.Select(Named)], content, Named(host));

        string Named(string text) => text.Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    /// <summary>A client that changes nothing.</summary>
    public HttpClient Client(bool http2) => new(new SocketsHttpHandler { ActivityHeadersPropagator = null })
    {
        BaseAddress = new(http2 ? H2cUrl : App.Urls.First()),
        DefaultRequestVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
