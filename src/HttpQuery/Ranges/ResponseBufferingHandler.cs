using HttpQuery.Conditions;
using HttpQuery.Diagnostics;
using HttpQuery.ResponseBody;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Ranges;

/// <summary>Buffers a handler's whole response, then stores it (§2.3), adds an entity tag (§2.6) or sends the requested part
/// (§2.8).</summary>
internal sealed class ResponseBufferingHandler(
    RequestDelegate next, bool entityTag, bool ranges, int maximumLength, Func<HttpContext, ReadOnlyMemory<byte>, Task>? store)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var response = context.Response;
        var original = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var buffer = new ResponseBufferFeature(original, maximumLength);
        context.Features.Set<IHttpResponseBodyFeature>(buffer);
        try
        {
            try
            {
                await next(context);
                await buffer.CompleteAsync();
            }
            finally
            {
                context.Features.Set(original);
            }

            if (!buffer.IsWhole)
                Log.ResponseNotBuffered(context.RequestServices.GetRequiredService<QueryTelemetry>().Logger, maximumLength);
            else if (response.StatusCode is StatusCodes.Status200OK) await SendAsync(context, buffer.Bytes, ranges || buffer.SendsRanges);
            else await WriteAsync(response, buffer.Bytes);
        }
        finally
        {
            buffer.Release();
        }
    }

    private async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> bytes, bool inParts)
    {
        var response = context.Response;
        if (store is not null) await store(context, bytes);
        if (entityTag && StringValues.IsNullOrEmpty(response.Headers.ETag))
            RequestPreconditions.SetValidators(context, GetTag(response, bytes.Span), lastModified: null);

        var outcome = RequestPreconditions.Evaluate(context);
        if (outcome is not PreconditionOutcome.Proceed) await RequestPreconditions.WriteAsync(context, outcome);
        else if (inParts) await RangeResponseWriter.SendAsync(context, new MemoryRangeSource(bytes));
        else await WriteAsync(response, bytes);
    }

    private static async Task WriteAsync(HttpResponse response, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        response.ContentLength ??= bytes.Length;
        await response.BodyWriter.WriteAsync(bytes, response.HttpContext.RequestAborted);
    }

    // Weak: a middleware may still encode the content, and the tag promises the same result, not the same bytes (RFC 9110 §8.8.1).
    private static EntityTag GetTag(HttpResponse response, ReadOnlySpan<byte> bytes) =>
        ComputedEntityTag.Create($"{response.ContentType}\n{response.Headers.ContentLanguage}", bytes, isWeak: true);
}
