using HttpQuery.Caching;
using HttpQuery.Internal;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.SharedCache;

/// <summary>Writes what the cache says.</summary>
internal static class CacheAnswer
{
    public static async Task WriteAsync(HttpContext context, CacheTransaction transaction)
    {
        var (answer, response) = (transaction.Answer(), context.Response);
        response.StatusCode = answer.Status;
        var headers = response.Headers;
        foreach (var (name, lines) in answer.Fields)
        {
            // A cookie that somebody before the cache sets is this request's.
            if (name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)) headers.Append(name, lines);
            else headers[name] = lines;
        }

        // An error without content may be given a page by somebody before the cache, as long as nothing says that it is to have none.
        if (answer.ContentLength is { } length && (length > 0 || answer.Status < 400)) headers.ContentLength = length;
        if (!answer.Content.IsEmpty) await response.Body.WriteAsync(answer.Content, context.RequestAborted);
    }

    /// <summary>504: only what is stored was asked for, and nothing is (RFC 9111 §5.2.1.7).</summary>
    public static Task RefuseAsync(HttpContext context, CacheTransaction transaction)
    {
        AddStatus(context.Response.Headers, transaction);
        return QueryProblems.WriteAsync(context, StatusCodes.Status504GatewayTimeout, Refusal.OnlyIfCached, "The request asks for a stored response alone (only-if-cached), and there is none.");
    }

    public static void AddStatus(IHeaderDictionary headers, CacheTransaction transaction)
    {
        if (transaction.StatusValue(headers[CacheStatus.FieldName]) is { Count: > 0 } status) headers[CacheStatus.FieldName] = status;
    }
}
