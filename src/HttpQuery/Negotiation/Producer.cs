using Microsoft.AspNetCore.Http;

namespace HttpQuery.Negotiation;

/// <summary>Writes the value that a handler returned as a further media type, if the request prefers it (§2.1).</summary>
internal sealed class Producer<TValue>(string mediaType, Func<TValue, HttpContext, Task> write)
{
    /// <summary>An endpoint filter: errors, and values for another producer, pass through.</summary>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        if (context.HttpContext.Features.Get<NegotiatedMediaType>()?.Text != mediaType) return result;

        while (result is INestedHttpResult nested) result = nested.Result;
        return result switch
        {
            TValue value => new Produced(null, value, mediaType, write),
            IValueHttpResult { Value: TValue value } and IStatusCodeHttpResult { StatusCode: var status }
                when status is null or (>= 200 and < 300)
                => new Produced(status, value, mediaType, write),
            _ => result,
        };
    }

    private sealed class Produced(int? status, TValue value, string mediaType, Func<TValue, HttpContext, Task> write) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (status is { } stated) httpContext.Response.StatusCode = stated;
            httpContext.Response.ContentType = mediaType;
            return write(value, httpContext);
        }
    }
}
