using System.Net;
using System.Text;

namespace QueryGateway.Forwarding;

/// <summary>The connections to the origin, which carry what they are given and add nothing of their own.</summary>
internal sealed class OriginClient(GatewayOptions options) : HttpMessageInvoker(Handler(options))
{
    private static SocketsHttpHandler Handler(GatewayOptions options) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    };
}
