using HttpQuery.Http;
using HttpQuery.Problems;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Negotiation;

/// <summary>Marks an action whose parameter is bound from the content, and keeps that content while it is bound.</summary>
internal sealed class BoundActionMetadata(int maximumLength)
{
    public RequestDelegate Wrap(RequestDelegate next) => async context =>
    {
        if (!JsonMediaType.IsJson(context.Request.ContentType))
        {
            await next(context);
            return;
        }
        if (JsonMediaType.GetEncoding(context.Request.ContentType) is null)
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
        catch (Exception exception)
            when (!context.Response.HasStarted
                && (exception is BadHttpRequestException || !retained.IsBound)
                && UnreadableContentProblem.TryWrite(context, exception) is { } writing)
        {
            // MVC does not handle these, and an exception handler would turn them into a 500.
            await writing;
        }
        finally
        {
            retained.Release();
        }
    };
}
