using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace QueryGateway.Forwarding;

/// <summary>Forwards a request to the origin, and its response back. Where there is none it leaves a status and nothing else, for the cache to bridge or <see cref="FailureAnswer"/> to explain.</summary>
internal sealed class OriginEndpoint(GatewayOptions options, IHttpForwarder forwarder, OriginClient client, OriginTransformer transformer)
{
    private readonly string _origin = options.Origin.GetLeftPart(UriPartial.Authority);

    private readonly ForwarderRequestConfig _config = new()
    {
        ActivityTimeout = options.ActivityTimeout,
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task InvokeAsync(HttpContext context)
    {
        OriginConnection.BeginRequest(isSentOnce: context.Request.Method is not ("GET" or "HEAD" or "OPTIONS" or "TRACE" or "QUERY" or "PUT" or "DELETE"));
        var connections = OriginClient.NeedsOwnConnection(context.Request) ? client.SingleUse : client.Shared;
        await forwarder.SendAsync(context, _origin, connections, _config, transformer);
    }
}
