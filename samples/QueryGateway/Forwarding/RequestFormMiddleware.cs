using System.Globalization;
using Microsoft.AspNetCore.Http.Features;

namespace QueryGateway.Forwarding;

/// <summary>Brings each request into the form in which it is looked up and forwarded, or answers it if it cannot be forwarded.</summary>
/// <remarks>It stands before routing and the cache: the cache must see what the origin receives.</remarks>
internal sealed class RequestFormMiddleware(RequestDelegate next, GatewayOptions options)
{
    // A request without a host asks for the default one, which is the origin (RFC 9112 §3.3).
    private readonly string _defaultHost = HostOf(options.Origin);

    public Task InvokeAsync(HttpContext context)
    {
        var (request, feature) = (context.Request, context.Features.GetRequiredFeature<IHttpRequestFeature>());

        // Before anything reads the request.
        if (MessageSyntax.FindFault(feature) is { } fault) return RefuseAsync(StatusCodes.Status400BadRequest, fault);

        // Frameworks compare methods without case, caches and origins do not (RFC 9110 §9.1).
        if (HttpMethods.GetCanonicalizedValue(request.Method) is var known && known != request.Method)
            return RefuseAsync(StatusCodes.Status501NotImplemented, $"Methods are case-sensitive. Did you mean {known}?");

        if (HttpMethods.IsConnect(request.Method))
        {
            if (context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true } connect)
                return RefuseAsync(StatusCodes.Status501NotImplemented, "This is a gateway to one origin; it opens no tunnels.");
            if (!string.Equals(connect.Protocol, "websocket", StringComparison.OrdinalIgnoreCase))
                return RefuseAsync(StatusCodes.Status501NotImplemented, "The only protocol for extended CONNECT is websocket.");
        }

        // The server as a whole is asked, and that is the gateway (RFC 9112 §3.2.4).
        if (request.Method is "OPTIONS" && RequestTargetForm.IsServer(feature.RawTarget)) return AnswerAsync(context, StatusCodes.Status204NoContent);
        if (!RequestTargetForm.TryRead(feature.RawTarget, out var target, out var authority))
            return RefuseAsync(StatusCodes.Status400BadRequest, "The request target must be a path, or an http or https URI without a user name.");

        if (string.IsNullOrEmpty(request.Headers.Host)) request.Headers.Host = authority ?? _defaultHost;
        if (!MessageSyntax.IsHost(request.Headers.Host)) return RefuseAsync(StatusCodes.Status400BadRequest, "Host, or the authority of the target, must be one host name or address, with a port or without.");

        if (RequestFraming.FindFault(request) is var (status, reason)) return RefuseAsync(status, reason);

        if (request.Headers.Expect is { Count: > 0 } expectation)
        {
            var isEmpty = string.IsNullOrEmpty(expectation);
            if (!isEmpty && !string.Equals(expectation, "100-continue", StringComparison.OrdinalIgnoreCase))
                return RefuseAsync(StatusCodes.Status417ExpectationFailed, "The only expectation that can be met is 100-continue.");

            // RFC 9110 §10.1.1: it has no meaning in HTTP/1.0.
            if (isEmpty || HttpProtocol.IsHttp10(request.Protocol)) request.Headers.Remove("Expect");
        }

        if (request.Method is "OPTIONS" or "TRACE" && !MayForward(request.Headers))
        {
            if (request.Method is "OPTIONS") return AnswerAsync(context, StatusCodes.Status204NoContent);
            return RefuseAsync(StatusCodes.Status501NotImplemented, "TRACE is not answered here.");
        }

        HopByHopHeaders.Remove(request.Headers, request.Headers.Connection);
        JoinLines(request.Headers);

        // Only a GET without content can be upgraded; the forwarder would send another method as GET.
        if (request.Method is not ("GET" or "CONNECT") || RequestFraming.HasUnexpectedContent(request)) request.Headers.Remove("Upgrade");

        // The server's decoded path is of no use here, and differs with the form of the target.
        var query = target.IndexOf('?', StringComparison.Ordinal);
        feature.RawTarget = target;
        feature.Path = query < 0 ? target : target[..query];
        feature.QueryString = query < 0 ? "" : target[query..];
        return next(context);

        Task RefuseAsync(int status, string detail) => Results.Problem(detail, statusCode: status).ExecuteAsync(context);
    }

    // The origin receives one line, so the cache must see one: two lines and one could look alike to it.
    private static void JoinLines(IHeaderDictionary headers)
    {
        string[] repeated = [.. headers.Where(header => header.Value.Count > 1).Select(header => header.Key)];
        foreach (var name in repeated) headers[name] = string.Join(name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) ? "; " : ", ", (IEnumerable<string?>)headers[name]);
    }

    // RFC 9110 §7.6.2: the recipient that counts to zero answers.
    private static bool MayForward(IHeaderDictionary headers)
    {
        if (!int.TryParse(headers.MaxForwards, NumberStyles.None, CultureInfo.InvariantCulture, out var rest)) return true;
        if (rest == 0) return false;
        headers.MaxForwards = (rest - 1).ToString(CultureInfo.InvariantCulture);
        return true;
    }

    private static Task AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static string HostOf(Uri origin)
    {
        var host = origin.HostNameType is UriHostNameType.IPv6 ? origin.Host : origin.IdnHost;
        return origin.IsDefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{origin.Port}");
    }
}
