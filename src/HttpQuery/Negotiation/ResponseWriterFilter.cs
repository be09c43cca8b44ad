using Microsoft.AspNetCore.Http;

namespace HttpQuery.Negotiation;

/// <summary>Writes the value that a handler returned as a further media type, if the request prefers it (§2.1).</summary>
internal sealed class ResponseWriterFilter<TValue>(string mediaType, Func<TValue, HttpContext, Task> write)
{
    /// <summary>An endpoint filter: errors, and values for another writer, pass through.</summary>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        if (context.HttpContext.Features.Get<NegotiatedMediaTypeFeature>()?.Text != mediaType) return result;

        while (result is INestedHttpResult nested) result = nested.Result;
        return result switch
        {
            TValue value => new WrittenResult(null, value, mediaType, write),
            IValueHttpResult { Value: TValue value } and IStatusCodeHttpResult { StatusCode: var status }
                when status is null or (>= 200 and < 300)
                => new WrittenResult(status, value, mediaType, write),
            _ => result,
        };
    }

    private sealed class WrittenResult(int? status, TValue value, string mediaType, Func<TValue, HttpContext, Task> write) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (status is { } declared) httpContext.Response.StatusCode = declared;
            httpContext.Response.ContentType = mediaType;
            return write(value, httpContext);
        }
    }
}
