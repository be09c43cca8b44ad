using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HttpQuery.Client.Tests;

/// <summary>The protocols over which a matrix of tests runs.</summary>
public enum ProtocolKind
{
    /// <summary>HTTP/1.1 in plain text.</summary>
    Http11,

    /// <summary>HTTP/2 in plain text, with prior knowledge.</summary>
    Http2PlainText,

    /// <summary>HTTP/2 over TLS.</summary>
    Http2OverTls,
}

/// <summary>Servers and clients of one protocol.</summary>
internal static class Protocol
{
    private static readonly Lazy<X509Certificate2> Certificate = new(CreateCertificate);

    public static Version VersionOf(ProtocolKind kind) => kind is ProtocolKind.Http11 ? HttpVersion.Version11 : HttpVersion.Version20;

    /// <summary>Starts a server that speaks this protocol alone.</summary>
    public static Task<KestrelServer> StartAsync(ProtocolKind kind, Action<WebApplication> map) => KestrelServer.StartAsync(
        map,
        kind is ProtocolKind.Http11 ? HttpProtocols.Http1 : HttpProtocols.Http2,
        kind is ProtocolKind.Http2OverTls ? Certificate.Value : null);

    /// <summary>Creates a transport that trusts the servers of these tests.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => Certificate.Value.Equals(certificate) },
    };

    /// <summary>Creates a request of this protocol and no other.</summary>
    public static HttpRequestMessage CreateRequest(ProtocolKind kind, HttpMethod method, Uri uri, HttpContent? content = null) =>
        new(method, uri) { Content = content, Version = VersionOf(kind), VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
