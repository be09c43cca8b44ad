using HttpQuery.CacheKeys;
using HttpQuery.Internal;
using HttpQuery.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Conditions;

/// <summary>Reads the content before the handler does and computes the key of the query (§2.6, §2.7).</summary>
internal sealed class KeyedContent(RequestDelegate next, int maximumLength)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            var wasBegun = context.Request.Body is { CanSeek: true, Position: > 0 };
            var content = await BufferedContent.ReadAsync(context, maximumLength);
            context.Features.Set(new QueryKeyFeature(wasBegun ? null : KeyOf(context, content)));
        }
        catch (Exception exception) when (UnreadableContent.TryAnswer(context, exception) is { } answer)
        {
            await answer;
            return;
        }
        await next(context);
    }

    private QueryCacheKey? KeyOf(HttpContext context, BufferedContent content)
    {
        // Somebody has read it before, or the beginning of it, so nobody knows what is asked. (A coding that was removed leaves its own length in the field.)
        var detection = context.Features.Get<IHttpRequestBodyDetectionFeature>();
        var canHaveContent = detection?.CanHaveBody ?? context.Request.ContentLength is not 0;
        if (content.Octets.IsEmpty && canHaveContent) return null;
        if (content.IsWhole && detection is not RequestAsSent.CodedContent && context.Request.ContentLength is { } length && content.Octets.Length < length) return null;
        if (!content.IsWhole)
        {
            Log.ContentNotBuffered(context.RequestServices.GetRequiredService<QueryTelemetry>().Logger, maximumLength);
            return null;
        }

        var request = context.Request;
        using var builder = context.RequestServices.GetRequiredService<QueryCacheKeyScheme>().CreateBuilder();
        builder.Start(HttpMethods.Query, request.Scheme, request.Host.Value, TargetOf(context));
        foreach (var (name, lines) in request.Headers)
        {
            foreach (var line in lines) builder.AddField(name, line);
        }
        return builder.Complete(content.Octets.Span);
    }

    // As it was sent: the decoded path would let two targets meet.
    private static string TargetOf(HttpContext context) =>
        context.Features.Get<IHttpRequestFeature>() is { RawTarget: ['/', ..] } request
            ? request.RawTarget
            : context.Request.PathBase.ToUriComponent() + context.Request.Path.ToUriComponent() + context.Request.QueryString;
}
