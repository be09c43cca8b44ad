using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
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

/// <summary>The protocols of the matrix tests.</summary>
public enum Protocol
{
    /// <summary>HTTP/1.1 without TLS.</summary>
    Http1,

    /// <summary>HTTP/2 without TLS.</summary>
    H2c,

    /// <summary>HTTP/2 over TLS, negotiated by ALPN.</summary>
    H2,
}

/// <summary>A Kestrel server of one protocol that answers every request with one function, and keeps what it received.</summary>
internal sealed class ProtocolServer : IAsyncDisposable
{
    private static readonly X509Certificate2 Certificate = CreateCertificate();

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _received;

    private ProtocolServer(WebApplication app, Protocol protocol, ConcurrentQueue<string> received)
    {
        (_app, _received, Protocol) = (app, received, protocol);
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        BaseAddress = new($"{(protocol is Protocol.H2 ? "https" : "http")}://localhost:{address.Port}/");
    }

    public Uri BaseAddress { get; }

    public Protocol Protocol { get; }

    /// <summary>Protocol, method, target and content of each request.</summary>
    public string[] Received => [.. _received];

    public static async Task<ProtocolServer> StartAsync(Protocol protocol, RequestDelegate respond)
    {
        var received = new ConcurrentQueue<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
        {
            endpoint.Protocols = protocol is Protocol.Http1 ? HttpProtocols.Http1 : HttpProtocols.Http2;
            if (protocol is Protocol.H2) endpoint.UseHttps(Certificate);
        }));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            received.Enqueue($"{context.Request.Protocol} {context.Request.Method} {context.Request.Path}{context.Request.QueryString} {await reader.ReadToEndAsync()}".TrimEnd());
            await respond(context);
        });
        await app.StartAsync();
        return new(app, protocol, received);
    }

    /// <summary>Creates a transport that trusts the server.</summary>
    public static SocketsHttpHandler CreateTransport() => new()
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == Certificate.GetCertHashString() },
    };

    /// <summary>Creates a QUERY of exactly this protocol.</summary>
    public HttpRequestMessage Query(string target, string content) => new(HttpMethod.Query, new Uri(BaseAddress, target))
    {
        Content = Wire.Content("application/json", content),
        Version = Protocol is Protocol.Http1 ? HttpVersion.Version11 : HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
