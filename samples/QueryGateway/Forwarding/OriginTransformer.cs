using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace QueryGateway.Forwarding;

/// <summary>What is changed on the way: fields of one connection are left out, and <c>Via</c> is added (RFC 9110 §7.6). No <c>X-Forwarded</c> fields, no <c>Forwarded</c>.</summary>
internal sealed class OriginTransformer : HttpTransformer
{
    // Fields for the whole way that the base class leaves out.
    private static readonly string[] KeptInRequests = [HeaderNames.TraceParent, HeaderNames.TraceState, HeaderNames.Baggage, HeaderNames.RequestId, HeaderNames.CorrelationContext, HeaderNames.UpgradeInsecureRequests];

    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private OriginTransformer()
    {
    }

    public static OriginTransformer Instance { get; } = new();

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var request = httpContext.Request;
        proxyRequest.RequestUri = new(destinationPrefix + httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, AsItIs);

        var fields = proxyRequest.Headers;
        foreach (var name in KeptInRequests)
        {
            if (request.Headers.TryGetValue(name, out var values) && !fields.Contains(name)) fields.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
        fields.Remove(HeaderNames.Via);
        fields.TryAddWithoutValidation(HeaderNames.Via, Via(request.Headers.Via, request.Protocol["HTTP/".Length..]));
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var isCopied = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (proxyResponse is null) return isCopied;

        var fields = httpContext.Response.Headers;
        if (proxyResponse.Headers.NonValidated.TryGetValues(HeaderNames.Connection, out var connection)) ConnectionFields.Remove(fields, connection.ToArray());
        fields.Via = Via(fields.Via, proxyResponse.Version.ToString());
        return isCopied;
    }

    // One line, so that the order of those who passed it on is plain.
    private static string Via(StringValues earlier, string version) => string.Join(", ", [.. earlier, $"{version} {Gateway.Name}"]);
}
