using HttpQuery;
using HttpQuery.Caching;
using HttpQuery.PrivateCache;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds handlers of HttpQuery to clients of <c>AddHttpClient</c>.</summary>
public static class HttpQueryClientBuilderExtensions
{
    /// <summary>Adds a private cache for GET and QUERY to the client (RFC 9111, RFC 10008 §2.7).</summary>
    /// <remarks>
    /// <para>Each named client has one cache for as long as the application runs, even if this is called more than once. The order
    /// matters: first add handlers that add credentials, then the cache, then handlers that retry. <see cref="QueryCacheHandler"/>
    /// describes how the cache tells users apart.</para>
    /// <para>Options come from the configuration sections <c>HttpQuery:PrivateCache</c> and <c>HttpQuery:PrivateCache:Clients:NAME</c>,
    /// then from <paramref name="configure"/>. The host checks them at start. Without a host, they are checked when the client is first
    /// used. Changes after the first use have no effect.</para>
    /// <para>The cache is a keyed service, <see cref="QueryCache"/>, and its key is the name of the client. Inject it with
    /// <c>[FromKeyedServices("rfcs")] QueryCache cache</c>, for example to evict. Its store is the <see cref="IQueryCacheStore"/> with that
    /// key if one is registered, otherwise a store in memory.</para>
    /// </remarks>
    /// <param name="builder">The client, or the defaults of all clients.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    /// <example><code>
    /// services.AddHttpClient("rfcs", http => http.BaseAddress = new("https://api.test"))
    ///     .AddHttpMessageHandler&lt;AddsBearerToken&gt;()
    ///     .AddQueryCache();
    /// </code></example>
    public static IHttpClientBuilder AddQueryCache(this IHttpClientBuilder builder, Action<PrivateCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton<PrivateCacheRegistry>();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IConfigureOptions<PrivateCacheOptions>, PrivateCacheOptionsSetup>(),
            ServiceDescriptor.Singleton<IValidateOptions<PrivateCacheOptions>, PrivateCacheOptionsSetup>(),
            ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, OutgoingRequestHandler.Filter>(),
        ]);

        // Name is null for the defaults of all clients.
        if (configure is not null) services.Configure(builder.Name, configure);
        services.AddOptions<PrivateCacheOptions>(builder.Name ?? Options.Options.DefaultName).ValidateOnStart();
        services.TryAddKeyedSingleton(builder.Name ?? KeyedService.AnyKey, GetCache);
        services.Configure<HttpClientFactoryOptions>(builder.Name, factory => factory.HttpMessageHandlerBuilderActions.Add(AddHandler));
        return builder;
    }

    private static QueryCache GetCache(IServiceProvider services, object? key) => key is string client
        ? services.GetRequiredService<PrivateCacheRegistry>().GetOrCreate(client).Cache
        : throw new InvalidOperationException("The service key of a QueryCache must be the name of an HttpClient.");

    private static void AddHandler(HttpMessageHandlerBuilder handlers)
    {
        var client = handlers.Services.GetRequiredService<PrivateCacheRegistry>().GetOrCreate(handlers.Name ?? "");

        // If AddQueryCache was called twice, or for the client and for the defaults, a second handler would wait for the first.
        if (handlers.AdditionalHandlers.Any(handler => handler is QueryCacheHandler earlier && earlier.Uses(client.Cache))) return;
        handlers.AdditionalHandlers.Add(new QueryCacheHandler(client, handlers.Services.GetService<ILoggerFactory>(), handlers.Name));
    }
}
