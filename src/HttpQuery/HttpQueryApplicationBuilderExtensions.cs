using HttpQuery.SharedCache;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds to the pipeline.</summary>
public static class HttpQueryApplicationBuilderExtensions
{
    /// <summary>Puts a shared cache for GET and QUERY in front of what follows: endpoints, or a reverse proxy (RFC 9111, RFC 10008 §2.7).</summary>
    /// <remarks>Its place: forwarded headers, exception handler, routing, CORS, authentication, authorization, rate limiter, <b>cache</b>, response compression, request decompression, endpoints.
    /// Requests of endpoints whose authorization has not been asked pass by it, and the log says so.</remarks>
    /// <param name="app">The pipeline.</param>
    /// <exception cref="InvalidOperationException"><c>AddHttpQueryCache</c> was not called.</exception>
    public static IApplicationBuilder UseHttpQueryCache(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.ApplicationServices.GetService<CachePosition>() is not { } position)
            throw new InvalidOperationException("UseHttpQueryCache needs its services: call builder.Services.AddHttpQueryCache() first.");
        position.IsInPipeline = true;
        return app.UseMiddleware<QueryCacheMiddleware>();
    }
}
