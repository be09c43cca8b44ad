using System.Collections.Concurrent;
using HttpQuery;
using HttpQuery.Caching;
using HttpQuery.PrivateCache;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds to clients of <c>AddHttpClient</c>.</summary>
public static class HttpQueryClientBuilderExtensions
{
    /// <summary>Puts a private cache for GET and QUERY into the client (RFC 9111, RFC 10008 §2.7).</summary>
    /// <remarks>Each named client has one cache for as long as the application runs. Order matters: first handlers that add credentials, then the cache, then handlers that retry. See
    /// <see cref="QueryCacheHandler"/> for how users are told apart.</remarks>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    /// <example><code>
    /// services.AddHttpClient("rfcs", http => http.BaseAddress = new("https://api.test"))
    ///     .AddHttpMessageHandler&lt;AddsBearerToken&gt;()
    ///     .AddQueryCache();
    /// </code></example>
    /// <exception cref="ArgumentException">An option is out of range, or a credential header is not the name of a header.</exception>
    public static IHttpClientBuilder AddQueryCache(this IHttpClientBuilder builder, Action<PrivateCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new PrivateCacheOptions();
        configure?.Invoke(options);
        options.Validate();

        // The name is the handler's: what is added to the defaults of all clients has none, and each is to have its own.
        var key = new object();
        builder.Services.AddKeyedSingleton(key, (services, _) => new PrivateCaches(options, services.GetService<TimeProvider>()));
        builder.Services.Configure<HttpClientFactoryOptions>(builder.Name, factory => factory.HttpMessageHandlerBuilderActions.Add(handlers =>
            handlers.AdditionalHandlers.Add(new QueryCacheHandler(handlers.Services.GetRequiredKeyedService<PrivateCaches>(key).Of(handlers.Name ?? ""), options, handlers.Services.GetService<ILoggerFactory>(), handlers.Name))));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, OutgoingRequestHandler.Filter>());
        return builder;
    }

    private sealed class PrivateCaches(PrivateCacheOptions options, TimeProvider? time)
    {
        private readonly ConcurrentDictionary<string, Lazy<QueryCache>> _caches = new(StringComparer.Ordinal);

        public QueryCache Of(string name) => _caches.GetOrAdd(name, _ => new(() => QueryCacheHandler.CreateCache(options, time))).Value;
    }
}
