using HttpQuery.SharedCache;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the shared HTTP cache to the request pipeline.</summary>
public static class HttpQueryApplicationBuilderExtensions
{
    /// <summary>Puts a shared cache for GET and QUERY in front of the rest of the pipeline: endpoints, or a
    /// reverse proxy (RFC 9111, RFC 10008 §2.7).</summary>
    /// <remarks>Order: forwarded headers, exception handler, routing, CORS, authentication, authorization, rate limiter,
    /// <b>cache</b>, response compression, request decompression, endpoints. Requests to endpoints whose authorization has not run
    /// bypass the cache, and a warning is logged.</remarks>
    /// <param name="app">The pipeline.</param>
    /// <exception cref="InvalidOperationException"><c>AddHttpQueryCache</c> was not called.</exception>
    public static IApplicationBuilder UseHttpQueryCache(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.ApplicationServices.GetService<PipelineOrderCheck>() is not { } order)
            throw new InvalidOperationException("UseHttpQueryCache needs its services. Call builder.Services.AddHttpQueryCache() first.");
        order.IsInPipeline = true;
        return app.UseMiddleware<QueryCacheMiddleware>();
    }
}
