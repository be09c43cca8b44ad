using HttpQuery.CacheKeys;
using HttpQuery.Internal;
using HttpQuery.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Conditions;

/// <summary>Reads the content of a request ahead and computes the key of its query (§2.7).</summary>
internal static class RequestKey
{
    /// <returns><see langword="null"/> where the content is longer than <paramref name="maximumLength"/>, or somebody has begun to read it before.</returns>
    /// <exception cref="BadHttpRequestException">The content breaks off, comes too slowly, or is longer than the server takes.</exception>
    /// <exception cref="InvalidDataException">Its coding is broken.</exception>
    public static async ValueTask<QueryCacheKey?> ReadAsync(HttpContext context, QueryCacheKeyScheme scheme, int maximumLength)
    {
        var wasBegun = context.Request.Body is { CanSeek: true, Position: > 0 };
        var content = await BufferedContent.ReadAsync(context, maximumLength);
        if (wasBegun || !IsAll(context, content)) return null;
        if (content.IsWhole) return KeyOf(context, scheme, content);

        if (context.RequestServices.GetService<QueryTelemetry>() is { } telemetry) Log.ContentNotBuffered(telemetry.Logger, maximumLength);
        return null;
    }

    // Where somebody has read it before, or the beginning of it, nobody knows what is asked. (A coding that was removed leaves its own length in the field.)
    private static bool IsAll(HttpContext context, BufferedContent content)
    {
        var detection = context.Features.Get<IHttpRequestBodyDetectionFeature>();
        var canHaveContent = detection?.CanHaveBody ?? context.Request.ContentLength is not 0;
        if (content.Octets.IsEmpty && canHaveContent) return false;
        return !content.IsWhole || detection is RequestAsSent.CodedContent || context.Request.ContentLength is not { } length || content.Octets.Length >= length;
    }

    private static QueryCacheKey KeyOf(HttpContext context, QueryCacheKeyScheme scheme, BufferedContent content)
    {
        var request = context.Request;
        using var builder = scheme.CreateBuilder();
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
