using System.Diagnostics.Metrics;
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
    /// <summary>Adds what a client needs to send QUERY (RFC 10008): a handler that follows redirects, and a private cache. Each can be
    /// turned off.</summary>
    /// <remarks>
    /// <para>The order matters: first add handlers that add credentials, then call this, then add handlers that retry. The redirects stand
    /// above the cache, so the cache sees each hop.</para>
    /// <para>Options come from the configuration sections <c>HttpQuery:Client</c> and <c>HttpQuery:Client:Clients:NAME</c>, then from
    /// <paramref name="configure"/>. The host checks them at start. Without a host, they are checked when the client is first used. The
    /// options of the cache are those of <see cref="AddQueryCache"/>: call it as well to change them in code.</para>
    /// </remarks>
    /// <param name="builder">The client, or the defaults of all clients.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    /// <example><code>
    /// services.AddHttpClient("orders", http => http.BaseAddress = new("https://api.test"))
    ///     .AddHttpMessageHandler&lt;AddsBearerToken&gt;()
    ///     .AddHttpQuery(options => options.MaximumReplayLength = 64 * 1024);
    /// </code></example>
    public static IHttpClientBuilder AddHttpQuery(this IHttpClientBuilder builder, Action<HttpQueryClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddClientServices(builder);
        AddCacheServices(builder);
        if (configure is not null) builder.Services.Configure(builder.Name, configure);
        return AddHandlers(builder, AddAll);
    }

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
        AddCacheServices(builder);

        // Name is null for the defaults of all clients.
        if (configure is not null) builder.Services.Configure(builder.Name, configure);
        return AddHandlers(builder, AddCache);
    }

    /// <summary>Adds a handler that follows redirects, in place of the automatic redirects of .NET (RFC 10008 §2.5).</summary>
    /// <remarks>First add handlers that add credentials, then this one, then the cache. <see cref="QueryRedirectHandler"/> describes the
    /// rules. Options come from the configuration sections <c>HttpQuery:Client:Redirects</c> and
    /// <c>HttpQuery:Client:Clients:NAME:Redirects</c>, then from <paramref name="configure"/>.</remarks>
    /// <param name="builder">The client, or the defaults of all clients.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    public static IHttpClientBuilder AddQueryRedirects(this IHttpClientBuilder builder, Action<QueryRedirectOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddClientServices(builder);
        if (configure is not null)
            builder.Services.Configure<HttpQueryClientOptions>(builder.Name, options => configure(options.Redirects));
        return AddHandlers(builder, AddRedirects);
    }

    private static IHttpClientBuilder AddHandlers(IHttpClientBuilder builder, Action<HttpMessageHandlerBuilder> add)
    {
        builder.Services.Configure<HttpClientFactoryOptions>(
            builder.Name, factory => factory.HttpMessageHandlerBuilderActions.Add(add));
        return builder;
    }

    private static void AddClientServices(IHttpClientBuilder builder)
    {
        var services = builder.Services;
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IConfigureOptions<HttpQueryClientOptions>, HttpQueryClientOptionsSetup>(),
            ServiceDescriptor.Singleton<IValidateOptions<HttpQueryClientOptions>, HttpQueryClientOptionsSetup>(),
            ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, PrimaryHandlerOrder>(),
        ]);
        services.AddOptions<HttpQueryClientOptions>(builder.Name ?? Options.Options.DefaultName).ValidateOnStart();
    }

    private static void AddCacheServices(IHttpClientBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton<PrivateCacheRegistry>();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IConfigureOptions<PrivateCacheOptions>, PrivateCacheOptionsSetup>(),
            ServiceDescriptor.Singleton<IValidateOptions<PrivateCacheOptions>, PrivateCacheOptionsSetup>(),
            ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, PrimaryHandlerOrder>(),
        ]);
        services.AddOptions<PrivateCacheOptions>(builder.Name ?? Options.Options.DefaultName).ValidateOnStart();
        services.TryAddKeyedSingleton(builder.Name ?? KeyedService.AnyKey, GetCache);
    }

    private static QueryCache GetCache(IServiceProvider services, object? key) => key is string client
        ? services.GetRequiredService<PrivateCacheRegistry>().GetOrCreate(client).Cache
        : throw new InvalidOperationException("The service key of a QueryCache must be the name of an HttpClient.");

    // From the caller to the wire. PrimaryHandlerOrder adds those that stand below the application's own handlers.
    private static void AddAll(HttpMessageHandlerBuilder builder)
    {
        var options = GetOptions(builder);
        if (options.UseRedirects) AddRedirects(builder);
        if (options.UseCache) AddCache(builder);
    }

    private static void AddCache(HttpMessageHandlerBuilder builder)
    {
        var handlers = builder.AdditionalHandlers;
        var client = builder.Services.GetRequiredService<PrivateCacheRegistry>().GetOrCreate(builder.Name ?? "");

        // If AddQueryCache was called twice, or for the client and for the defaults, a second handler would wait for the first.
        if (handlers.Any(handler => handler is QueryCacheHandler earlier && earlier.Uses(client.Cache))) return;
        handlers.Add(new QueryCacheHandler(client, builder.Services.GetService<ILoggerFactory>(), builder.Name));
    }

    private static void AddRedirects(HttpMessageHandlerBuilder builder)
    {
        var handlers = builder.AdditionalHandlers;
        if (handlers.Any(handler => handler is QueryRedirectHandler)) return;
        var (services, name) = (builder.Services, builder.Name ?? "");
        var options = GetOptions(builder);
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var redirects = new QueryRedirectHandler(
            options.Redirects,
            services.GetService<IOptionsMonitor<PrivateCacheOptions>>()?.Get(name).CredentialHeaders ?? [],
            options.MaximumReplayLength,
            time,
            new(name, time, services.GetService<ILoggerFactory>(), services.GetService<IMeterFactory>()));

        // The cache must see each hop. A handler between the cache and this call keeps its place.
        var cache = handlers.TakeWhile(handler => handler is not QueryCacheHandler).Count();
        handlers.Insert(cache, redirects);
    }

    private static HttpQueryClientOptions GetOptions(HttpMessageHandlerBuilder builder) =>
        builder.Services.GetRequiredService<IOptionsMonitor<HttpQueryClientOptions>>().Get(builder.Name ?? "");
}
