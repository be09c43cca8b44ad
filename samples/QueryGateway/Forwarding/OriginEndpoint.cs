using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace QueryGateway.Forwarding;

/// <summary>Forwards a request to the origin, and its response back; 502 or 504 where there is none (RFC 9110 §15.6.3, §15.6.5).</summary>
internal sealed class OriginEndpoint(GatewayOptions options, IHttpForwarder forwarder, OriginClient client)
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
        var error = await forwarder.SendAsync(context, _origin, client, _config, OriginTransformer.Instance);
        if (error is ForwarderError.None || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) return;

        var status = context.Response.StatusCode;
        context.Response.Clear();
        await Results.Problem(Detail(status), statusCode: status).ExecuteAsync(context);
    }

    private static string Detail(int status) => status switch
    {
        StatusCodes.Status502BadGateway => "The origin cannot be reached, or gave no whole answer.",
        StatusCodes.Status504GatewayTimeout => "The origin has not answered in time.",
        _ => "The content of the request did not come whole.",
    };
}
