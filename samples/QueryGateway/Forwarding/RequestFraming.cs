using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace QueryGateway.Forwarding;

/// <summary>Finds requests whose content has no certain end (RFC 9112 §6; RFC 9113 §8.2.2).</summary>
internal static class RequestFraming
{
    // Headers of an HTTP/1.1 connection, which no frame may carry.
    private static readonly string[] ConnectionNames = [HeaderNames.Connection, HeaderNames.KeepAlive, HeaderNames.ProxyConnection, HeaderNames.TransferEncoding, HeaderNames.Upgrade];

    /// <summary>Returns the status and the reason to refuse the request with; <see langword="null"/> if nothing is wrong.</summary>
    public static (int Status, string Reason)? FindFault(HttpRequest request)
    {
        var headers = request.Headers;
        if (HttpProtocol.IsHttp2(request.Protocol) || HttpProtocol.IsHttp3(request.Protocol))
            return Array.Exists(ConnectionNames, headers.ContainsKey) ? (StatusCodes.Status400BadRequest, "The request has a header of an HTTP/1.1 connection.") : null;
        if (headers.TransferEncoding is not { Count: > 0 } coding) return null;

        // The server removes chunked and leaves other codings on, which would be forwarded unnamed.
        if (!string.Equals(coding, "chunked", StringComparison.OrdinalIgnoreCase)) return (StatusCodes.Status501NotImplemented, "Chunked is the only transfer coding that is read here.");
        if (HttpProtocol.IsHttp10(request.Protocol)) return (StatusCodes.Status400BadRequest, "HTTP/1.0 has no Transfer-Encoding.");

        // Kestrel renames a Content-Length that comes beside it, which is how requests are smuggled.
        return headers.ContainsKey("X-Content-Length") ? (StatusCodes.Status400BadRequest, "The request has Transfer-Encoding and Content-Length.") : null;
    }

    /// <summary>Whether the request has content that some servers do not expect, and might take for the next request (RFC 9110 §9.3.1, §9.3.2, §9.3.8).</summary>
    public static bool HasUnexpectedContent(HttpRequest request) =>
        request.Method is "GET" or "HEAD" or "TRACE" && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
}
