using System.Text.Json;
using HttpQuery.Http;
using HttpQuery.Problems;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Negotiation;

/// <summary>Names the position of an error in JSON content that the framework failed to bind (§2.1, 400).</summary>
/// <remarks>Parameter binding reports such an error by an exception in Development and by a bare 400 elsewhere; neither tells
/// the client the position. (.NET 11 adds problem details, which <see cref="JsonBindingProblemWriter"/> keeps back.) The
/// setting behind that belongs to the whole application, so it stays as it is. Instead, the bytes are kept while they are
/// bound, and read once more if binding fails.</remarks>
internal sealed class JsonBindingHandler(RequestDelegate next, Type queryType, bool optional, int maximumLength)
{
    /// <summary>Returns the handler itself, or a handler that watches it if JSON content is bound to a parameter.</summary>
    public static RequestDelegate Wrap(RequestDelegate handler, Endpoint endpoint, HttpQueryOptions options)
    {
        var accepts = endpoint.Metadata.GetMetadata<IAcceptsMetadata>();
        return accepts?.RequestType is { } type && accepts.ContentTypes.Any(IncludesJson) && IsBound(type, endpoint)
            ? new JsonBindingHandler(handler, type, accepts.IsOptional, options.JsonErrorBufferLimit).InvokeAsync
            : handler;
    }

    private static bool IncludesJson(string mediaType) =>
        JsonMediaType.IsJson(mediaType) || mediaType.Contains('*', StringComparison.Ordinal);

    // Accepts<T>() may also only document a handler that reads the content by itself.
    private static bool IsBound(Type type, Endpoint endpoint) => endpoint.Metadata
        .GetOrderedMetadata<IParameterBindingMetadata>()
        .Any(parameter => parameter.ParameterInfo.ParameterType == type && !parameter.HasBindAsync && !parameter.HasTryParse);

    private async Task InvokeAsync(HttpContext context)
    {
        var mediaType = context.Request.ContentType;
        if (!JsonMediaType.IsJson(mediaType))
        {
            await next(context);
            return;
        }
        if (JsonMediaType.GetEncoding(mediaType) is null)
        {
            await UnsupportedCharsetProblem.WriteAsync(context);
            return;
        }

        JsonMediaType.UnquoteCharset(context.Request);
        using var retained = new RetainedContentFeature(context, maximumLength);
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode is 400 && !context.Response.HasStarted)
        {
            retained.Release();
            if (await TryLocateAsync(context, retained.Content)) return;
            if (exception.InnerException is not JsonException) throw;
            await new JsonError(null, null).WriteAsync(context);
            return;
        }
        finally
        {
            retained.Release();
        }

        if (context.Response is not { StatusCode: 400, HasStarted: false, ContentLength: null, ContentType: null }) return;
        if (!await TryLocateAsync(context, retained.Content) && retained.HasFailed) await new JsonError(null, null).WriteAsync(context);
    }

    // If the second reading finds no error, or is not possible, the 400 may be the handler's own, and stays as it is.
    private async Task<bool> TryLocateAsync(HttpContext context, RetainingPipeReader? content)
    {
        // Another charset is transcoded on a path that bypasses the kept bytes. If nothing was read, binding failed before it reached the
        // content.
        if (content is not { WasRead: true } || !JsonMediaType.IsUtf8(context.Request.ContentType)) return false;

        var bytes = content.Retain();
        if (content.IsTooLong) return false;
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        if (JsonError.Find(bytes, queryType, optional, options) is not { } error) return false;
        await error.WriteAsync(context);
        return true;
    }
}
