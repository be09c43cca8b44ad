using System.Globalization;
using System.Text;

namespace QueryGateway;

/// <summary>Where the gateway listens, and what it takes there.</summary>
internal static class Listeners
{
    private const string DefaultUrl = "http://127.0.0.1:8081";

    public static void Configure(WebApplicationBuilder builder, GatewayOptions options)
    {
        if (builder.Configuration["urls"] is null) builder.WebHost.UseUrls(DefaultUrl);
        if (options.H2c is { } h2c) AddHttp2(builder, h2c);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            (kestrel.Limits.MaxConcurrentConnections, kestrel.Limits.MaxConcurrentUpgradedConnections) = (options.MaximumConnections, options.MaximumConnections);

            // Both are the origin's to say.
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;

            // Field values pass octet by octet.
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        });
    }

    // Kestrel takes its addresses from one place alone, and only endpoints have protocols. It starts them by name, and the first is the one that is shown.
    private static void AddHttp2(WebApplicationBuilder builder, Uri h2c)
    {
        var settings = new Dictionary<string, string?>
        {
            ["urls"] = "",
            ["Kestrel:Endpoints:UrlH2c:Url"] = h2c.AbsoluteUri,
            ["Kestrel:Endpoints:UrlH2c:Protocols"] = "Http2",
        };
        var urls = (builder.Configuration["urls"] ?? DefaultUrl).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        for (var i = 0; i < urls.Length; i++) settings[string.Create(CultureInfo.InvariantCulture, $"Kestrel:Endpoints:Url{i}:Url")] = urls[i];
        builder.Configuration.AddInMemoryCollection(settings);
    }
}
