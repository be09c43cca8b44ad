using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Tests.Exchanges;

/// <summary>The catalogue on Kestrel, asked by one style and one protocol.</summary>
internal sealed class CatalogueHost : IAsyncDisposable
{
    public const int MaximumContentLength = 2000;
    public const int MaximumResponseLength = 2000;

    private readonly WebApplication _app;
    private readonly HttpClient? _http2;
    private readonly int _port;

    private CatalogueHost(WebApplication app, bool http2)
    {
        _app = app;
        _port = new Uri(app.Urls.First()).Port;
        if (http2) _http2 = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new($"http://127.0.0.1:{_port}") };
    }

    public Catalogue Catalogue => _app.Services.GetRequiredService<Catalogue>();

    public static async Task<CatalogueHost> StartAsync(bool mvc, bool http2)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = http2 ? HttpProtocols.Http2 : HttpProtocols.Http1));
        builder.Services.AddSingleton<Catalogue>();
        builder.Services.AddSingleton<TimeProvider, FixedTime>();
        builder.Services.AddHttpQuery(options =>
        {
            options.MaximumBufferedContentLength = MaximumContentLength;
            options.MaximumBufferedResponseLength = MaximumResponseLength;
        });
        if (mvc) builder.Services.AddControllers(options => options.OutputFormatters.Add(new CsvFormatter()));
        var app = builder.Build();
        if (mvc) app.MapControllers();
        else MinimalCatalogue.Map(app);
        await app.StartAsync();
        return new(app, http2);
    }

    /// <summary>Sends a QUERY with JSON content.</summary>
    public Task<RawResponse> QueryAsync(string path, params string[] fields) => SendAsync("QUERY", path, "{\"match\":\"cach\"}", ["Content-Type: application/json", .. fields]);

    /// <summary>Sends a request, its field lines as <c>Name: value</c>.</summary>
    public async Task<RawResponse> SendAsync(string method, string path, string? content, params string[] fields)
    {
        if (_http2 is null) return await RawHttp.SendAsync(_port, $"{method} {path}", fields, content);

        using var request = new HttpRequestMessage(new(method), path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (content is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(content));
        foreach (var field in fields.Select(field => field.Split(": ", 2)))
        {
            HttpHeaders headers = field[0] is "Content-Type" or "Content-Encoding" ? (request.Content ??= new ByteArrayContent([])).Headers : request.Headers;
            Assert.True(headers.TryAddWithoutValidation(field[0], field[1]));
        }
        using var response = await _http2.SendAsync(request);
        Assert.Equal(HttpVersion.Version20, response.Version);
        var lines = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).SelectMany(field => field.Value.Select(value => (field.Key, value)));
        return new((int)response.StatusCode, [.. lines], await response.Content.ReadAsByteArrayAsync(), "");
    }

    public async ValueTask DisposeAsync()
    {
        _http2?.Dispose();
        await _app.DisposeAsync();
    }
}
