using System.Diagnostics.Metrics;
using System.Net;
using System.Text;

namespace QueryGateway.Forwarding;

/// <summary>The connections to the origin, which carry what they are given and add nothing of their own.</summary>
internal sealed class OriginClient(GatewayOptions options, IMeterFactory meters) : IDisposable
{
    /// <summary>Uses a connection for many requests, one after the other.</summary>
    public HttpMessageInvoker Shared { get; } = new(Handler(options, meters, TimeSpan.FromMinutes(10)));

    /// <summary>Makes a connection for each request and closes it afterwards, whatever the origin says.</summary>
    public HttpMessageInvoker SingleUse { get; } = new(Handler(options, meters, TimeSpan.Zero));

    /// <summary>Whether the connection must not carry another request afterwards.</summary>
    public static bool NeedsOwnConnection(HttpRequest request) => !ConnectionAuthentication.IsBoundToRequest(request.Headers.Authorization) || RequestFraming.HasUnexpectedContent(request);

    public void Dispose()
    {
        Shared.Dispose();
        SingleUse.Dispose();
    }

    private static SocketsHttpHandler Handler(GatewayOptions options, IMeterFactory meters, TimeSpan lifetime) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = options.ConnectTimeout,
        MeterFactory = meters,
        PooledConnectionLifetime = lifetime,
        PlaintextStreamFilter = (connection, _) => ValueTask.FromResult<Stream>(new OriginConnection(connection.PlaintextStream)),
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    };
}
