using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Status;
using HttpQuery.Diagnostics;
using HttpQuery.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.SharedCache;

/// <summary>Writes the responses of the cache.</summary>
internal static class CachedResponseWriter
{
    public static async Task WriteAsync(HttpContext context, CachedMessage message)
    {
        var response = context.Response;
        response.StatusCode = message.Status;
        var headers = response.Headers;
        foreach (var (name, lines) in message.Stored)
        {
            // A cookie that middleware before the cache sets belongs to this request, so it stays.
            if (name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)) headers.Append(name, lines);
            else headers[name] = lines;
        }
        headers.Age = message.Age;
        if (message.ContentRange is { } range) headers.ContentRange = range;
        SetStatus(headers, message.CacheStatus);

        // Middleware before the cache may add a page to an error with no body, but only if no Content-Length says that the body is empty.
        if (message.ContentLength is { } length && (length > 0 || message.Status < 400)) headers.ContentLength = length;
        if (!message.Content.IsEmpty) await response.Body.WriteAsync(message.Content, context.RequestAborted);
    }

    /// <summary>Writes 504: the request asks for a stored response only, and none is stored (RFC 9111 §5.2.1.7).</summary>
    public static Task WriteOnlyIfCachedAsync(HttpContext context, CacheDecision.Refuse decision)
    {
        SetStatus(context.Response.Headers, decision.Status);
        return ProblemWriter.WriteAsync(
            context, StatusCodes.Status504GatewayTimeout, RejectionReason.OnlyIfCached,
            "The request accepts only a stored response (only-if-cached), but none is stored.");
    }

    /// <summary>Sets Cache-Status, unless it has no lines.</summary>
    public static void SetStatus(IHeaderDictionary headers, StringValues lines)
    {
        if (lines.Count > 0) headers[CacheStatus.HeaderName] = lines;
    }
}
