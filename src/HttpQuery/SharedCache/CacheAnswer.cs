using HttpQuery.Caching;
using HttpQuery.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.SharedCache;

/// <summary>Writes what the cache says.</summary>
internal static class CacheAnswer
{
    public static async Task WriteAsync(HttpContext context, CachedMessage message)
    {
        var response = context.Response;
        response.StatusCode = message.Status;
        var headers = response.Headers;
        foreach (var (name, lines) in message.Stored)
        {
            // A cookie that somebody before the cache sets is this request's.
            if (name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)) headers.Append(name, lines);
            else headers[name] = lines;
        }
        headers.Age = message.Age;
        if (message.ContentRange is { } range) headers.ContentRange = range;
        SetStatus(headers, message.CacheStatus);

        // An error without content may be given a page by somebody before the cache, as long as nothing says that it is to have none.
        if (message.ContentLength is { } length && (length > 0 || message.Status < 400)) headers.ContentLength = length;
        if (!message.Content.IsEmpty) await response.Body.WriteAsync(message.Content, context.RequestAborted);
    }

    /// <summary>504: only what is stored was asked for, and nothing is (RFC 9111 §5.2.1.7).</summary>
    public static Task RefuseAsync(HttpContext context, CacheDecision.Refuse refusal)
    {
        SetStatus(context.Response.Headers, refusal.Status);
        return QueryProblems.WriteAsync(context, StatusCodes.Status504GatewayTimeout, Refusal.OnlyIfCached, "The request asks for a stored response alone (only-if-cached), and there is none.");
    }

    /// <summary>Sets Cache-Status, unless there are no lines of it.</summary>
    public static void SetStatus(IHeaderDictionary headers, StringValues lines)
    {
        if (lines.Count > 0) headers[CacheStatus.FieldName] = lines;
    }
}
