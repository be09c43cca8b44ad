using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.SharedCache;

/// <summary>Applications with a shared cache, whose handlers count how often they run.</summary>
internal static class CachedServer
{
    /// <summary>One endpoint at <c>/rfcs</c>, for GET and QUERY, that answers <c>method content #n</c>.</summary>
    /// <param name="cacheControl">What it says of its responses.</param>
    /// <param name="refine">Adds to the endpoint.</param>
    /// <param name="configure">Changes options.</param>
    public static Task<QueryServer> StartAsync(
        string? cacheControl = "max-age=60", Action<IEndpointConventionBuilder>? refine = null, Action<HttpQueryCacheOptions>? configure = null)
    {
        var count = 0;
        return StartAsync(
            app =>
            {
                var endpoint = app.MapMethods("/{**path}", ["GET", "HEAD", "QUERY"], async (HttpContext context) =>
                {
                    using var reader = new StreamReader(context.Request.Body);
                    var content = await reader.ReadToEndAsync();
                    if (cacheControl is not null) context.Response.Headers.CacheControl = cacheControl;
                    await context.Response.WriteAsync($"{context.Request.Method} {content} #{++count}");
                });
                refine?.Invoke(endpoint);
                app.MapMethods("/{**path}", ["POST", "PUT", "DELETE"], (HttpContext context) => context.Response.StatusCode = context.Request.Query.ContainsKey("fail") ? 409 : 204);
            },
            configure);
    }

    /// <summary>An application of its own endpoints behind a cache.</summary>
    public static Task<QueryServer> StartAsync(Action<WebApplication> map, Action<HttpQueryCacheOptions>? configure = null, Action<WebApplicationBuilder>? build = null) => QueryServer.StartAsync(
        app =>
        {
            app.UseHttpQueryCache();
            map(app);
        },
        builder =>
        {
            builder.Services.AddHttpQueryCache(configure);
            build?.Invoke(builder);
        });
}
