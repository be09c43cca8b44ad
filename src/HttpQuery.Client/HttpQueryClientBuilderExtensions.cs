using HttpQuery;
using HttpQuery.Caching;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds to clients of <c>AddHttpClient</c>.</summary>
public static class HttpQueryClientBuilderExtensions
{
    /// <summary>Puts a private cache for GET and QUERY into the client (RFC 9111, RFC 10008 §2.7).</summary>
    /// <remarks>One cache for each named client, for as long as the application runs, whatever becomes of its handlers. Add it before handlers that retry. See <see cref="QueryCacheHandler"/> for whose
    /// responses are kept apart.</remarks>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    /// <example><code>
    /// services.AddHttpClient("rfcs", http => http.BaseAddress = new("https://api.test")).AddQueryCache();
    /// </code></example>
    public static IHttpClientBuilder AddQueryCache(this IHttpClientBuilder builder, Action<PrivateCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new PrivateCacheOptions();
        configure?.Invoke(options);
        builder.Services.AddKeyedSingleton(builder.Name, (services, _) => QueryCacheHandler.CreateCache(options, services.GetService<TimeProvider>()));
        return builder.AddHttpMessageHandler(services => new QueryCacheHandler(services.GetRequiredKeyedService<QueryCache>(builder.Name), options));
    }
}
