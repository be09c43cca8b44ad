using HttpQuery.CacheKeys;
using HttpQuery.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Conditions;

/// <summary>Reads the content before the handler does and computes the key of the query (§2.6, §2.7).</summary>
internal sealed class KeyedContent(RequestDelegate next, int maximumLength)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            context.Features.Set(new QueryKeyFeature(KeyOf(context, await BufferedContent.ReadAsync(context, maximumLength))));
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
        if (!content.IsWhole) Log.ContentNotBuffered(context.RequestServices.GetRequiredService<QueryTelemetry>().Logger, maximumLength);

        // Somebody may have read it before, so nobody knows what is asked.
        if (!content.IsCertain) return null;

        var request = context.Request;
        using var builder = context.RequestServices.GetRequiredService<QueryCacheKeyScheme>().CreateBuilder();
        builder.Start(HttpMethods.Query, request.Scheme, request.Host.Value, RequestTarget.Of(context));
        foreach (var (name, lines) in request.Headers)
        {
            foreach (var line in lines) builder.AddField(name, line);
        }
        return builder.Complete(content.Octets.Span);
    }
}
