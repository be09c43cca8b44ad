using HttpQuery.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Negotiation;

/// <summary>Names the position of an error in JSON content that the framework failed to bind (§2.1, 400).</summary>
/// <remarks>Parameter binding reports such an error by an exception in Development and by a bare 400 elsewhere; neither shows the
/// client where it is. The setting behind that belongs to the whole application, so it stays as it is. Instead the octets are
/// kept while they are bound, and read once more where binding has failed.</remarks>
internal sealed class BoundJsonContent(RequestDelegate next, Type queryType, bool optional, int maximumLength)
{
    /// <summary>The handler itself, or a handler that watches over it where a JSON content is bound to a parameter.</summary>
    public static RequestDelegate Wrap(RequestDelegate handler, Endpoint endpoint, HttpQueryOptions options)
    {
        var accepts = endpoint.Metadata.GetMetadata<IAcceptsMetadata>();
        return accepts?.RequestType is { } type
            && accepts.ContentTypes.Any(QueryContentTypes.IsJson)
            && endpoint.Metadata.GetMetadata<ReadsJsonItself>() is null
            ? new BoundJsonContent(handler, type, accepts.IsOptional, options.MaximumLocatedContentLength).InvokeAsync
            : handler;
    }

    private async Task InvokeAsync(HttpContext context)
    {
        if (!HttpMethods.IsQuery(context.Request.Method) || !QueryContentTypes.IsJson(context.Request.ContentType))
        {
            await next(context);
            return;
        }

        QueryContentTypes.UnquoteCharset(context.Request);
        var original = context.Features.Get<IRequestBodyPipeFeature>();
        using var retained = new RetainingPipeReader(context.Request.BodyReader, maximumLength);
        context.Features.Set<IRequestBodyPipeFeature>(retained);
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode is 400 && !context.Response.HasStarted)
        {
            if (await TryExplainAsync(context, retained)) return;
            throw;
        }
        finally
        {
            context.Features.Set(original);
        }

        if (context.Response is { StatusCode: 400, HasStarted: false, ContentLength: null, ContentType: null })
            await TryExplainAsync(context, retained);
    }

    private async Task<bool> TryExplainAsync(HttpContext context, RetainingPipeReader content)
    {
        // Another charset is transcoded by a way that passes by the kept octets.
        if (!QueryContentTypes.IsUtf8(context.Request.ContentType)) return await TellAsync("the content is not UTF-8");

        // Binding failed before it came to the content.
        if (!content.WasRead) return false;

        var octets = content.Retain();
        if (content.IsTooLong) return await TellAsync($"the content is longer than {maximumLength} bytes");
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        if (JsonError.Find(octets, queryType, optional, options) is not { } error) return false;
        await error.WriteAsync(context);
        return true;

        async Task<bool> TellAsync(string reason)
        {
            await QueryProblems.WriteAsync(context, 400, $"The request is malformed. Where is not known, because {reason}.");
            return true;
        }
    }
}

/// <summary>Metadata of endpoints that read JSON by themselves and answer its errors.</summary>
internal sealed class ReadsJsonItself
{
    public static readonly ReadsJsonItself Instance = new();
}
