using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using HttpQuery.Tests.SharedCache;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace HttpQuery.Tests.Identity;

/// <summary>Client certificates that are asked for behind the cache, and such as were there before.</summary>
public sealed class ClientCertificateTests
{
    [Theory]
    [InlineData(ClientCertificateMode.DelayCertificate, false)]
    [InlineData(ClientCertificateMode.AllowCertificate, false)]
    [InlineData(ClientCertificateMode.AllowCertificate, true)]
    public async Task The_answer_to_one_certificate_is_a_hit_for_no_other(ClientCertificateMode mode, bool byProperty)
    {
        await using var server = await StartAsync(mode, byProperty);
        using var ann = Certificate("ann");
        using var bob = Certificate("bob");
        Assert.Equal("CN=ann", await AskAsync(server, ann));
        Assert.Equal("CN=bob", await AskAsync(server, bob));
        Assert.Equal("", await AskAsync(server, null));
        Assert.Equal("CN=ann", await AskAsync(server, ann));
    }

    [Fact]
    public async Task The_answer_without_a_certificate_is_a_hit_for_none()
    {
        await using var server = await StartAsync(ClientCertificateMode.DelayCertificate, byProperty: false);
        using var ann = Certificate("ann");
        Assert.Equal("", await AskAsync(server, null));
        Assert.Equal("CN=ann", await AskAsync(server, ann));
    }

    [Fact]
    public async Task A_certificate_that_was_there_before_has_answers_of_its_own()
    {
        var count = 0;
        await using var server = await StartAsync(ClientCertificateMode.AllowCertificate, byProperty: true, () => $" {++count}");
        using var ann = Certificate("ann");
        using var bob = Certificate("bob");
        Assert.Equal("CN=ann 1", await AskAsync(server, ann));
        Assert.Equal("CN=bob 2", await AskAsync(server, bob));
        Assert.Equal("CN=ann 1", await AskAsync(server, ann));
    }

    [Fact]
    public async Task Requests_over_TLS_for_which_nothing_asks_are_stored()
    {
        var count = 0;
        await using var server = await StartAsync(ClientCertificateMode.DelayCertificate, byProperty: null, () => $" {++count}");
        Assert.Equal(" 1", await AskAsync(server, null));
        Assert.Equal(" 1", await AskAsync(server, null));
    }

    private static Task<CachedServer> StartAsync(ClientCertificateMode mode, bool? byProperty, Func<string>? suffix = null) => CachedServer.StartAsync(
        app => app.MapMethods("/me", ["GET", "QUERY"], async (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            var certificate = byProperty is null ? null : byProperty.Value ? context.Connection.ClientCertificate : await AskForAsync(context);
            await context.Response.WriteAsync($"{certificate?.Subject}{suffix?.Invoke()}");
        }),
        build: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = Certificate("localhost");
            https.ClientCertificateMode = mode;
            https.AllowAnyClientCertificate();
        }))));

    private static async Task<string> AskAsync(CachedServer server, X509Certificate2? certificate)
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        if (certificate is not null) handler.ClientCertificates.Add(certificate);
        using var client = new HttpClient(handler);

        // Kestrel asks for a certificate only while no content is on its way, so a GET.
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://localhost:{server.Port}/me");
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    // A client without certificates does not let itself be asked again.
    private static async Task<X509Certificate2?> AskForAsync(HttpContext context)
    {
        try
        {
            return await context.Connection.GetClientCertificateAsync();
        }
        catch (Exception exception) when (exception.GetType().Name is "SslException")
        {
            return null;
        }
    }

    private static X509Certificate2 Certificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
