using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpLogging;

namespace HttpQuery.Pipeline;

/// <summary>Keeps query content out of <c>UseHttpLogging</c>: data that is sensitive in a URI is also sensitive in content (§4).</summary>
/// <remarks>An endpoint that declares <c>WithHttpLogging</c> or <c>[HttpLogging]</c> overrides this.</remarks>
internal sealed class QueryLoggingInterceptor : IHttpLoggingInterceptor
{
    public ValueTask OnRequestAsync(HttpLoggingInterceptorContext logContext)
    {
        var context = logContext.HttpContext;
        if (HttpMethods.IsQuery(context.Request.Method) && context.GetEndpoint()?.Metadata.GetMetadata<HttpLoggingAttribute>() is null)
            logContext.Disable(HttpLoggingFields.RequestBody);
        return default;
    }

    public ValueTask OnResponseAsync(HttpLoggingInterceptorContext logContext) => default;
}
