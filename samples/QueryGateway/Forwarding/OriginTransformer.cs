using HttpQuery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace QueryGateway.Forwarding;

/// <summary>Changes a message on its way: headers of one connection are removed, and <c>Via</c> is added (RFC 9110 §7.6). No <c>X-Forwarded</c> headers, no <c>Forwarded</c>.</summary>
internal sealed class OriginTransformer(GatewayOptions options, IOptions<HttpQueryCacheOptions> cacheOptions) : HttpTransformer
{
    // Headers for the whole way that the base class leaves out.
    private static readonly string[] KeptInRequests = [HeaderNames.TraceParent, HeaderNames.TraceState, HeaderNames.Baggage, HeaderNames.RequestId, HeaderNames.CorrelationContext, HeaderNames.UpgradeInsecureRequests];

    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var request = httpContext.Request;
        proxyRequest.RequestUri = OriginUri(destinationPrefix, httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);

        var headers = proxyRequest.Headers;
        foreach (var name in KeptInRequests)
        {
            if (request.Headers.TryGetValue(name, out var values) && !headers.Contains(name)) headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        // The second check, as for the target: the client would write a Host of its own beside one that it does not understand.
        if (headers.Host is null) throw new InvalidOperationException("The request has no Host that can be sent.");
        headers.Remove(HeaderNames.TE);
        if (!IsContentOutstanding(request)) headers.Remove(HeaderNames.Expect);
        if (OriginClient.NeedsOwnConnection(request) && proxyRequest.Headers.Upgrade.Count == 0) headers.ConnectionClose = true;
        headers.Remove(HeaderNames.Via);
        headers.TryAddWithoutValidation(HeaderNames.Via, Via(request.Headers.Via, request.Protocol["HTTP/".Length..]));
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null) CheckFraming(httpContext, proxyResponse);
        var isCopied = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (proxyResponse is null) return isCopied;

        var headers = httpContext.Response.Headers;
        if (proxyResponse.Headers.NonValidated.TryGetValues(HeaderNames.Connection, out var connection)) HopByHopHeaders.Remove(headers, connection.ToArray());
        ConnectionAuthentication.RemoveChallenges(headers);
        if (!MessageSyntax.IsReasonPhrase(proxyResponse.ReasonPhrase)) httpContext.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = null;
        headers.Via = Via(headers.Via, proxyResponse.Version.ToString());
        return isCopied;
    }

    // What is thrown here is a 502.
    private static void CheckFraming(HttpContext context, HttpResponseMessage response)
    {
        try
        {
            if (ResponseFraming.EndsWithConnection(response)) context.DisableQueryCacheStorage();
        }
        catch (InvalidDataException)
        {
            // Where this response ends, and the next would begin, is not certain.
            OriginConnection.CloseCurrent();
            throw;
        }
    }

    /// <summary>The URI whose path and query the HTTP client writes into the request line, byte by byte.</summary>
    /// <exception cref="ArgumentException">The target is none that can be written.</exception>
    internal static Uri OriginUri(string destinationPrefix, string target)
    {
        // The second check, whatever came before: SocketsHttpHandler would send the bytes of other requests.
        if (target is not ['/', ..] || !MessageSyntax.IsTarget(target)) throw new ArgumentException("The request target cannot be written into a request line.", nameof(target));
        var uri = new Uri(destinationPrefix + target, AsItIs);
        return uri.PathAndQuery == target ? uri : throw new ArgumentException("The request target would be changed.", nameof(target));
    }

    // An expectation is about content that the client still holds back. The cache reads the content of a QUERY up to its limit.
    private bool IsContentOutstanding(HttpRequest request)
    {
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }) return false;
        return request.Method is not "QUERY" || options.NoCache || request.ContentLength > cacheOptions.Value.MaximumContentLength;
    }

    // One line, so that the order of those who passed it on is plain.
    private static string Via(StringValues earlier, string version) => string.Join(", ", [.. earlier, $"{version} {Gateway.Name}"]);
}
